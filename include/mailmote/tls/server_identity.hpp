// SPDX-License-Identifier: BSL-1.0
// server_identity.hpp: whether a certificate is for the host that we meant.
//
// Knows:          RFC 9525: alternative names only, one wildcard as the whole left-most label.
// Does not know:  who vouches for the certificate; names in UTF-8 (a host comes as A-labels).
// Bounds:         one pass over the names; a host has at most 253 octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/ip_address.hpp>
#include <mailmote/tls/certificate.hpp>

namespace mailmote::tls {

inline constexpr std::size_t max_host = 253;  // RFC 1035 2.3.4, as text

// A dot at the end says only that the name is complete.
constexpr std::string_view without_root(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// Whether a host can be a name in a certificate: letters, digits, hyphens and (hosts have them)
// underscores, in labels that are not empty. What ends in a number was meant as an address.
constexpr bool is_domain_name(std::string_view host) {
  bool is_number = false;  // the label that is being read
  char last = '.';
  for (const char c : host) {
    if (c == '.' ? last == '.' : !ascii::is_alphanumeric(c) && c != '-' && c != '_') return false;
    is_number = ascii::is_digit(c) && (last == '.' || is_number);
    last = c;
  }
  return last != '.' && !is_number && host.size() <= max_host;
}

// Takes the first label off a domain name, with its dot: nothing is left of a name that has no other.
constexpr void skip_label(std::string_view& name) {
  std::size_t size = 0;
  while (size < name.size() && name[size++] != '.') {
  }
  name.remove_prefix(size);
}

// Whether a dNSName of a certificate, which may begin with "*.", covers a host, which is a domain
// name. The wildcard stands for exactly one label, and at least two stand behind it.
constexpr bool covers(std::string_view presented, std::string_view host) {
  if (presented.size() > 2 && presented[0] == '*' && presented[1] == '.') {
    skip_label(presented);
    skip_label(host);
    std::string_view rest = host;
    skip_label(rest);
    if (rest.empty()) return false;
  }
  return ascii::equal_ignoring_case(presented, host);
}

// Whether a server can be meant by this: its name without the root's dot, or its address.
constexpr bool is_host(std::string_view name) {
  return text::read_ip(name) || is_domain_name(name);
}

// The server that is meant (RFC 9525 1.8). The name is referred to.
struct reference_identity {
  std::string_view host;
  text::ip_address ip = text::read_ip(host);  // none where it is a name
};

inline std::string_view as_text(octets o) {
  return {reinterpret_cast<const char*>(o.data()), o.size()};
}

// errc::none when the certificate is for the server that is meant, which is valid; else
// tls_ip_mismatch, for names that cannot be read tls_bad_certificate, or tls_name_mismatch: then
// `shown_name` is the first domain name that it is for, if any; UNTRUSTED.
inline errc judge_identity(const certificate& shown, const reference_identity& meant,
                           std::string_view& shown_name) {
  const text::ip_address& ip = meant.ip;
  std::string_view first_name;
  bool is_meant = false;
  octets names = shown.alternative_names;
  while (!names.empty()) {
    const std::uint8_t kind = der::peek(names);
    const octets name = der::take_any(names);
    if (ip) {
      if (kind == der::context_7 && equal(name, {ip.octets.data(), ip.size})) is_meant = true;
    } else if (kind == der::context_2) {
      if (first_name.empty()) first_name = as_text(name);
      if (covers(as_text(name), meant.host)) is_meant = true;
    }
  }
  if (der::failed(names) && !shown.alternative_names.empty()) return errc::tls_bad_certificate;
  if (is_meant) return errc::none;
  shown_name = first_name;
  return ip ? errc::tls_ip_mismatch : errc::tls_name_mismatch;
}

}  // namespace mailmote::tls
