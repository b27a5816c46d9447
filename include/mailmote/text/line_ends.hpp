// SPDX-License-Identifier: BSL-1.0
// line_ends.hpp: makes every line of a text end in CRLF.
//
// Knows:          RFC 5321 2.3.8: CR and LF occur only together. A bare LF and a bare CR each were
//                 meant as a line end, so CR CR LF is two.
// Does not know:  what the lines say.
// Bounds:         2 bytes of state; n octets become at most 2n.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <mailmote/text/clean_run.hpp>

namespace mailmote::text {

class line_ends {
 public:
  struct progress {
    std::size_t read = 0;
    std::size_t written = 0;
  };

  // Repairs as much of `in` as fits into `out`, which may be a single octet.
  progress repair(std::span<const char> in, std::span<char> out) {
    std::size_t read = 0;
    std::size_t written = 0;
    while (written < out.size()) {
      if (owes_lf_) {
        out[written++] = '\n';
        owes_lf_ = false;
        continue;
      }
      const std::size_t room = out.size() - written;
      const std::span<const char> rest = in.subspan(read);
      if (rest.empty()) break;
      if (last_ != '\r') {
        const std::size_t run = clean_run(last_, rest.size() < room ? rest : rest.first(room));
        if (run > 0) {
          std::memcpy(&out[written], rest.data(), run);
          written += run;
          read += run;
          last_ = rest[run - 1];
          continue;
        }
      }
      const char c = rest[0];
      ++read;
      const bool answered = c == '\n' && last_ == '\r';  // its CR was the whole line end already
      last_ = c;
      if (answered) continue;
      owes_lf_ = is_end(c);
      out[written++] = owes_lf_ ? '\r' : c;
    }
    return {read, written};
  }

  // Where the text ends: gives a last line without an end one, with the same meaning of progress.
  progress finish(std::span<char> out) {
    constexpr char line_end[] = {'\n'};
    return repair(is_end(last_) ? std::span<const char>{} : std::span<const char>{line_end}, out);
  }

 private:
  static constexpr bool is_end(char c) { return c == '\r' || c == '\n'; }

  char last_ = '\n';  // what was read last; a text begins with a line
  bool owes_lf_ = false;
};

// The length of a whole text once its line ends are repaired, and its last line has one.
constexpr std::uint64_t repaired_length(std::span<const char> text) {
  std::uint64_t length = text.size();
  char last = '\n';
  while (!text.empty()) {
    std::size_t n = clean_run(last, text);
    if (n == 0) {
      n = 1;
      if ((last == '\r') != (text[0] == '\n')) ++length;
    }
    last = text[n - 1];
    text = text.subspan(n);
  }
  if (last == '\r') return length + 1;
  return last == '\n' ? length : length + 2;
}

}  // namespace mailmote::text
