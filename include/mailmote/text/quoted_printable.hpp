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

// `=`, `%` or whatever `mark` is, and two hexadecimal digits. Writes 3 characters.
constexpr std::size_t put_hex(char mark, char octet, char* out) {
  out[0] = mark;
  out[1] = upper_hex_digits[static_cast<unsigned char>(octet) >> 4];
  out[2] = upper_hex_digits[static_cast<unsigned char>(octet) & 15];
  return 3;
}

// Each call writes to `out`, and returns how much.
class quoted_printable_encoder {
 public:
  static constexpr std::size_t max_octet = 12;  // what `put` writes at most
  static constexpr std::size_t max_line = 76;   // RFC 2045 section 6.7 (5), without its CRLF

  constexpr std::size_t put(char c, char* out) {
    std::size_t written = release(false, out);
    if (c == ' ' || c == '\t') {
      blank_ = c;
      return written;
    }
    return written + put_token(c, ascii::is_printable(c) && c != '=', out + written);
  }

  // A line of the text ends here: at most 8 characters.
  constexpr std::size_t end_line(char* out) {
    std::size_t written = release(true, out);
    out[written++] = '\r';
    out[written++] = '\n';
    column_ = 0;
    return written;
  }

  // The text ends here: at most 6 characters.
  constexpr std::size_t finish(char* out) { return release(true, out); }

 private:
  // A blank waits for what follows it: at the end of a line it would be lost on the way.
  constexpr std::size_t release(bool at_end, char* out) {
    const char c = blank_;
    blank_ = 0;
    return c == 0 ? 0 : put_token(c, !at_end, out);
  }

  constexpr std::size_t put_token(char c, bool as_it_is, char* out) {
    const std::size_t length = as_it_is ? 1 : 3;
    std::size_t written = 0;
    if (column_ + length >= max_line) {  // the last column is for the `=` of a soft line break
      for (const char b : std::string_view{"=\r\n", 3}) out[written++] = b;
      column_ = 0;
    }
    column_ = static_cast<std::uint8_t>(column_ + length);
    if (!as_it_is) return written + put_hex('=', c, out + written);
    out[written++] = c;
    return written;
  }

  std::uint8_t column_ = 0;
  char blank_ = 0;
};

}  // namespace mailmote::text
