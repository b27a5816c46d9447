// SPDX-License-Identifier: BSL-1.0
// thermostat.hpp: six hours of temperatures, to be attached to an alert.
//
// Knows:          what a CSV file looks like (RFC 4180).
// Does not know:  who reads it.
// Bounds:         one line of it at a time.
#pragma once

#include <array>
#include <span>

#include <mailmote/io.hpp>
#include <mailmote/text/piece_writer.hpp>

// Reads as a file of CSV does; mailmote::stream_source takes it.
class temperature_log {
 public:
  static constexpr std::uint32_t minutes = 360;

  bool rewind() noexcept {
    next_ = 0;
    line_ = {};
    return true;
  }

  mailmote::io_result read_some(std::span<char> out) noexcept {
    if (line_.empty() && next_ > minutes) return mailmote::io_status::closed;
    if (line_.empty()) write_line();
    const std::size_t n = std::min(out.size(), line_.size());
    std::copy_n(line_.begin(), n, out.begin());
    line_.remove_prefix(n);
    return mailmote::io_result::moved(n);
  }

 private:
  void write_line() {
    mailmote::text::piece_writer line{room_, 0};
    if (next_ == 0) {
      line.put("minute,degrees\r\n");
    } else {
      line.put_number(next_ - 1);
      line.put(",");
      line.put_number(40 + next_ * next_ * 54 / (minutes * minutes));  // it boils over
      line.put("\r\n");
    }
    ++next_;
    line_ = {room_.data(), line.written()};
  }

  std::uint32_t next_ = 0;  // line; the first is the header
  std::array<char, 24> room_{};
  std::string_view line_{};
};
