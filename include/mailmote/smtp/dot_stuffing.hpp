// SPDX-License-Identifier: BSL-1.0
// dot_stuffing.hpp: makes any text safe to send after DATA.
//
// Knows:          RFC 5321 4.5.2 (transparency), 2.3.8 (lines end in CRLF).
// Does not know:  where the text comes from or goes to.
// Bounds:         1 byte of state; writes at most 2n octets for n read, and 5 at the end.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include <mailmote/text/clean_run.hpp>

namespace mailmote::smtp {

// A bare CR and a bare LF each become CRLF here too, whatever a source let through: nobody's
// `LF . LF` may end a mail early at a server that is lenient about line ends.
class dot_stuffer {
 public:
  static constexpr std::size_t max_growth = 2;  // an octet becomes at most two
  static constexpr std::size_t max_end = 5;     // what `finish` writes at most

  // Writes all of `in`; `out` must hold max_growth times as much. The two may share memory when
  // `in` ends where `out` does: the writing then never gets ahead of the reading.
  std::size_t stuff(std::span<const char> in, std::span<char> out) {
    std::size_t written = 0;
    for (;;) {
      const std::size_t run = last_ == '\r' ? 0 : text::clean_run(last_, in);
      if (run > 0) {
        std::memmove(&out[written], in.data(), run);
        written += run;
        last_ = in[run - 1];
        in = in.subspan(run);
      }
      if (in.empty()) return written;
      const char c = in[0];
      in = in.subspan(1);
      const bool answered = c == '\n' && last_ == '\r';  // CRLF was written at the CR
      if (is_end(c)) {
        if (!answered) written = put_line_end(out, written);
      } else {
        if (c == '.' && is_end(last_)) out[written++] = '.';
        out[written++] = c;
      }
      last_ = c;
    }
  }

  // Ends the text: a line that has no end gets one, and then comes the lone dot.
  constexpr std::size_t finish(std::span<char> out) {
    std::size_t written = 0;
    if (!is_end(last_)) written = put_line_end(out, written);
    out[written++] = '.';
    last_ = '\n';
    return put_line_end(out, written);
  }

 private:
  static constexpr std::size_t put_line_end(std::span<char> out, std::size_t written) {
    out[written++] = '\r';
    out[written++] = '\n';
    return written;
  }

  static constexpr bool is_end(char c) { return c == '\r' || c == '\n'; }

  char last_ = '\n';  // what was read last; a text begins with a line
};

}  // namespace mailmote::smtp
