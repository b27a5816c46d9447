// SPDX-License-Identifier: BSL-1.0
// base64_lines.hpp: base64 as MIME wants it, in lines of 76 characters.
//
// Knows:          RFC 2045 section 6.8.
// Does not know:  what the octets are.
// Bounds:         12 bytes of state; n octets become base64_lines::length(n) characters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mailmote/text/base64.hpp>

namespace mailmote::text {

// CRLF stands between two lines, and not behind the last.
class base64_lines {
 public:
  static constexpr std::uint32_t line = 76;  // characters
  static constexpr std::uint32_t octets_a_line = 57;
  static constexpr std::size_t max_end = 6;   // what `finish` writes at most
  static constexpr std::size_t max_more = 6;  // what `encode` writes beside 4/3 of n and line ends

  static constexpr std::uint64_t length(std::uint64_t octets) {
    if (octets == 0) return 0;
    // As on paper, 16 bits a digit: a small processor has no 64-bit division.
    std::uint64_t lines = 0;  // before the last one
    std::uint32_t rest = 0;
    --octets;
    for (int shift = 48; shift >= 0; shift -= 16) {
      const std::uint32_t digit = (rest << 16) | static_cast<std::uint16_t>(octets >> shift);
      lines = (lines << 16) | (digit / octets_a_line);
      rest = digit % octets_a_line;
    }
    return lines * (line + 2) + base64_length(rest + 1);
  }

  // How many octets can be encoded at once into `room`.
  static constexpr std::size_t fitting(std::size_t room) {
    return room < 2 * max_more ? 0
                               : (room - 2 * max_more) / (line + 2) * octets_a_line +
                                     (room - 2 * max_more) % (line + 2) / 2;
  }

  // Encodes all of `in`, at most fitting(out.size()) octets. The two may share memory when `in` ends
  // where `out` does: the writing then never gets ahead of the reading.
  constexpr std::size_t encode(std::span<const char> in, std::span<char> out) {
    std::size_t written = 0;
    while (!in.empty()) {
      if (column_ == line) written += end_line(out.subspan(written));
      const std::size_t left = (line - column_) / 4 * 3 - group_.held();
      const auto piece = in.first(std::min(left, in.size()));
      const std::size_t n = group_.encode(piece, out.subspan(written));
      in = in.subspan(piece.size());
      column_ += static_cast<std::uint32_t>(n);
      written += n;
    }
    return written;
  }

  constexpr std::size_t finish(std::span<char> out) { return group_.finish(out); }

 private:
  constexpr std::size_t end_line(std::span<char> out) {
    out[0] = '\r';
    out[1] = '\n';
    column_ = 0;
    return 2;
  }

  base64_encoder group_{};
  std::uint32_t column_ = 0;
};

}  // namespace mailmote::text
