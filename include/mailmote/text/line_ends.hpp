// SPDX-License-Identifier: BSL-1.0
// line_ends.hpp: makes every line of a text end in CRLF.
//
// Knows:          RFC 5321 2.3.8: CR and LF occur only together. A bare LF and a bare CR each were
//                 meant as a line end, so CR CR LF is two.
// Does not know:  what the lines say.
// Bounds:         3 bytes of state; n octets become at most 2n.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mailmote::text {

class line_ends {
 public:
  struct progress {
    std::size_t read = 0;
    std::size_t written = 0;
  };

  // Repairs as much of `in` as fits into `out`, which may be a single octet.
  constexpr progress repair(std::span<const char> in, std::span<char> out) {
    std::size_t read = 0;
    std::size_t written = 0;
    while (written < out.size()) {
      if (owes_lf_) {
        out[written++] = '\n';
        owes_lf_ = false;
        continue;
      }
      if (read == in.size()) break;
      const char c = in[read++];
      const bool answered = c == '\n' && after_cr_;  // its CR was the whole line end already
      after_cr_ = c == '\r';
      if (answered) continue;
      owes_lf_ = c == '\r' || c == '\n';
      in_line_ = !owes_lf_;
      out[written++] = owes_lf_ ? '\r' : c;
    }
    return {read, written};
  }

  // Where the text ends: gives a last line without an end one, with the same meaning of progress.
  constexpr progress finish(std::span<char> out) {
    constexpr char line_end[] = {'\n'};
    return repair(in_line_ ? std::span<const char>{line_end} : std::span<const char>{}, out);
  }

 private:
  bool after_cr_ = false;
  bool in_line_ = false;
  bool owes_lf_ = false;
};

// The length of a whole text once its line ends are repaired, and its last line has one.
constexpr std::uint64_t repaired_length(std::span<const char> text) {
  std::uint64_t length = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (pair) {
      ++i;
    } else if (text[i] == '\r' || text[i] == '\n') {
      ++length;
    }
  }
  const bool ended = text.empty() || text.back() == '\r' || text.back() == '\n';
  return ended ? length : length + 2;
}

}  // namespace mailmote::text
