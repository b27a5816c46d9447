// SPDX-License-Identifier: BSL-1.0
// ip_address.hpp: reads an IPv4 or IPv6 address as people write it.
//
// Knows:          RFC 5321 4.1.3 (dotted decimal without leading zeros), RFC 4291 2.2 (IPv6 text).
// Does not know:  zone identifiers, prefixes, or how to reach anybody.
// Bounds:         16 octets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/ascii.hpp>

namespace mailmote::text {

// 4 or 16 octets in network order; none when the text was no address.
struct ip_address {
  std::array<std::uint8_t, 16> octets{};
  std::size_t size = 0;

  constexpr explicit operator bool() const { return size != 0; }
  friend constexpr bool operator==(const ip_address&, const ip_address&) = default;
};

namespace detail {

// Dotted decimal into four octets at `out`.
constexpr bool read_ipv4(std::string_view s, std::uint8_t* out) {
  std::size_t i = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (i == s.size() || s[i++] != '.')) return false;
    const std::size_t begin = i;
    unsigned value = 0;
    while (i < s.size() && ascii::is_digit(s[i]) && value < 256) {
      value = value * 10 + static_cast<unsigned>(s[i++] - '0');
    }
    const bool leading_zero = i - begin > 1 && s[begin] == '0';
    if (i == begin || leading_zero || value > 255) return false;
    out[part] = static_cast<std::uint8_t>(value);
  }
  return i == s.size();
}

constexpr int hex_value(char c) {
  if (ascii::is_digit(c)) return c - '0';
  c = ascii::to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Takes one to four hexadecimal digits off the front of s[i...], as two octets.
constexpr bool take_group(std::string_view s, std::size_t& i, std::uint8_t* out) {
  const std::size_t begin = i;
  unsigned value = 0;
  for (int digit = 0; i < s.size() && (digit = hex_value(s[i])) >= 0; ++i) {
    value = value * 16 + static_cast<unsigned>(digit);
  }
  out[0] = static_cast<std::uint8_t>(value >> 8);
  out[1] = static_cast<std::uint8_t>(value & 0xFF);
  return i > begin && i <= begin + 4;
}

// Opens the gap behind the first `gap` of `n` octets, so that there are 16; it is at least one group.
constexpr bool open_gap(std::uint8_t* out, std::size_t n, std::size_t gap) {
  if (n == 16) return false;
  for (std::size_t to = 16; to > gap;) out[--to] = n > gap ? out[--n] : std::uint8_t{0};
  return true;
}

// Groups of one to four hexadecimal digits with a colon between, the last two of eight perhaps in
// dotted decimal; `::` stands once for as many groups of zeroes as are missing.
constexpr bool read_ipv6(std::string_view s, std::uint8_t* out) {
  constexpr std::size_t whole = 16;
  constexpr std::size_t none = whole + 1;
  std::size_t n = 0;       // octets at `out`
  std::size_t gap = none;  // how many of them stand before `::`
  const bool begins_with_gap = s.starts_with("::");
  if (s.starts_with(':') && !begins_with_gap) return false;
  std::size_t i = begins_with_gap;
  while (i < s.size()) {
    if (s[i] == ':') {  // the second of `::`
      if (gap != none) return false;
      gap = n;
      ++i;
      continue;
    }
    if (n <= whole - 4 && read_ipv4({s.data() + i, s.size() - i}, out + n)) {
      n += 4;
      break;
    }
    if (n == whole || !take_group(s, i, out + n)) return false;
    n += 2;
    if (i == s.size()) break;
    if (s[i++] != ':' || i == s.size()) return false;
  }
  return gap == none ? n == whole : open_gap(out, n, gap);
}

}  // namespace detail

// What has a colon is an IPv6 address, or none.
constexpr ip_address read_ip(std::string_view s) {
  bool has_colon = false;
  for (const char c : s) has_colon = has_colon || c == ':';
  ip_address ip{{}, has_colon ? 16u : 4u};
  std::uint8_t* const out = ip.octets.data();
  const bool sound = has_colon ? detail::read_ipv6(s, out) : detail::read_ipv4(s, out);
  if (!sound) ip = {};
  return ip;
}

}  // namespace mailmote::text
