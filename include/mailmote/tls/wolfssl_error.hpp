// SPDX-License-Identifier: BSL-1.0
// wolfssl_error.hpp: what wolfSSL's error codes mean in ours.
//
// Knows:          the codes, which have not changed between 5.5 and 5.9, and OpenSSL's positive ones
//                 (X509_V_ERR_...) that builds with OPENSSL_COMPATIBLE_DEFAULTS put in their place.
// Does not know:  wolfSSL's headers: tls/wolfssl_build.hpp alone includes them.
// Bounds:         no state; a code that is not listed is tls_failed.
#pragma once

#include <cstdint>

#include <mailmote/error.hpp>

namespace mailmote::wolfssl {

// A code and what it means, in two octets, as there are many.
class code_meaning {
 public:
  consteval code_meaning(int code, errc meaning)
      : both_{static_cast<std::int16_t>(code * meanings + static_cast<int>(meaning) - first)} {}

  constexpr int code() const { return both_ >> meaning_bits; }
  constexpr errc meaning() const { return static_cast<errc>(first + (both_ & (meanings - 1))); }

 private:
  static constexpr int first = static_cast<int>(errc::tls_no_anchors);
  static constexpr int meaning_bits = 5;  // which leaves codes from -1024 to 1023
  static constexpr int meanings = 1 << meaning_bits;
  static_assert(static_cast<int>(errc::tls_failed) < first + meanings);

  std::int16_t both_;
};

inline constexpr code_meaning code_meanings[] = {
    {-125, errc::tls_out_of_memory},     // MEMORY_E
    {-303, errc::tls_out_of_memory},     // MEMORY_ERROR
    {-199, errc::tls_no_random},         // RNG_FAILURE_E
    {-236, errc::tls_no_random},         // MISSING_RNG_E
    {-311, errc::tls_not_tls},           // UNKNOWN_RECORD_TYPE
    {-326, errc::tls_version},           // VERSION_ERROR
    {-450, errc::tls_version},           // UNSUPPORTED_PROTO_VERSION
    {-500, errc::tls_no_common_cipher},  // UNSUPPORTED_SUITE
    {-501, errc::tls_no_common_cipher},  // MATCH_SUITE_ERROR
    {-313, errc::tls_alert},             // FATAL_ERROR: an alert of the server's
    {-343, errc::tls_alert},             // ZERO_RETURN: its goodbye, where none was due
    {6, errc::tls_alert},                // WOLFSSL_ERROR_ZERO_RETURN
    {-316, errc::tls_no_certificate},    // NO_PEER_KEY
    {-345, errc::tls_no_certificate},    // NO_PEER_CERT
    {-188, errc::tls_unknown_ca},        // ASN_NO_SIGNER_E
    {20, errc::tls_unknown_ca},          // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    {21, errc::tls_unknown_ca},          // X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
    {-275, errc::tls_self_signed},       // ASN_SELF_SIGNED_E
    {18, errc::tls_self_signed},         // X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
    {19, errc::tls_self_signed},         // X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
    {-155, errc::tls_bad_signature},     // ASN_SIG_CONFIRM_E
    {-229, errc::tls_bad_signature},     // SIG_VERIFY_E
    {-304, errc::tls_bad_signature},     // VERIFY_FINISHED_ERROR
    {-330, errc::tls_bad_signature},     // VERIFY_SIGN_ERROR
    {7, errc::tls_bad_signature},        // X509_V_ERR_CERT_SIGNATURE_FAILURE
    {-401, errc::tls_weak_key},          // DH_KEY_SIZE_E
    {-409, errc::tls_weak_key},          // RSA_KEY_SIZE_E
    {-410, errc::tls_weak_key},          // ECC_KEY_SIZE_E
    {-150, errc::tls_not_yet_valid},     // ASN_BEFORE_DATE_E
    {9, errc::tls_not_yet_valid},        // X509_V_ERR_CERT_NOT_YET_VALID
    {13, errc::tls_not_yet_valid},       // X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD
    {-151, errc::tls_expired},           // ASN_AFTER_DATE_E
    {10, errc::tls_expired},             // X509_V_ERR_CERT_HAS_EXPIRED
    {14, errc::tls_expired},             // X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD
    {-322, errc::tls_name_mismatch},     // DOMAIN_NAME_MISMATCH
    {-325, errc::tls_ip_mismatch},       // IPADDR_MISMATCH
    {-140, errc::tls_bad_certificate},   // ASN_PARSE_E
    {-160, errc::tls_bad_certificate},   // ASN_CRIT_EXT_E
    {-161, errc::tls_bad_certificate},   // ASN_ALT_NAME_E
    {-329, errc::tls_bad_certificate},   // VERIFY_CERT_ERROR
    {-342, errc::tls_bad_certificate},   // PEER_KEY_ERROR
    {-357, errc::tls_bad_certificate},   // NOT_CA_ERROR
    {-368, errc::tls_bad_certificate},   // MAX_CHAIN_ERROR
};

constexpr errc meaning_of(int code) {
  for (const code_meaning& known : code_meanings) {
    if (known.code() == code) return known.meaning();
  }
  return errc::tls_failed;
}

// What the library says to the verify callback is said of a certificate, known to us or not.
constexpr errc meaning_for_certificate(int code) {
  const errc meaning = meaning_of(code);
  return meaning == errc::tls_failed ? errc::tls_bad_certificate : meaning;
}

}  // namespace mailmote::wolfssl
