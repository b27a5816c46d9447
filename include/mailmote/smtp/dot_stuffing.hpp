// SPDX-License-Identifier: BSL-1.0
// dot_stuffing.hpp: makes any text safe to send after DATA.
//
// Knows:          RFC 5321 4.5.2 (transparency), 2.3.8 (lines end in CRLF).
// Does not know:  where the text comes from or goes to.
// Bounds:         1 byte of state; writes at most 2n octets for n read, and 5 at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mailmote::smtp {

// A bare CR and a bare LF each become CRLF here too, whatever a source let through: nobody's
// `LF . LF` may end a mail early at a server that is lenient about line ends.
class dot_stuffer {
 public:
  static constexpr std::size_t max_growth = 2;  // an octet becomes at most two
  static constexpr std::size_t max_end = 5;     // what `finish` writes at most

  // Writes all of `in`; `out` must hold max_growth times as much. The two may share memory when
  // `in` ends where `out` does: the writing then never gets ahead of the reading.
  constexpr std::size_t stuff(std::span<const char> in, std::span<char> out) {
    std::size_t written = 0;
    for (const char c : in) {
      const bool answered = c == '\n' && place_ == place::after_cr;  // CRLF was written at the CR
      if (answered) {
        place_ = place::line_start;
        continue;
      }
      if (c == '\r' || c == '\n') {
        written = put_line_end(out, written);
        place_ = c == '\r' ? place::after_cr : place::line_start;
        continue;
      }
      if (c == '.' && place_ != place::in_line) out[written++] = '.';
      out[written++] = c;
      place_ = place::in_line;
    }
    return written;
  }

  // Ends the text: a line that has no end gets one, and then comes the lone dot.
  constexpr std::size_t finish(std::span<char> out) {
    std::size_t written = 0;
    if (place_ == place::in_line) written = put_line_end(out, written);
    out[written++] = '.';
    place_ = place::line_start;
    return put_line_end(out, written);
  }

 private:
  static constexpr std::size_t put_line_end(std::span<char> out, std::size_t written) {
    out[written++] = '\r';
    out[written++] = '\n';
    return written;
  }

  enum class place : std::uint8_t { line_start, after_cr, in_line };
  place place_ = place::line_start;
};

}  // namespace mailmote::smtp
