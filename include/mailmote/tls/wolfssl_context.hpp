// SPDX-License-Identifier: BSL-1.0
// wolfssl_context.hpp: whom wolfSSL is to trust: anchors that are readable, strong and in date.
//
// Knows:          anchors in memory, in a file and in the system's store; that wolfSSL keeps more than
//                 it was given, and judges less than it should.
// Does not know:  connections; what time it is, until it is told.
// Bounds:         no heap of ours. A certificate in a file has at most `max_anchor_text` octets, which
//                 are on the stack while it is read.
#pragma once

#include <mailmote/tls/wolfssl_build.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/tls/anchor_text.hpp>
#include <mailmote/tls/chain.hpp>
#include <mailmote/tls/handshake_guard.hpp>
#include <mailmote/tls/purpose.hpp>
#include <mailmote/tls/wolfssl_error.hpp>
#include <mailmote/tls/wolfssl_own_certificate.hpp>

namespace mailmote::wolfssl {

using tls::version;

struct context_settings {
  // Whom to trust; at least one of the three. Not copied. All of them must be readable, strong, and
  // free of name constraints (wolfSSL forgets those of an anchor below an intermediate), or there is
  // no connection; of the system's, those that are not are passed over. One that is out of date
  // vouches for nobody.
  tls::anchor_text anchors{};          // PEM, one or several, or one in DER
  const char* anchors_file = nullptr;  // PEM; only where wolfSSL has a file system
  bool system_store = false;           // what the system trusts, as far as wolfSSL can read it

  version minimum = version::tls_1_2;

  // Who we are, for a server that asks: a certificate, in PEM with those of the CAs between behind it
  // if need be, or alone in DER; and its key, in PEM without a password, or DER. Not copied: wolfSSL
  // does. Both or neither, else bind answers tls_bad_client_certificate; tls_setup where
  // wolfSSL was built with WOLFSSL_NO_CLIENT_AUTH.
  own_certificate certificate{};
  tls::anchor_text key{};

  // A context of the caller's own, with anchors in it: then the fields above but `minimum` are not
  // used. We set nothing in it and do not free it, so its SSL_MODE_AUTO_RETRY (Debian: on) stays: a
  // handshake then reads up to ten times for one want_read. Every check of ours is made all the same.
  // wolfSSL adds the intermediates of our handshakes to it. Once a server, even a refused one, has
  // shown one that is out of date by now, or may not vouch for every server, bind answers tls_expired,
  // tls_not_yet_valid or tls_bad_certificate, until both contexts are made anew. Those that it has
  // from elsewhere we cannot see: share it with nobody.
  WOLFSSL_CTX* borrowed = nullptr;

  // For experiments on one's own desk: anybody on the way can be the server, and read everything.
  bool dangerously_accept_any_certificate = false;
};

// The trust anchors, which many sessions may share. Nothing happens before the first of them needs
// it. Must outlive its sessions; release() gives back what it holds of wolfSSL's heap, and it may be
// used again after that.
class context {
 public:
  constexpr explicit context(const context_settings& with) noexcept : with_{with} {}
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  void release() noexcept;

 private:
  friend class session;

  errc open(tls::fault& found, std::int64_t now) noexcept;
  errc load_anchors(tls::fault& found) noexcept;
  errc load(const tls::anchor_text& anchors) noexcept;
  errc load_file(const char* path) noexcept;
  errc load_system_store() noexcept;
  errc load_pem(std::string_view pem) noexcept;
  errc load_der(tls::octets der) noexcept;
  errc refusal(int code) noexcept;

  static constexpr std::size_t max_anchor_text = 8192;  // of one certificate in a file

  WOLFSSL_CTX* ctx_ = nullptr;
  // How often wolfSSL may have kept what may vouch for nobody, or not for all; and how often that was
  // when the anchors were loaded.
  std::uint16_t spoiled_ = 0;
  std::uint16_t spoiled_before_ = 0;
  context_settings with_;
  bool started_ = false;
  int native_error_ = 0;
  int loaded_ = 0;           // anchors that are in date
  tls::validity current_{};  // while the anchors, and what wolfSSL has kept beside them, are right
  std::int64_t now_ = 0;     // while the anchors are loaded
};

inline void context::release() noexcept {
  if (with_.borrowed == nullptr) wolfSSL_CTX_free(ctx_);
  ctx_ = nullptr;
  if (started_) (void)wolfSSL_Cleanup();
  started_ = false;
}

// wolfSSL keeps the intermediates of every handshake as if they were anchors. Outside the time in
// which all of them are valid, and after one that we would refuse or hold to its constraints, the
// anchors are loaded afresh; what is borrowed cannot be, and is refused, also after release().
inline errc context::open(tls::fault& found, std::int64_t now) noexcept {
  native_error_ = 0;
  const bool is_clean = spoiled_ == spoiled_before_;
  if (ctx_ != nullptr && is_clean && current_.contains(now)) return errc::none;
  if (!started_ && wolfSSL_Init() != WOLFSSL_SUCCESS) return errc::tls_setup;
  started_ = true;
  if (with_.borrowed != nullptr) {
    ctx_ = with_.borrowed;
    const errc dates = tls::judge_dates(current_, now, found);
    return dates != errc::none || is_clean ? dates : errc::tls_bad_certificate;
  }

  current_ = {};
  spoiled_before_ = spoiled_;
  loaded_ = 0;
  now_ = now;
  wolfSSL_CTX_free(ctx_);
  ctx_ = wolfSSL_CTX_new(wolfTLS_client_method());
  if (ctx_ == nullptr) return errc::tls_out_of_memory;
#ifndef NO_SESSION_CACHE
  (void)wolfSSL_CTX_set_session_cache_mode(ctx_, WOLFSSL_SESS_CACHE_OFF);
#endif
#ifdef OPENSSL_EXTRA
  (void)wolfSSL_CTX_clear_mode(ctx_, SSL_MODE_AUTO_RETRY);  // else ten reads for every want_read
#endif
#ifndef NO_RSA
  (void)wolfSSL_CTX_SetMinRsaKey_Sz(ctx_, tls::least_rsa_bits);
#endif
#ifdef HAVE_ECC
  (void)wolfSSL_CTX_SetMinEccKey_Sz(ctx_, tls::least_ecc_bits);
#endif
  errc error = with_.certificate.load(ctx_, with_.key, native_error_);
  if (error == errc::none) error = load_anchors(found);
  if (error != errc::none) {
    wolfSSL_CTX_free(ctx_);
    ctx_ = nullptr;
  }
  return error;
}

inline errc context::load_anchors(tls::fault& found) noexcept {
  const bool nobody = with_.anchors.empty() && with_.anchors_file == nullptr && !with_.system_store;
  const bool anybody = with_.dangerously_accept_any_certificate;
  if (nobody && !anybody) return errc::tls_no_anchors;

  errc error = with_.anchors.empty() ? errc::none : load(with_.anchors);
  if (error == errc::none && with_.anchors_file != nullptr) {
    error = load_file(with_.anchors_file);
  }
  if (error == errc::none && with_.system_store) error = load_system_store();
  if (error != errc::none || loaded_ > 0 || anybody) return error;
  // None is in date: `current_` ends before the first that is to come, or begins behind the last.
  const bool too_early = current_.until != tls::validity{}.until;
  found.date = too_early ? current_.until + 1 : current_.from - 1;
  found.is_of_anchors = true;
  return too_early ? errc::tls_not_yet_valid : errc::tls_expired;
}

inline errc context::load(const tls::anchor_text& anchors) noexcept {
  std::string_view rest = anchors.text();
  if (anchors.is_der()) {
    return load_der({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()});
  }
  errc error = errc::tls_bad_anchors;  // until there is one
  for (;;) {
    const std::string_view pem = tls::take_pem(rest);
    if (pem.empty()) return error;
    error = load_pem(pem);
    if (error != errc::none) return error;
  }
}

// One by one: given several at once, wolfSSL is content when it can read the first.
inline errc context::load_pem(std::string_view pem) noexcept {
  DerBuffer* der = nullptr;
  const int code =
      wc_PemToDer(reinterpret_cast<const unsigned char*>(pem.data()), static_cast<long>(pem.size()),
                  CERT_TYPE, &der, nullptr, nullptr, nullptr);
  const errc error = code == 0 ? load_der({der->buffer, der->length}) : refusal(code);
  wc_FreeDer(&der);
  return error;
}

inline errc context::load_der(tls::octets der) noexcept {
  const tls::certificate anchor = tls::read_certificate(der);
  if (!anchor.is_readable || !anchor.name_constraints.empty()) return errc::tls_bad_anchors;
  current_.narrow_to_same(anchor.dates, now_);
  const bool in_date = anchor.dates.contains(now_);
  if (!in_date && !with_.dangerously_accept_any_certificate) return errc::none;
  const int code = wolfSSL_CTX_load_verify_buffer_ex(
      ctx_, der.data(), static_cast<long>(der.size()), WOLFSSL_FILETYPE_ASN1, 0,
      WOLFSSL_LOAD_FLAG_DATE_ERR_OKAY);  // the clock that it would ask may be dead
  if (code != WOLFSSL_SUCCESS) return refusal(code);
  ++loaded_;
  return errc::none;
}

inline errc context::refusal(int code) noexcept {
  native_error_ = code;
  const errc meaning = meaning_of(code);
  const bool is_told = meaning == errc::tls_out_of_memory || meaning == errc::tls_weak_key;
  return is_told ? meaning : errc::tls_bad_anchors;
}

#ifndef NO_FILESYSTEM

// All that can be loaded is; the answer is the last thing that could not be.
inline errc context::load_file(const char* path) noexcept {
  XFILE file = XFOPEN(path, "rb");
  if (file == XBADFILE) return errc::tls_bad_anchors;
  char text[max_anchor_text];
  std::size_t size = 0;
  errc error = errc::none;
  bool is_empty = true;
  for (;;) {
    const std::size_t read = XFREAD(text + size, 1, sizeof text - size, file);
    std::string_view rest{text, size + read};
    const std::string_view pem = tls::take_pem(rest);
    if (tls::is_whole_pem(pem)) {
      is_empty = false;
      const errc refused = load_pem(pem);
      if (refused != errc::none) error = refused;
    } else if (read == 0) {
      if (!pem.empty() || is_empty) error = errc::tls_bad_anchors;
      break;
    } else {
      rest = tls::unfinished_pem({text, size + read});
    }
    std::memmove(text, rest.data(), rest.size());
    size = rest.size();
  }
  XFCLOSE(file);
  return error;
}

inline errc context::load_system_store() noexcept {
  constexpr const char* bundles[] = {
      "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch
      "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora, RHEL
      "/etc/ssl/ca-bundle.pem",              // SUSE
      "/etc/ssl/cert.pem",                   // macOS, the BSDs
  };
  const int before = loaded_;
  for (const char* bundle : bundles) {
    (void)load_file(bundle);  // what this wolfSSL cannot use is passed over
    native_error_ = 0;
    if (loaded_ > before) return errc::none;
  }
  return errc::tls_no_anchors;
}

#else

inline errc context::load_file(const char*) noexcept { return errc::tls_bad_anchors; }
inline errc context::load_system_store() noexcept { return errc::tls_no_anchors; }

#endif

}  // namespace mailmote::wolfssl
