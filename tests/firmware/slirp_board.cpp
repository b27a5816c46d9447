// SPDX-License-Identifier: BSL-1.0
// slirp_board.cpp: a board in a process of this machine. Its Ethernet leads, through libslirp, to the
// machine's own loopback, and loses packets on the way.
//
// Its arguments are those of the firmware, and loss=PERCENT and seed=NUMBER. Its time runs faster than
// the machine's, so that what TCP waits for after a loss is soon over.
#include <libslirp.h>
#include <poll.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <iostream>
#include <string>
#include <vector>

#include "board.hpp"

namespace {

constexpr std::int64_t times_faster = 20;

std::string command_line;
Slirp* network = nullptr;
std::vector<pollfd> ports;
std::deque<std::vector<std::uint8_t>> arrived;
std::uint32_t loss = 0, lost = 0, carried = 0;

std::int64_t nanoseconds() {
  static const auto begin = std::chrono::steady_clock::now();
  const auto passed = std::chrono::steady_clock::now() - begin;
  return times_faster * std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count();
}

std::uint32_t number(std::string_view name) {
  return static_cast<std::uint32_t>(std::atoi(std::string{board::argument(name)}.c_str()));
}

bool is_lost() {
  ++carried;
  const bool gone = static_cast<std::uint32_t>(std::rand()) % 100 < loss;
  lost += gone;
  return gone;
}

ssize_t to_board(const void* packet, std::size_t size, void*) {
  const auto* const octets = static_cast<const std::uint8_t*>(packet);
  if (!is_lost()) arrived.emplace_back(octets, octets + size);
  return static_cast<ssize_t>(size);
}

const SlirpCb callbacks = {
    .send_packet = to_board,
    .guest_error = [](const char* what, void*) { std::cerr << what << '\n'; },
    .clock_get_ns = [](void*) { return nanoseconds(); },
    .timer_new = [](SlirpTimerCb, void*, void*) -> void* { return nullptr; },  // IPv6's alone
    .timer_free = [](void*, void*) {},
    .timer_mod = [](void*, std::int64_t, void*) {},
    .register_poll_fd = [](int, void*) {},
    .unregister_poll_fd = [](int, void*) {},
    .notify = [](void*) {},
    .init_completed = nullptr,
    .timer_new_opaque = nullptr,
};

// The same bits, by slirp's names and by poll's.
struct bits {
  int slirp;
  short poll;
};
constexpr bits events[] = {{SLIRP_POLL_IN, POLLIN},
                           {SLIRP_POLL_OUT, POLLOUT},
                           {SLIRP_POLL_PRI, POLLPRI},
                           {SLIRP_POLL_ERR, POLLERR},
                           {SLIRP_POLL_HUP, POLLHUP}};

int add_port(int socket, int wanted, void*) {
  short all = 0;
  for (const bits& b : events) {
    if ((wanted & b.slirp) != 0) all = static_cast<short>(all | b.poll);
  }
  ports.push_back({socket, all, 0});
  return static_cast<int>(ports.size()) - 1;
}

int came_of(int index, void*) {
  int all = 0;
  for (const bits& b : events) {
    if ((ports[static_cast<std::size_t>(index)].revents & b.poll) != 0) all |= b.slirp;
  }
  return all;
}

void run_network(int milliseconds_at_most) {
  std::uint32_t timeout = 0;
  ports.clear();
  slirp_pollfds_fill(network, &timeout, add_port, nullptr);
  const int result = ::poll(ports.data(), ports.size(), milliseconds_at_most);
  slirp_pollfds_poll(network, result < 0, came_of, nullptr);
}

in_addr address(std::uint32_t host) { return {htonl(0x0A000200 | host)}; }

}  // namespace

namespace board {

void start() {}
std::uint32_t millis() { return static_cast<std::uint32_t>(nanoseconds() / 1'000'000); }
std::uint64_t instructions() { return static_cast<std::uint64_t>(nanoseconds()); }
std::int64_t unix_time() { return std::time(nullptr); }
void sleep() { run_network(1); }

void print(std::string_view text) { std::cout << text; }
void print(std::uint64_t value) { std::cout << value; }
void exit(int code) {
  std::cout << "lost " << lost << " of " << carried << " packets\n" << std::flush;
  std::exit(code);
}

std::string_view argument(std::string_view name) {
  const std::size_t at = command_line.find(" " + std::string{name} + "=");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 2;
  return std::string_view{command_line}.substr(begin, command_line.find(' ', begin) - begin);
}

std::size_t deepest_stack() { return 0; }
std::size_t fullest_heap() { return 0; }
std::size_t static_ram() { return 0; }

void ethernet_start(const mac_address&) {
  SlirpConfig config{};
  config.version = SLIRP_CONFIG_VERSION_MIN;
  config.in_enabled = true;
  config.vnetwork = address(0);
  config.vnetmask = {htonl(0xFFFFFF00)};
  config.vhost = address(2);
  config.vdhcp_start = address(15);
  config.vnameserver = address(3);
  network = slirp_new(&config, &callbacks, nullptr);
}

bool ethernet_send(std::span<const std::uint8_t> frame) {
  if (!is_lost()) slirp_input(network, frame.data(), static_cast<int>(frame.size()));
  return true;
}

std::size_t ethernet_receive(std::span<std::uint8_t> room) {
  run_network(0);
  if (arrived.empty()) return 0;
  const std::vector<std::uint8_t> frame = std::move(arrived.front());
  arrived.pop_front();
  if (frame.size() > room.size()) return 0;
  std::memcpy(room.data(), frame.data(), frame.size());
  return frame.size();
}

}  // namespace board

extern "C" std::uint32_t sys_now() { return board::millis(); }

int main(int count, char** words) {
  for (int i = 1; i < count; ++i) command_line += std::string{" "} + words[i];
  std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is no reason to end
  loss = number("loss");
  std::srand(number("seed"));
  return application();
}
