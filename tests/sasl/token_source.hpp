// SPDX-License-Identifier: BSL-1.0
// A token that comes from somewhere else, a little at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <mailmote/io.hpp>

struct token_source final : mailmote::body_source {
  explicit token_source(std::string octets) : text{std::move(octets)}, said_length{text.size()} {}

  mailmote::errc begin(mailmote::body_limits limits) noexcept override {
    takes_any_octet = limits.eight_bit && limits.verbatim;
    read = 0;
    ++begun_times;
    return begun;
  }
  mailmote::io_result read_some(std::span<char> out) noexcept override {
    if (slow && (ready = !ready)) return mailmote::io_status::want_read;
    const std::size_t most = out.size() < piece ? out.size() : piece;
    const std::size_t n = text.copy(out.data(), most, read);
    read += n;
    return n > 0 ? mailmote::io_result::moved(n) : end;
  }
  std::uint64_t length() const noexcept override { return said_length; }

  std::string text;
  std::uint64_t said_length;
  mailmote::errc begun = mailmote::errc::none;
  mailmote::io_result end = mailmote::io_status::closed;
  std::size_t piece = 1'000;
  bool slow = false;

  bool takes_any_octet = false;
  int begun_times = 0;
  bool ready = false;
  std::size_t read = 0;
};
