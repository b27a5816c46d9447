// SPDX-License-Identifier: BSL-1.0
// lan9118.cpp: SMSC's LAN9118, which sits on the bus of Arm's MPS2 boards.
//
// Knows:          its FIFOs, polled; one frame at a time, each in one segment.
// Does not know:  what is in a frame; interrupts, power saving, or the PHY's moods. It has met QEMU's
//                 controller, and no real one.
// Bounds:         no buffer of its own.
#include "board.hpp"

namespace {

#ifdef BOARD_MPS2_AN500
constexpr std::uint32_t base = 0xA0000000;
#else
constexpr std::uint32_t base = 0x40200000;
#endif

volatile std::uint32_t& reg(std::uint32_t offset) {
  return *reinterpret_cast<volatile std::uint32_t*>(base + offset);
}
constexpr std::uint32_t rx_data = 0x00, tx_data = 0x20, rx_status = 0x40, tx_cfg = 0x70,
                        hw_cfg = 0x74, rx_fifo_inf = 0x7C, tx_fifo_inf = 0x80, mac_csr_cmd = 0xA4,
                        mac_csr_data = 0xA8;

// The MAC's own registers are reached through a command.
void set_mac(std::uint32_t which, std::uint32_t value) {
  constexpr std::uint32_t busy = 1U << 31;
  reg(mac_csr_data) = value;
  reg(mac_csr_cmd) = busy | which;
  while ((reg(mac_csr_cmd) & busy) != 0) {
  }
}

std::uint32_t little_endian(const std::uint8_t* octets, std::size_t n) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < n; ++i) word |= std::uint32_t{octets[i]} << (8 * i);
  return word;
}

}  // namespace

namespace board {

void ethernet_start(const mac_address& own) {
  constexpr std::uint32_t mac_cr = 1, addrh = 2, addrl = 3, enable_both = 3 << 2;
  constexpr std::uint32_t tx_fifo_5k = 5 << 16, one_frame_is_one = 1 << 20, tx_on = 1 << 1,
                          nobody_reads_statuses = 1 << 2;
  set_mac(addrh, little_endian(own + 4, 2));
  set_mac(addrl, little_endian(own, 4));
  reg(hw_cfg) = one_frame_is_one | tx_fifo_5k;
  reg(tx_cfg) = tx_on | nobody_reads_statuses;
  set_mac(mac_cr, enable_both);
}

bool ethernet_send(std::span<const std::uint8_t> frame) {
  const std::size_t free_octets = reg(tx_fifo_inf) & 0xFFFF;
  if (free_octets < frame.size() + 16) return false;
  constexpr std::uint32_t first_and_last = 3 << 12;
  const auto size = static_cast<std::uint32_t>(frame.size());
  reg(tx_data) = first_and_last | size;
  reg(tx_data) = size;
  for (std::size_t i = 0; i < frame.size(); i += 4) {
    const std::size_t left = frame.size() - i;
    reg(tx_data) = little_endian(frame.data() + i, left < 4 ? left : 4);
  }
  return true;
}

std::size_t ethernet_receive(std::span<std::uint8_t> room) {
  const std::uint32_t waiting = (reg(rx_fifo_inf) >> 16) & 0xFF;
  if (waiting == 0) return 0;
  constexpr std::uint32_t has_error = 1 << 15;
  const std::uint32_t status = reg(rx_status);
  const std::size_t size = (status >> 16) & 0x3FFF;  // with its checksum
  std::size_t taken = 0;
  for (std::size_t i = 0; i < size; i += 4) {
    const std::uint32_t word = reg(rx_data);
    for (std::size_t b = 0; b < 4 && taken < room.size(); ++b) {
      room[taken++] = static_cast<std::uint8_t>(word >> (8 * b));
    }
  }
  if ((status & has_error) != 0 || size < 4 || size - 4 > room.size()) return 0;
  return size - 4;
}

}  // namespace board
