// SPDX-License-Identifier: BSL-1.0
// board.hpp: what the application needs of a board.
//
// Knows:          a clock, a console, an Ethernet controller; how deep the stack was, how full the heap.
// Does not know:  TCP/IP, mail.
// Bounds:         no call waits, but for `sleep`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace board {

// The clock and the interrupts begin here.
void start();

std::uint32_t millis();  // since start; wraps around
std::uint64_t
instructions();            // since start, idle time too; what an emulator counts (-icount shift=0)
std::int64_t unix_time();  // of the real-time clock
void sleep();              // until the next interrupt: a millisecond at most

void print(std::string_view text);
void print(std::uint64_t number);
[[noreturn]] void exit(int code);  // the emulator's own exit code

// What stands behind NAME= on the command line, or nothing.
std::string_view argument(std::string_view name);

// Octets that were ever in use.
std::size_t deepest_stack();
std::size_t fullest_heap();
std::size_t static_ram();

// The Ethernet controller, polled. Frames go without their checksum, which it adds and takes off.
inline constexpr std::size_t largest_frame = 1514;
using mac_address = std::uint8_t[6];
void ethernet_start(const mac_address& own);
bool ethernet_send(std::span<const std::uint8_t> frame);     // false: no room for it now
std::size_t ethernet_receive(std::span<std::uint8_t> room);  // octets of a frame; 0: there is none

}  // namespace board

// The program, which the board starts; its result is the exit code.
int application();
