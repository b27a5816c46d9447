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

}  // namespace detail

constexpr ip_address read_ipv4(std::string_view s) {
  ip_address ip;
  if (detail::read_ipv4(s, ip.octets.data())) return {ip.octets, 4};
  return {};
}

constexpr ip_address read_ipv6(std::string_view s) {
  constexpr std::size_t no_gap = 17;
  ip_address ip;
  std::size_t n = 0;         // octets read
  std::size_t gap = no_gap;  // where `::` stands
  if (s.size() >= 2 && s[0] == ':' && s[1] == ':') {
    gap = 0;
    s.remove_prefix(2);
  }
  while (!s.empty()) {
    if (n == 16) return {};
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < s.size() && digits < 5 && detail::hex_value(s[digits]) >= 0) {
      value = value * 16 + static_cast<unsigned>(detail::hex_value(s[digits++]));
    }
    if (digits < s.size() && s[digits] == '.') {  // the last 32 bits may be dotted decimal
      if (n > 12 || !detail::read_ipv4(s, ip.octets.data() + n)) return {};
      n += 4;
      break;
    }
    if (digits == 0 || digits > 4) return {};
    ip.octets[n++] = static_cast<std::uint8_t>(value >> 8);
    ip.octets[n++] = static_cast<std::uint8_t>(value & 0xFF);
    s.remove_prefix(digits);
    if (s.empty()) break;
    if (s[0] != ':' || s.size() == 1) return {};
    s.remove_prefix(1);
    if (s[0] == ':') {
      if (gap != no_gap) return {};
      gap = n;
      s.remove_prefix(1);
    }
  }
  if (gap == no_gap) return n == 16 ? ip_address{ip.octets, 16} : ip_address{};
  if (n >= 16) return {};
  for (std::size_t moved = 1; moved <= n - gap; ++moved) {
    ip.octets[16 - moved] = ip.octets[n - moved];
    ip.octets[n - moved] = 0;
  }
  return {ip.octets, 16};
}

constexpr ip_address read_ip(std::string_view s) {
  for (const char c : s) {
    if (c == ':') return read_ipv6(s);
  }
  return read_ipv4(s);
}

}  // namespace mailmote::text
