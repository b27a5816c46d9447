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
    while (i < s.size() && ascii::is_digit(s[i]) && i - begin < 3) {
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

// One to four hexadecimal digits, taken off the front, into two octets at `out`.
constexpr bool take_group(std::string_view& s, std::uint8_t* out) {
  unsigned value = 0;
  std::size_t digits = 0;
  while (digits < s.size() && digits < 5 && hex_value(s[digits]) >= 0) {
    value = value * 16 + static_cast<unsigned>(hex_value(s[digits++]));
  }
  s.remove_prefix(digits);
  out[0] = static_cast<std::uint8_t>(value >> 8);
  out[1] = static_cast<std::uint8_t>(value & 0xFF);
  return digits >= 1 && digits <= 4;
}

// Groups with a colon between, the last two of eight perhaps in dotted decimal, into `n` octets at
// `out`, which has room for 16.
constexpr bool read_groups(std::string_view s, std::uint8_t* out, std::size_t& n) {
  for (n = 0; n < 16;) {
    if (n <= 12 && read_ipv4(s, out + n)) {
      n += 4;
      return true;
    }
    if (!take_group(s, out + n)) return false;
    n += 2;
    if (s.empty()) return true;
    if (s[0] != ':') return false;
    s.remove_prefix(1);
  }
  return false;
}

}  // namespace detail

constexpr ip_address read_ipv4(std::string_view s) {
  ip_address ip;
  if (detail::read_ipv4(s, ip.octets.data())) return {ip.octets, 4};
  return {};
}

constexpr ip_address read_ipv6(std::string_view s) {
  std::size_t gap = 0;  // where `::` stands; only what comes last may be dotted
  while (gap + 1 < s.size() && s[gap] != '.' && (s[gap] != ':' || s[gap + 1] != ':')) ++gap;
  ip_address ip;
  std::size_t n = 0;
  if (gap + 1 >= s.size() || s[gap] == '.') {
    const bool whole = detail::read_groups(s, ip.octets.data(), n) && n == 16;
    return whole ? ip_address{ip.octets, 16} : ip_address{};
  }
  ip_address tail;
  const std::string_view before{s.data(), gap};
  const std::string_view behind{s.data() + gap + 2, s.size() - gap - 2};
  if (!before.empty() && !detail::read_groups(before, ip.octets.data(), n)) return {};
  if (!behind.empty() && !detail::read_groups(behind, tail.octets.data(), tail.size)) return {};
  if (n + tail.size > 14) return {};  // the gap is at least one group
  for (std::size_t i = 0; i < tail.size; ++i) ip.octets[16 - tail.size + i] = tail.octets[i];
  return {ip.octets, 16};
}

constexpr ip_address read_ip(std::string_view s) {
  for (const char c : s) {
    if (c == ':') return read_ipv6(s);
  }
  return read_ipv4(s);
}

}  // namespace mailmote::text
