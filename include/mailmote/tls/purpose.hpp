// SPDX-License-Identifier: BSL-1.0
// purpose.hpp: whether a certificate may be what it is shown as: a server's, or an issuer's.
//
// Knows:          RFC 5280 4.2.1.3, 4.2.1.10 and 4.2.1.12, where TLS libraries are lax about them; which
//                 signatures are too weak to vouch for anybody (RFC 9325 4.2, 4.5).
// Does not know:  dates and names (chain.hpp); who signed what.
// Bounds:         one pass over each extension.
#pragma once

#include <cstdint>

#include <mailmote/error.hpp>
#include <mailmote/tls/certificate.hpp>

namespace mailmote::tls {

inline constexpr short least_rsa_bits = 2048;  // both are 112 bits of strength
inline constexpr short least_ecc_bits = 224;

namespace detail {

// Object identifiers that differ in their last octet.
struct algorithms {
  std::uint8_t size;  // of what they have in common
  std::uint8_t common[8];
  std::uint8_t first, last;
};

inline constexpr algorithms strong_ones[] = {
    {8, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01}, 11, 14},  // RSA
    {7, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03}, 1, 4},          // ECDSA
    {2, {0x2B, 0x65}, 112, 113},                                    // EdDSA
};

inline constexpr std::uint8_t server_auth[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};

}  // namespace detail

// RSA and ECDSA with a hash of the SHA-2 family, and EdDSA. Everything else, SHA-1 and MD5 among it,
// is weak, or has its strength in parameters that we do not read (RSASSA-PSS).
constexpr bool is_strong(octets algorithm) {
  if (algorithm.empty()) return false;
  const std::uint8_t last = algorithm.back();
  const octets common = algorithm.first(algorithm.size() - 1);
  for (const detail::algorithms& strong : detail::strong_ones) {
    if (strong.first <= last && last <= strong.last &&
        equal(common, {strong.common, strong.size})) {
      return true;
    }
  }
  return false;
}

// 1.3.6.1.5.5.7.3.1. "Any purpose" is not said of a server.
constexpr bool serves_tls(const certificate& shown) {
  if (shown.extended_key_usage.empty()) return true;
  bool found = false;
  octets purposes = shown.extended_key_usage;
  while (!purposes.empty()) {
    if (equal(der::take(purposes, der::object_identifier), detail::server_auth)) found = true;
  }
  return found && !der::failed(purposes);
}

// With (EC)DHE, which is all that we agree to, a server signs. The first octet counts unused bits.
constexpr bool may_sign(const certificate& shown) {
  constexpr std::uint8_t digital_signature = 0x80;
  if (shown.key_usage.empty()) return true;
  return shown.key_usage.size() > 1 && (shown.key_usage[1] & digital_signature) != 0;
}

// Where a TLS library holds a server to the constraints of its issuer, it does so for domain names.
constexpr bool has_domain_names_only(const certificate& shown) {
  octets names = shown.alternative_names;
  while (!names.empty()) der::skip(names, der::context_2);
  return shown.alternative_names.empty() || !der::failed(names);
}

// Where a certificate stands in the chain that a server has shown, which is judged from the top down.
struct place {
  int depth = 0;                // 0: the server's own
  bool is_last = false;         // maybe the anchor, whose signature nobody needs
  bool is_constrained = false;  // name constraints stand above
};

constexpr errc judge_purpose(const certificate& shown, place& at) {
  const bool needs_signature = at.depth == 0 || !at.is_last || !shown.is_self_issued;
  if (needs_signature && !is_strong(shown.signature_algorithm)) return errc::tls_weak_key;
  bool fits = serves_tls(shown);
  if (at.depth == 0) {
    fits = fits && may_sign(shown) && (!at.is_constrained || has_domain_names_only(shown));
  } else if (!shown.name_constraints.empty()) {
    fits = fits && at.depth == 1;  // those from farther above are held by nobody
    at.is_constrained = true;
  }
  return fits ? errc::none : errc::tls_bad_certificate;
}

}  // namespace mailmote::tls
