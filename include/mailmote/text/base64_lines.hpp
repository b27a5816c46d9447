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

  // How many octets can be encoded at once into `room`: less than there is room for.
  static constexpr std::size_t fitting(std::size_t room) {
    return room / 2 > max_more ? room / 2 - max_more : 0;
  }

  // Encodes all of `in`, and returns the end of what it wrote: of fitting(n) octets, at most n
  // characters. The two may share memory when `in` ends where those n do: the writing then never gets
  // ahead of the reading.
  constexpr char* encode(std::span<const char> in, char* out) {
    while (!in.empty()) {
      if (column_ == line) out = end_line(out);
      const std::size_t left = (line - column_) / 4 * 3 - group_.held();
      const auto piece = in.first(std::min(left, in.size()));
      const std::size_t n = group_.encode(piece, {out, line});
      in = in.subspan(piece.size());
      column_ += static_cast<std::uint32_t>(n);
      out += n;
    }
    return out;
  }

  // At most 4 characters.
  constexpr char* finish(char* out) { return out + group_.finish({out, 4}); }

 private:
  constexpr char* end_line(char* out) {
    *out++ = '\r';
    *out++ = '\n';
    column_ = 0;
    return out;
  }

  base64_encoder group_{};
  std::uint32_t column_ = 0;
};

}  // namespace mailmote::text
