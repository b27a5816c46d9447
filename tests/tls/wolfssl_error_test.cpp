// SPDX-License-Identifier: BSL-1.0
// Our meanings of wolfSSL's codes, against the codes of the wolfSSL that is there.
#include <mailmote/tls/wolfssl.hpp>

#include <doctest/doctest.h>

#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

using namespace mailmote;
using wolfssl::meaning_for_certificate;
using wolfssl::meaning_of;

TEST_CASE("each code of the library means what its name says") {
  CHECK(meaning_of(MEMORY_E) == errc::tls_out_of_memory);
  CHECK(meaning_of(MEMORY_ERROR) == errc::tls_out_of_memory);
  CHECK(meaning_of(RNG_FAILURE_E) == errc::tls_no_random);
  CHECK(meaning_of(MISSING_RNG_E) == errc::tls_no_random);
  CHECK(meaning_of(UNKNOWN_RECORD_TYPE) == errc::tls_not_tls);
  CHECK(meaning_of(VERSION_ERROR) == errc::tls_version);
  CHECK(meaning_of(UNSUPPORTED_PROTO_VERSION) == errc::tls_version);
  CHECK(meaning_of(UNSUPPORTED_SUITE) == errc::tls_no_common_cipher);
  CHECK(meaning_of(MATCH_SUITE_ERROR) == errc::tls_no_common_cipher);
  CHECK(meaning_of(FATAL_ERROR) == errc::tls_alert);
  CHECK(meaning_of(ZERO_RETURN) == errc::tls_alert);
  CHECK(meaning_of(WOLFSSL_ERROR_ZERO_RETURN) == errc::tls_alert);
  CHECK(meaning_of(NO_PEER_KEY) == errc::tls_no_certificate);
  CHECK(meaning_of(NO_PEER_CERT) == errc::tls_no_certificate);
  CHECK(meaning_of(ASN_NO_SIGNER_E) == errc::tls_unknown_ca);
  CHECK(meaning_of(ASN_SELF_SIGNED_E) == errc::tls_self_signed);
  CHECK(meaning_of(ASN_SIG_CONFIRM_E) == errc::tls_bad_signature);
  CHECK(meaning_of(SIG_VERIFY_E) == errc::tls_bad_signature);
  CHECK(meaning_of(VERIFY_FINISHED_ERROR) == errc::tls_bad_signature);
  CHECK(meaning_of(VERIFY_SIGN_ERROR) == errc::tls_bad_signature);
  CHECK(meaning_of(DH_KEY_SIZE_E) == errc::tls_weak_key);
  CHECK(meaning_of(RSA_KEY_SIZE_E) == errc::tls_weak_key);
  CHECK(meaning_of(ECC_KEY_SIZE_E) == errc::tls_weak_key);
  CHECK(meaning_of(ASN_BEFORE_DATE_E) == errc::tls_not_yet_valid);
  CHECK(meaning_of(ASN_AFTER_DATE_E) == errc::tls_expired);
  CHECK(meaning_of(DOMAIN_NAME_MISMATCH) == errc::tls_name_mismatch);
  CHECK(meaning_of(IPADDR_MISMATCH) == errc::tls_ip_mismatch);
  CHECK(meaning_of(ASN_PARSE_E) == errc::tls_bad_certificate);
  CHECK(meaning_of(VERIFY_CERT_ERROR) == errc::tls_bad_certificate);
  CHECK(meaning_of(PEER_KEY_ERROR) == errc::tls_bad_certificate);
  CHECK(meaning_of(MAX_CHAIN_ERROR) == errc::tls_bad_certificate);
}

TEST_CASE("an unknown code is a failure, and of a certificate a bad one; never is it success") {
  for (int code = -1100; code <= 200; ++code) {
    REQUIRE(meaning_of(code) != errc::none);
    REQUIRE(meaning_for_certificate(code) != errc::none);
    REQUIRE(meaning_for_certificate(code) != errc::tls_failed);
  }
}

TEST_CASE("only the library's two errors about dates are read as errors about dates") {
  int found = 0;
  for (int code = -1100; code < 0; ++code) {
    const errc meaning = meaning_for_certificate(code);
    found += meaning == errc::tls_expired || meaning == errc::tls_not_yet_valid;
  }
  CHECK(found == 2);
}
