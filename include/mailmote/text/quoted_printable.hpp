// SPDX-License-Identifier: BSL-1.0
// quoted_printable.hpp: octets as mostly readable ASCII in short lines, one octet at a time.
//
// Knows:          RFC 2045 section 6.7: what stands for itself, soft line breaks, blanks at line ends.
// Does not know:  which octets are line ends; the caller says so.
// Bounds:         2 bytes of state; lines of at most 76 characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/ascii.hpp>

namespace mailmote::text {

inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

// Here and below, what writes to `out` returns the end of what it wrote.

// `=`, `%` or whatever `mark` is, and two hexadecimal digits.
constexpr char* put_hex(char mark, char octet, char* out) {
  *out++ = mark;
  *out++ = upper_hex_digits[static_cast<unsigned char>(octet) >> 4];
  *out++ = upper_hex_digits[static_cast<unsigned char>(octet) & 15];
  return out;
}

// All 16 digits of a number.
constexpr char* put_hex(std::uint64_t number, char* out) {
  for (char* at = out + 16; at > out; number >>= 4) *--at = upper_hex_digits[number & 15];
  return out + 16;
}

class quoted_printable_encoder {
 public:
  static constexpr std::size_t max_octet = 12;  // what `put` writes at most
  static constexpr std::size_t max_line = 76;   // RFC 2045 section 6.7 (5), without its CRLF

  constexpr char* put(char c, char* out) {
    out = release(false, out);
    if (c == ' ' || c == '\t') {
      blank_ = c;
      return out;
    }
    return put_token(c, ascii::is_printable(c) && c != '=', out);
  }

  // A line of the text ends here: at most 8 characters.
  constexpr char* end_line(char* out) {
    out = release(true, out);
    *out++ = '\r';
    *out++ = '\n';
    column_ = 0;
    return out;
  }

  // The text ends here: at most 6 characters.
  constexpr char* finish(char* out) { return release(true, out); }

 private:
  // A blank waits for what follows it: at the end of a line it would be lost on the way.
  constexpr char* release(bool at_end, char* out) {
    const char c = blank_;
    blank_ = 0;
    return c == 0 ? out : put_token(c, !at_end, out);
  }

  constexpr char* put_token(char c, bool as_it_is, char* out) {
    const std::size_t length = as_it_is ? 1 : 3;
    if (column_ + length >= max_line) {  // the last column is for the `=` of a soft line break
      for (const char b : std::string_view{"=\r\n", 3}) *out++ = b;
      column_ = 0;
    }
    column_ = static_cast<std::uint8_t>(column_ + length);
    if (!as_it_is) return put_hex('=', c, out);
    *out++ = c;
    return out;
  }

  std::uint8_t column_ = 0;
  char blank_ = 0;
};

}  // namespace mailmote::text
