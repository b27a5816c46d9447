// SPDX-License-Identifier: BSL-1.0
// wolfssl.hpp: TLS sessions by wolfSSL, that trust nothing but the anchors they were given.
//
// Knows:          wolfSSL 5.5 to 5.9, and where it has to be watched: unsafe defaults, loose names, a
//                 clock of its own, suites that were never offered, data lost under back-pressure.
// Does not know:  SMTP; which stream is below; what time it is, until it is told.
// Bounds:         no heap of ours (wolfSSL has its own); a session has at most `session_budget` octets.
//                 One call of handshake() may do most of its public-key work before it returns.
#pragma once

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <wolfssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/io.hpp>
#include <mailmote/text/ip_address.hpp>
#include <mailmote/tls/anchor_text.hpp>
#include <mailmote/tls/chain.hpp>
#include <mailmote/tls/explanation.hpp>
#include <mailmote/tls/handshake_guard.hpp>
#include <mailmote/tls/lower_stream.hpp>
#include <mailmote/tls/purpose.hpp>
#include <mailmote/tls/record_outlet.hpp>
#include <mailmote/tls/tls_session.hpp>
#include <mailmote/tls/wolfssl_error.hpp>

// Builds that cannot do what is asked of them here, or would let through what must be refused.
#ifndef WOLFSSL_ALWAYS_VERIFY_CB
#error "mailmote needs wolfSSL with WOLFSSL_ALWAYS_VERIFY_CB, to judge names and dates"
#endif
#ifndef HAVE_TLS_EXTENSIONS
#error "mailmote needs wolfSSL with HAVE_TLS_EXTENSIONS, to say which curves it can do"
#endif
#ifndef WOLFSSL_PEM_TO_DER
#error "mailmote needs wolfSSL with WOLFSSL_PEM_TO_DER (without WOLFSSL_NO_PEM), to read anchors"
#endif
#ifdef NO_WOLFSSL_CLIENT
#error "mailmote needs wolfSSL without NO_WOLFSSL_CLIENT: it is a client"
#endif
#ifdef WOLFSSL_NO_ASN_STRICT
#error "mailmote needs wolfSSL without WOLFSSL_NO_ASN_STRICT: critical extensions must be known"
#endif
#ifdef IGNORE_NAME_CONSTRAINTS
#error "mailmote needs wolfSSL without IGNORE_NAME_CONSTRAINTS: a CA must keep to its own names"
#endif
#if defined(IGNORE_KEY_EXTENSIONS) || defined(ALLOW_INVALID_CERTSIGN)
#error \
    "mailmote needs wolfSSL without IGNORE_KEY_EXTENSIONS, ALLOW_INVALID_CERTSIGN: only a CA signs"
#endif
#ifdef WOLFSSL_NO_TRUSTED_CERTS_VERIFY
#error "mailmote needs wolfSSL without WOLFSSL_NO_TRUSTED_CERTS_VERIFY: a name is no signature"
#endif

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

  // A context of the caller's own, with anchors in it: then the fields above but `minimum` are not
  // used. We set nothing in it and do not free it, so its SSL_MODE_AUTO_RETRY (Debian: on) stays: a
  // handshake then reads up to ten times for one want_read. Every check of ours is made all the same.
  // wolfSSL adds the intermediates of our handshakes to it. Once a server, even a refused one, has
  // shown one that is out of date by now, bind answers tls_expired or tls_not_yet_valid, until both
  // contexts are made anew. Those that it has from elsewhere we cannot see: share it with nobody.
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

  errc open(std::int64_t now, tls::fault& found) noexcept;
  errc load_anchors(tls::fault& found) noexcept;
  errc load(const tls::anchor_text& anchors) noexcept;
  errc load_file(const char* path) noexcept;
  errc load_system_store() noexcept;
  errc load_pem(std::string_view pem) noexcept;
  errc load_der(tls::octets der) noexcept;
  errc refusal(int code) noexcept;

  static constexpr std::size_t max_anchor_text = 8192;  // of one certificate in a file

  context_settings with_;
  WOLFSSL_CTX* ctx_ = nullptr;
  tls::validity current_{};  // while the anchors, and what wolfSSL has kept beside them, are right
  std::int64_t now_ = 0;     // while the anchors are loaded
  std::int64_t missed_ = 0;  // the date of one that was passed over
  int native_error_ = 0;
  int loaded_ = 0;  // anchors that are in date
  bool started_ = false;
};

// One connection. A tls_session (tls_session.hpp has the contract), to be told the time by
// set_time before it is bound, because certificates have dates.
class session {
 public:
  constexpr explicit session(context& trust) noexcept : trust_{&trust} {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  // Seconds since 1970-01-01 00:00 UTC. A device without a clock gives the later of its best guess
  // and its build date; without any, bind answers errc::tls_no_time.
  void set_time(std::int64_t unix_seconds) noexcept { now_ = unix_seconds; }

  template <byte_stream Lower>
  errc bind(Lower& lower, std::string_view host) noexcept {
    close();
    lower_ = tls::lower_stream{lower};
    return begin(host);
  }

  io_status handshake() noexcept;
  bool is_safe() const noexcept { return phase_ == phase::proven; }
  io_result read_some(std::span<char> in) noexcept;
  io_result write_some(std::span<const char> out) noexcept;
  void close() noexcept;

  errc error() const noexcept { return found_.why; }
  int native_error() const noexcept { return native_error_; }  // wolfSSL's code, or 0

  // The error in a sentence for people, in `room`; 160 octets are enough for most names. Valid until
  // the next bind, while the host that was bound is.
  std::string_view explain(std::span<char> room) const noexcept {
    return tls::explain(found_, host_.host, room);
  }

 private:
  enum class phase : std::uint8_t { closed, handshake, proven };

  static constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();
  static constexpr std::size_t max_record = 16384;  // RFC 8446 5.1

  errc begin(std::string_view host) noexcept;
  errc prepare() noexcept;
  bool configure() noexcept;
  bool expect_name() noexcept;
  tls::handshake_facts facts() const noexcept;

  static int receive(WOLFSSL*, char* in, int size, void* context) noexcept;
  static int send(WOLFSSL*, char* out, int size, void* context) noexcept;
  static int verify(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept;
  errc judge(bool ok, const WOLFSSL_X509_STORE_CTX& shown) noexcept;
  errc judge_one(const WOLFSSL_BUFFER_INFO& der, tls::place& at, tls::fault& found) noexcept;
  void keep_shown_name() noexcept;
  int refuse(io_status status) noexcept;

  io_status after(int result) noexcept;
  errc why(int code) const noexcept;
  io_status fail(errc why, int code = 0) noexcept;

  context* trust_;
  WOLFSSL* ssl_ = nullptr;
  tls::reference_identity host_{};
  tls::fault found_{};  // the first thing that went wrong
  std::int64_t now_ = no_time;
  int native_error_ = 0;
  tls::lower_stream lower_{};
  tls::record_outlet outlet_{};
  std::uint16_t blocked_write_ = 0;  // octets that wolfSSL has taken in and not sent, or 0
  phase phase_ = phase::closed;
  io_status lower_said_ = io_status::ok;  // when it moved nothing, in the last call of wolfSSL's
  bool inside_output_ = false;            // wolfSSL was called to write, and not to read
  bool peer_proven_ = false;              // the verify callback has passed the leaf
  bool peer_closed_ = false;
};

inline constexpr std::size_t session_budget = 512;
static_assert(sizeof(session) <= session_budget);

// A context or session as a local variable, which cleans up at the end of its scope. The classes
// themselves have no destructor, so that static ones register nothing to be run at exit.
template <class T>
struct scoped : T {
  using T::T;
  ~scoped() {
    if constexpr (requires(T & t) { t.release(); }) {
      T::release();
    } else {
      T::close();
    }
  }
};

namespace detail {

// What we offer, best first, of what the build has; handshake_guard.hpp lists the same. ChaCha20 is
// two to three times as fast as AES where no hardware does AES.
#if defined(WOLFSSL_AESNI) || defined(WOLFSSL_ARMASM) || defined(WOLFSSL_STM32_CUBEMX)
inline constexpr char suites[] =
    "TLS13-AES128-GCM-SHA256:TLS13-CHACHA20-POLY1305-SHA256:TLS13-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
#else
inline constexpr char suites[] =
    "TLS13-CHACHA20-POLY1305-SHA256:TLS13-AES128-GCM-SHA256:TLS13-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
#endif

// P-256 first: with another curve first, a handshake costs a small device up to four times as much.
inline constexpr std::uint16_t groups[] = {
#if defined(HAVE_ECC) && !defined(NO_ECC256)
    WOLFSSL_ECC_SECP256R1,
#endif
#ifdef HAVE_CURVE25519
    WOLFSSL_ECC_X25519,
#endif
#if defined(HAVE_ECC) && (defined(HAVE_ECC384) || defined(HAVE_ALL_CURVES))
    WOLFSSL_ECC_SECP384R1,
#endif
};

}  // namespace detail

// The anchors.

inline void context::release() noexcept {
  if (with_.borrowed == nullptr) wolfSSL_CTX_free(ctx_);
  ctx_ = nullptr;
  if (started_) (void)wolfSSL_Cleanup();
  started_ = false;
}

// wolfSSL keeps the intermediates of every handshake as if they were anchors. Outside the time in
// which all of them are valid, the anchors are loaded afresh; what is borrowed cannot be, and is
// refused, also after release().
inline errc context::open(std::int64_t now, tls::fault& found) noexcept {
  native_error_ = 0;
  if (ctx_ != nullptr && current_.contains(now)) return errc::none;
  if (!started_ && wolfSSL_Init() != WOLFSSL_SUCCESS) return errc::tls_setup;
  started_ = true;
  if (with_.borrowed != nullptr) {
    ctx_ = with_.borrowed;
    return tls::judge_dates(current_, now, found);
  }

  current_ = {};
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
  const errc error = load_anchors(found);
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
  found.date = missed_;
  found.is_of_anchors = true;
  return missed_ > now_ ? errc::tls_not_yet_valid : errc::tls_expired;
}

inline errc context::load(const tls::anchor_text& anchors) noexcept {
  std::string_view rest = anchors.text();
  if (anchors.is_der()) {
    return load_der({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()});
  }
  errc error = errc::tls_bad_anchors;  // until there is one
  for (std::string_view pem = tls::take_pem(rest); !pem.empty(); pem = tls::take_pem(rest)) {
    error = load_pem(pem);
    if (error != errc::none) break;
  }
  return error;
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
  tls::certificate anchor;
  if (!tls::read_certificate(der, anchor) || !anchor.name_constraints.empty()) {
    return errc::tls_bad_anchors;
  }
  const tls::validity& dates = anchor.dates;
  const bool anybody = with_.dangerously_accept_any_certificate;
  if (!anybody && !dates.contains(now_)) {
    current_.narrow(tls::outside(dates, now_));
    missed_ = now_ < dates.from ? dates.from : dates.until;
    return errc::none;
  }
  const int code = wolfSSL_CTX_load_verify_buffer_ex(
      ctx_, der.data(), static_cast<long>(der.size()), WOLFSSL_FILETYPE_ASN1, 0,
      WOLFSSL_LOAD_FLAG_DATE_ERR_OKAY);  // the clock that it would ask may be dead
  if (code != WOLFSSL_SUCCESS) return refusal(code);
  current_.narrow(dates);
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

// A connection begins.

inline errc session::begin(std::string_view host) noexcept {
  host_ = tls::reference_identity{host};
  found_ = {};
  outlet_.reset();
  blocked_write_ = 0;
  peer_proven_ = peer_closed_ = false;

  const errc error = prepare();
  if (error == errc::none) phase_ = phase::handshake;
  (void)fail(error, trust_->native_error_);
  return error;
}

inline errc session::prepare() noexcept {
  if (!host_.is_valid()) return errc::bad_host;
  const bool anybody = trust_->with_.dangerously_accept_any_certificate;
  if (now_ == no_time && !anybody) return errc::tls_no_time;
  const errc opened = trust_->open(now_, found_);
  if (opened != errc::none) return opened;
  ssl_ = wolfSSL_new(trust_->ctx_);
  return ssl_ != nullptr && configure() ? errc::none : errc::tls_setup;
}

// Everything is set for this session, and nothing left to the context: that may be borrowed, and the
// library's own defaults accept anybody in some builds.
inline bool session::configure() noexcept {
#ifdef WOLFSSL_NO_TLS12
  const int minimum = WOLFSSL_TLSV1_3;
#else
  const bool only_1_3 = trust_->with_.minimum == version::tls_1_3;
  const int minimum = only_1_3 ? WOLFSSL_TLSV1_3 : WOLFSSL_TLSV1_2;
#endif
  wolfSSL_set_verify(ssl_, WOLFSSL_VERIFY_PEER, verify);
  wolfSSL_SetCertCbCtx(ssl_, this);
  wolfSSL_SSLSetIORecv(ssl_, receive);
  wolfSSL_SSLSetIOSend(ssl_, send);
  wolfSSL_SetIOReadCtx(ssl_, this);
  wolfSSL_SetIOWriteCtx(ssl_, this);
#ifndef NO_RSA
  (void)wolfSSL_SetMinRsaKey_Sz(ssl_, tls::least_rsa_bits);
#endif
#ifdef HAVE_ECC
  (void)wolfSSL_SetMinEccKey_Sz(ssl_, tls::least_ecc_bits);
#endif
#ifdef HAVE_SUPPORTED_CURVES
  for (const std::uint16_t group : detail::groups) (void)wolfSSL_UseSupportedCurve(ssl_, group);
#endif
  return wolfSSL_SetMinVersion(ssl_, minimum) == WOLFSSL_SUCCESS &&
         wolfSSL_set_cipher_list(ssl_, detail::suites) == WOLFSSL_SUCCESS &&
         (host_.ip || expect_name());
}

// The library's own check of the name, looser than ours, is a second layer. Later releases refuse
// to check a name of one label.
inline bool session::expect_name() noexcept {
  char name[tls::max_host + 1];
  std::memcpy(name, host_.host.data(), host_.host.size());
  name[host_.host.size()] = '\0';
#ifdef HAVE_SNI
  const auto length = static_cast<std::uint16_t>(host_.host.size());
  if (wolfSSL_UseSNI(ssl_, WOLFSSL_SNI_HOST_NAME, name, length) != WOLFSSL_SUCCESS) return false;
#endif
  return trust_->with_.dangerously_accept_any_certificate || tls::parent_of(host_.host).empty() ||
         wolfSSL_check_domain_name(ssl_, name) == WOLFSSL_SUCCESS;
}

// The certificates. wolfSSL has checked signatures, uses and its own idea of dates; it calls with
// the chain's certificates from the top down, or with the leaf only.

inline int session::verify(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept {
  session& self = *static_cast<session*>(shown->userCtx);
  const errc verdict = self.judge(ok != 0, *shown);
  if (verdict != errc::none) {
    self.keep_shown_name();
    (void)self.fail(verdict, shown->error);
    return 0;
  }
  if (shown->error_depth == 0) self.peer_proven_ = true;
  return 1;
}

inline errc session::judge(bool ok, const WOLFSSL_X509_STORE_CTX& shown) noexcept {
  if (trust_->with_.dangerously_accept_any_certificate) return errc::none;

  errc library = ok ? errc::none : meaning_for_certificate(shown.error);
  const bool is_date = library == errc::tls_expired || library == errc::tls_not_yet_valid;
  if (is_date) library = errc::none;

  // With the leaf, every certificate above it: some builds have not shown them before. The dates of
  // all count for the context: wolfSSL keeps good ones also where it refuses the leaf.
  errc verdict = library == errc::tls_name_mismatch ? errc::none : library;
  tls::fault ignored;
  tls::place at{.depth = shown.totalCerts, .is_last = true};
  while (--at.depth >= 0) {
    const bool counts = verdict == errc::none && at.depth >= shown.error_depth;
    const errc bad = judge_one(shown.certs[at.depth], at, counts ? found_ : ignored);
    if (counts) verdict = bad;
    at.is_last = false;
  }
  const bool may_be_missed = is_date && shown.error_depth > 0 && verdict == errc::none;
  if (may_be_missed) found_.date = now_;  // by the leaf: then this explains it
  return verdict != errc::none ? verdict : library;
}

inline errc session::judge_one(const WOLFSSL_BUFFER_INFO& der, tls::place& at,
                               tls::fault& found) noexcept {
  tls::certificate certificate;  // its dates are 0 where they cannot be read
  const bool is_readable = tls::read_certificate({der.buffer, der.length}, certificate);
  if (at.depth > 0) trust_->current_.narrow(certificate.dates);
  if (!is_readable) return errc::tls_bad_certificate;
  errc verdict = tls::judge_dates(certificate.dates, now_, found);
  if (verdict == errc::none) verdict = tls::judge_purpose(certificate, at);
  if (verdict == errc::none && at.depth == 0) {
    verdict = tls::judge_name(certificate, host_, found);
  }
  return verdict;
}

// The name lies in a certificate that goes away; the outlet is not used before the peer is proven.
inline void session::keep_shown_name() noexcept {
  const std::span<char> kept = outlet_.scratch();
  std::string_view& name = found_.shown_name;
  const std::size_t size = name.size() < kept.size() ? name.size() : kept.size();
  if (size > 0) std::memcpy(kept.data(), name.data(), size);
  name = {kept.data(), size};
}

// The way down and up.

inline int session::receive(WOLFSSL*, char* in, int size, void* context) noexcept {
  session& self = *static_cast<session*>(context);
  if (self.outlet_.is_full()) {
    const bool blocked = self.blocked_write_ != 0;
    const io_status status = blocked ? io_status::want_write : self.outlet_.flush(self.lower_);
    if (status != io_status::ok) return self.refuse(status);
  }
  const io_result result = self.lower_.read_some({in, static_cast<std::size_t>(size)});
  return result.ok() ? static_cast<int>(result.count()) : self.refuse(result.status());
}

inline int session::send(WOLFSSL*, char* out, int size, void* context) noexcept {
  session& self = *static_cast<session*>(context);
  const std::span<const char> records{out, static_cast<std::size_t>(size)};
  if (self.inside_output_) {
    const io_result result = self.outlet_.send(self.lower_, records);
    return result.ok() ? size : self.refuse(result.status());
  }
  const bool taken =
      self.blocked_write_ != 0 ? self.outlet_.hold_back() : self.outlet_.keep(records);
  if (!taken) return WOLFSSL_CBIO_ERR_GENERAL;
  return self.blocked_write_ != 0 ? self.refuse(io_status::want_write) : size;
}

// Never 0, which wolfSSL takes for "again". It has one value for both directions of waiting.
inline int session::refuse(io_status status) noexcept {
  lower_said_ = status;
  if (status == io_status::closed) return WOLFSSL_CBIO_ERR_CONN_CLOSE;
  return status == io_status::failed ? WOLFSSL_CBIO_ERR_CONN_RST : WOLFSSL_CBIO_ERR_WANT_READ;
}

inline io_status session::handshake() noexcept {
  if (phase_ == phase::proven) return io_status::ok;
  if (phase_ != phase::handshake || found_.why != errc::none) return io_status::failed;

  lower_said_ = io_status::ok;
  inside_output_ = true;
  const int result = wolfSSL_connect(ssl_);
  inside_output_ = false;
  if (result != WOLFSSL_SUCCESS) return after(result);

  const errc verdict = tls::judge_handshake(facts());
  if (verdict != errc::none || found_.why != errc::none) return fail(verdict);
  phase_ = phase::proven;
  return io_status::ok;
}

inline tls::handshake_facts session::facts() const noexcept {
  const int spoken = wolfSSL_GetVersion(ssl_);
  return {.version = spoken == WOLFSSL_TLSV1_3   ? version::tls_1_3
                     : spoken == WOLFSSL_TLSV1_2 ? version::tls_1_2
                                                 : version::other,
          .minimum = trust_->with_.minimum,
          .suite = wolfSSL_get_current_cipher_suite(ssl_),
          .peer_proven = peer_proven_,
          .resumed = wolfSSL_session_reused(ssl_) != 0};
}

inline io_result session::read_some(std::span<char> in) noexcept {
  if (!is_safe() || found_.why != errc::none) return io_status::failed;
  if (peer_closed_) return io_status::closed;

  lower_said_ = io_status::ok;
  const std::size_t most = in.size() < max_record ? in.size() : max_record;
  const int result = wolfSSL_read(ssl_, in.data(), static_cast<int>(most));
  // An answer to a KeyUpdate leaves at once when it can, and else before the next write.
  if (blocked_write_ == 0) (void)outlet_.flush(lower_);
  if (result > 0) return io_result::moved(static_cast<std::size_t>(result));
  if (wolfSSL_get_error(ssl_, result) == WOLFSSL_ERROR_ZERO_RETURN) {
    peer_closed_ = true;
    return io_status::closed;
  }
  return after(result);
}

inline io_result session::write_some(std::span<const char> out) noexcept {
  if (!is_safe() || found_.why != errc::none) return io_status::failed;

  lower_said_ = io_status::ok;
  if (blocked_write_ == 0) {
    const io_status status = outlet_.flush(lower_);
    if (status == io_status::closed || status == io_status::failed) {
      return fail(errc::stream_failed);
    }
    if (status != io_status::ok) return status;
  }
  // One record at most, and a blocked one again as it was.
  std::size_t size = out.size() < max_record ? out.size() : max_record;
  if (blocked_write_ != 0) {
    if (out.size() < blocked_write_) return fail(errc::tls_failed);
    size = blocked_write_;
  }
  inside_output_ = true;
  const int result = wolfSSL_write(ssl_, out.data(), static_cast<int>(size));
  inside_output_ = false;
  if (result > 0) {
    blocked_write_ = 0;
    return io_result::moved(static_cast<std::size_t>(result));
  }
  blocked_write_ = static_cast<std::uint16_t>(size);
  return after(result);
}

inline void session::close() noexcept {
  // A blocked write has no goodbye behind it: the rest of its record, maybe a mail's final dot, would
  // go out too, when its caller has been told that it did not.
  const bool polite = is_safe() && found_.why == errc::none && blocked_write_ == 0;
  if (polite && outlet_.flush(lower_) == io_status::ok) {
    inside_output_ = true;
    (void)wolfSSL_shutdown(ssl_);
    inside_output_ = false;
  }
  wolfSSL_free(ssl_);
  ssl_ = nullptr;
  phase_ = phase::closed;
}

// What a call of wolfSSL's that did not succeed means. 5.5 says -1 with error 0 when its flush in a
// TLS 1.3 handshake was blocked twice.
inline io_status session::after(int result) noexcept {
  const int code = wolfSSL_get_error(ssl_, result);
  const bool waits = code == WOLFSSL_ERROR_WANT_READ || code == WOLFSSL_ERROR_WANT_WRITE ||
                     code == WOLFSSL_ERROR_NONE;
  if (waits && (lower_said_ == io_status::want_read || lower_said_ == io_status::want_write)) {
    return lower_said_;
  }
  return fail(why(code), code);
}

inline errc session::why(int code) const noexcept {
  if (lower_said_ == io_status::failed) return errc::stream_failed;
  if (lower_said_ == io_status::closed) return errc::tls_truncated;
  const errc meaning = meaning_of(code);
  if (phase_ == phase::handshake) return meaning;
  const bool first_words_only = meaning == errc::tls_not_tls || meaning == errc::tls_version;
  return first_words_only ? errc::tls_failed : meaning;
}

// The first fault stands, and it is final: wolfSSL would write on after a bad record.
inline io_status session::fail(errc why, int code) noexcept {
  if (found_.why == errc::none) {
    found_.why = why;
    native_error_ = code;
  }
  return io_status::failed;
}

}  // namespace mailmote::wolfssl
