// SPDX-License-Identifier: BSL-1.0
// handshake_guard.hpp: whether a finished handshake is the one that was asked for.
//
// Knows:          which suites have ECDHE and an AEAD: RFC 8446 B.4, RFC 5289, RFC 7905.
// Does not know:  the TLS library, whose word is not enough: CVE-2024-5814 let a server choose a
//                 suite without certificates that had never been offered.
// Bounds:         nine suites; no state.
#pragma once

#include <cstdint>

#include <mailmote/error.hpp>

namespace mailmote::tls {

enum class version : std::uint8_t { other, tls_1_2, tls_1_3 };

struct handshake_facts {
  tls::version version = version::other;
  tls::version minimum = version::tls_1_2;
  int suite = 0;             // as in the registry: 0x1301 is TLS_AES_128_GCM_SHA256
  bool peer_proven = false;  // the certificate was judged in this very handshake, and found good
  bool resumed = false;      // nothing is ever resumed by us, and a resumption proves nobody
};

// The version that a suite of ours belongs to; `other` for every suite that we do not offer.
constexpr version version_of(int suite) {
  switch (suite) {
    case 0x1301:  // TLS_AES_128_GCM_SHA256
    case 0x1302:  // TLS_AES_256_GCM_SHA384
    case 0x1303:  // TLS_CHACHA20_POLY1305_SHA256
      return version::tls_1_3;
    case 0xC02B:  // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    case 0xC02C:  // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    case 0xC02F:  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    case 0xC030:  // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    case 0xCCA8:  // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    case 0xCCA9:  // TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
      return version::tls_1_2;
    default: return version::other;
  }
}

constexpr errc judge_handshake(const handshake_facts& facts) {
  const bool asked_for = facts.version != version::other && facts.version >= facts.minimum &&
                         facts.version == version_of(facts.suite);
  return asked_for && facts.peer_proven && !facts.resumed ? errc::none : errc::tls_unsafe;
}

}  // namespace mailmote::tls
