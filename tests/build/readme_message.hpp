// SPDX-License-Identifier: BSL-1.0
// What the README's alert is sent by and with: declared here, so that its block can be compiled.
#pragma once

#include <cstdint>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>

extern mailmote::posix::tcp_stream tcp;
extern mailmote::client<mailmote::posix::tcp_stream, mailmote::no_tls> smtp;
extern const std::uint64_t starts;
extern std::uint32_t mails;
std::int64_t unix_time();

struct flash_file {
  mailmote::io_result read_some(std::span<char> out) noexcept;
  bool rewind() noexcept;
};
