// SPDX-License-Identifier: BSL-1.0
// end_point.hpp: by which hash function a server's certificate names it in a channel binding.
//
// Knows:          RFC 5929 4.1: the one that it is signed with, but never a weaker one than SHA-256.
// Does not know:  how it is computed, or whether the TLS library can.
// Bounds:         one pass; no state.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mailmote/tls/der.hpp>

namespace mailmote::tls {

// `none`: the certificate cannot be read, or its signature is by no hash function, or by one that is
// not known here (Ed25519: RFC 5929 leaves that open).
enum class end_point_hash : std::uint8_t { none, sha_224, sha_256, sha_384, sha_512 };

namespace detail {

inline constexpr std::uint8_t rsa[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01};
inline constexpr std::uint8_t ecdsa[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03};
inline constexpr std::uint8_t ecdsa_sha_1[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01};
inline constexpr std::uint8_t sha_1[] = {0x2B, 0x0E, 0x03, 0x02, 0x1A};
inline constexpr std::uint8_t sha_2[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};
inline constexpr std::uint8_t rsa_pss = 10;

// The last number of an object identifier that begins with `family`; 0 for any other.
constexpr std::uint8_t last_of(octets family, octets oid) {
  const bool is_of_it = oid.size() == family.size() + 1 && equal(oid.first(family.size()), family);
  return is_of_it ? oid.back() : std::uint8_t{0};
}

constexpr end_point_hash rsa_hash(std::uint8_t number) {
  switch (number) {
    case 4:  // MD5
    case 5:  // SHA-1
    case 11: return end_point_hash::sha_256;
    case 12: return end_point_hash::sha_384;
    case 13: return end_point_hash::sha_512;
    case 14: return end_point_hash::sha_224;
    default: return end_point_hash::none;
  }
}

constexpr end_point_hash ecdsa_hash(std::uint8_t number) {
  switch (number) {
    case 1: return end_point_hash::sha_224;
    case 2: return end_point_hash::sha_256;
    case 3: return end_point_hash::sha_384;
    case 4: return end_point_hash::sha_512;
    default: return end_point_hash::none;
  }
}

constexpr end_point_hash plain_hash(octets oid) {
  if (equal(oid, sha_1)) return end_point_hash::sha_256;
  switch (last_of(sha_2, oid)) {
    case 1: return end_point_hash::sha_256;
    case 2: return end_point_hash::sha_384;
    case 3: return end_point_hash::sha_512;
    case 4: return end_point_hash::sha_224;
    default: return end_point_hash::none;
  }
}

// RSASSA-PSS-params of RFC 4055: the hash function is SHA-1 when they do not name one.
constexpr end_point_hash pss_hash(octets parameters) {
  if (der::failed(parameters)) return end_point_hash::none;
  if (der::peek(parameters) != der::context_0) return end_point_hash::sha_256;
  octets hash = der::take(parameters, der::context_0);
  der::enter(hash, der::sequence);
  return plain_hash(der::take(hash, der::object_identifier));
}

}  // namespace detail

constexpr end_point_hash end_point_hash_of(octets certificate) {
  der::enter(certificate, der::sequence);
  der::skip(certificate, der::sequence);  // tbsCertificate
  octets algorithm = der::take(certificate, der::sequence);
  const octets oid = der::take(algorithm, der::object_identifier);
  if (equal(oid, detail::ecdsa_sha_1)) return end_point_hash::sha_256;
  const std::uint8_t number = detail::last_of(detail::rsa, oid);
  if (number == detail::rsa_pss) return detail::pss_hash(der::take(algorithm, der::sequence));
  if (number != 0) return detail::rsa_hash(number);
  return detail::ecdsa_hash(detail::last_of(detail::ecdsa, oid));
}

}  // namespace mailmote::tls
