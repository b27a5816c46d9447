// SPDX-License-Identifier: BSL-1.0
// ascii.hpp: the letters and digits of protocols, whatever the locale.
//
// Knows:          ASCII (RFC 20), and how to look at a string by it.
// Does not know:  UTF-8 beyond "this octet is not ASCII".
// Bounds:         no state, no tables.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailmote::ascii {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_non_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80u) != 0; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
constexpr bool is_printable(char c) { return !is_control(c) && !is_non_ascii(c); }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

constexpr bool has_control(std::string_view s) {
  for (const char c : s) {
    if (is_control(c)) return true;
  }
  return false;
}

// Without a way out of its middle: a text may be long, and a compiler take many octets at a time.
constexpr bool has_non_ascii(std::string_view s) {
  unsigned all = 0;
  for (const char c : s) all |= static_cast<unsigned char>(c);
  return all > 0x7F;
}

}  // namespace mailmote::ascii
