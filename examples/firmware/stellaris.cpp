// SPDX-License-Identifier: BSL-1.0
// stellaris.cpp: the Ethernet controller inside TI's (Luminary's) LM3S6965.
//
// Knows:          its two FIFOs, polled: a frame is its length in two octets, then itself.
// Does not know:  what is in a frame; interrupts, pins, or the PHY's moods. It has met QEMU's
//                 controller, and no real one.
// Bounds:         no buffer of its own.
#include "board.hpp"

namespace {

volatile std::uint32_t& reg(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}
constexpr std::uint32_t base = 0x40048000;
constexpr std::uint32_t rctl = base + 0x08, tctl = base + 0x0C, data = base + 0x10,
                        ia0 = base + 0x14, ia1 = base + 0x18, np = base + 0x34, tr = base + 0x38;
constexpr std::uint32_t rcgc2 = 0x400FE108;  // which parts of the chip have a clock

// Octets out of the receive FIFO, which gives words.
class frame_reader {
 public:
  std::uint8_t next() {
    if (left_ == 0) word_ = reg(data);
    const auto octet = static_cast<std::uint8_t>(word_);
    word_ >>= 8;
    left_ = left_ == 0 ? 3 : left_ - 1;
    return octet;
  }

 private:
  std::uint32_t word_ = 0;
  int left_ = 0;  // octets of it
};

}  // namespace

namespace board {

void ethernet_start(const mac_address& own) {
  constexpr std::uint32_t mac_and_phy = 0x50000000, on = 1, pad_and_checksum = 6, full_duplex = 16;
  reg(rcgc2) = reg(rcgc2) | mac_and_phy;
  reg(ia0) = own[0] | own[1] << 8 | own[2] << 16 | static_cast<std::uint32_t>(own[3]) << 24;
  reg(ia1) = own[4] | own[5] << 8;
  reg(tctl) = on | pad_and_checksum | full_duplex;
  reg(rctl) = on;
}

// The length that comes first is without the 14 octets of Ethernet's own header.
bool ethernet_send(std::span<const std::uint8_t> frame) {
  if ((reg(tr) & 1) != 0 || frame.size() < 14) return false;
  auto word = static_cast<std::uint32_t>(frame.size() - 14);
  std::size_t filled = 2;
  for (const std::uint8_t octet : frame) {
    word |= std::uint32_t{octet} << (8 * filled);
    if (++filled < 4) continue;
    reg(data) = word;
    word = filled = 0;
  }
  if (filled > 0) reg(data) = word;
  reg(tr) = 1;
  return true;
}

std::size_t ethernet_receive(std::span<std::uint8_t> room) {
  if ((reg(np) & 0x3F) == 0) return 0;
  frame_reader in;
  const std::size_t low = in.next();
  const std::size_t all = low | static_cast<std::size_t>(in.next()) << 8;
  if (all < 6) return 0;
  const std::size_t size = all - 6;  // without the length and the checksum
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint8_t octet = in.next();
    if (i < room.size()) room[i] = octet;
  }
  for (int i = 0; i < 4; ++i) (void)in.next();  // the checksum
  return size <= room.size() ? size : 0;
}

}  // namespace board
