// SPDX-License-Identifier: BSL-1.0
// wolfssl_own_certificate.hpp: who we are, for a server that asks.
//
// Knows:          PEM and DER, of a certificate and of its key.
// Does not know:  which names or dates a server wants: those are the server's to judge.
// Bounds:         a program that gives no certificate does not link what loads one.
#pragma once

#include <mailmote/tls/wolfssl_build.hpp>

#include <concepts>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/tls/anchor_text.hpp>
#include <mailmote/tls/wolfssl_error.hpp>

namespace mailmote::wolfssl {

// Made of what an anchor_text is made of. Not owned.
class own_certificate {
 public:
  constexpr own_certificate() = default;
  template <class Text>
  requires std::convertible_to<const Text&, tls::anchor_text>
  constexpr own_certificate(const Text& text) : text_{text}, load_{load_both} {}

  // errc::none also where there is neither certificate nor key.
  errc load(WOLFSSL_CTX* into, const tls::anchor_text& key, int& native_error) const noexcept {
    if (load_ != nullptr) return load_(into, text_, key, native_error);
    return key.empty() ? errc::none : errc::tls_bad_client_certificate;
  }

 private:
  using loader = errc(WOLFSSL_CTX*, const tls::anchor_text&, const tls::anchor_text&,
                      int&) noexcept;
  static loader load_both;

  tls::anchor_text text_{};
  loader* load_ = nullptr;
};

inline errc own_certificate::load_both(WOLFSSL_CTX* into, const tls::anchor_text& certificate,
                                       const tls::anchor_text& key, int& native_error) noexcept {
  if (certificate.empty() && key.empty()) return errc::none;
#ifdef WOLFSSL_NO_CLIENT_AUTH
  (void)into, (void)native_error;
  return errc::tls_setup;
#else
  const auto octets = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const auto size = [](std::string_view text) { return static_cast<long>(text.size()); };
  const std::string_view own = certificate.text();
  const std::string_view secret = key.text();
  const bool is_pem = tls::place_of("-----BEGIN ", secret) < secret.size();  // DER may be short
  int code =
      certificate.is_der()
          ? wolfSSL_CTX_use_certificate_buffer(into, octets(own), size(own), WOLFSSL_FILETYPE_ASN1)
          : wolfSSL_CTX_use_certificate_chain_buffer(into, octets(own), size(own));
  if (code == WOLFSSL_SUCCESS) {
    code = wolfSSL_CTX_use_PrivateKey_buffer(into, octets(secret), size(secret),
                                             is_pem ? WOLFSSL_FILETYPE_PEM : WOLFSSL_FILETYPE_ASN1);
  }
#ifndef NO_CHECK_PRIVATE_KEY
  if (code == WOLFSSL_SUCCESS) code = wolfSSL_CTX_check_private_key(into);
#endif
  if (code == WOLFSSL_SUCCESS) return errc::none;
  native_error = code;
  const bool no_room = meaning_of(code) == errc::tls_out_of_memory;
  return no_room ? errc::tls_out_of_memory : errc::tls_bad_client_certificate;
#endif
}

}  // namespace mailmote::wolfssl
