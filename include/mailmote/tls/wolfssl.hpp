// SPDX-License-Identifier: BSL-1.0
// wolfssl.hpp: TLS sessions by wolfSSL, that trust nothing but the anchors they were given.
//
// Knows:          wolfSSL 5.5 to 5.9, and where it has to be watched: unsafe defaults, loose names, a
//                 clock of its own, suites that were never offered, data lost under back-pressure.
// Does not know:  SMTP; which stream is below; where the anchors come from (wolfssl_context.hpp).
// Bounds:         no heap of ours (wolfSSL has its own); a session has at most `session_budget` octets.
//                 One call of handshake() may do most of its public-key work before it returns.
#pragma once

#include <mailmote/tls/wolfssl_build.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/io.hpp>
#include <mailmote/tls/chain.hpp>
#include <mailmote/tls/explanation.hpp>
#include <mailmote/tls/handshake_guard.hpp>
#include <mailmote/tls/lower_stream.hpp>
#include <mailmote/tls/purpose.hpp>
#include <mailmote/tls/record_outlet.hpp>
#include <mailmote/tls/server_identity.hpp>
#include <mailmote/tls/tls_session.hpp>
#include <mailmote/tls/wolfssl_context.hpp>
#include <mailmote/tls/wolfssl_error.hpp>

namespace mailmote::wolfssl {

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
    return tls::explain(found_, host_, room);
  }

 private:
  friend class bindable_session;  // wolfssl_binding.hpp

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
  int told(io_result result) noexcept;

  io_status after(int result) noexcept;
  errc why(int code) const noexcept;
  io_status fail(errc why, int code = 0) noexcept;

  // What is small and asked for often comes first, where short instructions reach it.
  context* trust_;
  WOLFSSL* ssl_ = nullptr;
  phase phase_ = phase::closed;
  io_status lower_said_ = io_status::ok;  // when it moved nothing, in the last call of wolfSSL's
  bool inside_output_ = false;            // wolfSSL was called to write, and not to read
  bool peer_proven_ = false;              // the verify callback has passed the leaf
  bool peer_closed_ = false;
  std::uint16_t blocked_write_ = 0;  // octets that wolfSSL has taken in and not sent, or 0
  std::uint16_t spoiled_ = 0;        // how often the context is, as far as this session knows
  int native_error_ = 0;
  tls::fault found_{};  // the first thing that went wrong
  std::int64_t now_ = no_time;
  tls::lower_stream lower_{};
  std::string_view host_{};  // without the root's dot
  tls::record_outlet outlet_{};
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

// What we offer, of either version the best first, of what the build has; handshake_guard.hpp lists
// the same. ChaCha20 is two to three times as fast as AES where no hardware does AES.
inline constexpr char suites[] =
#if !defined(HAVE_CHACHA) || !defined(HAVE_POLY1305)
    "TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#elif defined(WOLFSSL_AESNI) || defined(WOLFSSL_ARMASM) || defined(WOLFSSL_STM32_CUBEMX)
    "TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "TLS13-CHACHA20-POLY1305-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#else
    "TLS13-CHACHA20-POLY1305-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#endif
#ifdef WOLFSSL_SHA384
    ":TLS13-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#endif
    ;

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

// A connection begins.

inline errc session::begin(std::string_view host) noexcept {
  host_ = tls::without_root(host);
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
  if (!tls::is_host(host_)) return errc::bad_host;
  const bool anybody = trust_->with_.dangerously_accept_any_certificate;
  if (now_ == no_time && !anybody) return errc::tls_no_time;
  const errc opened = trust_->open(found_, now_);
  if (opened != errc::none) return opened;
  spoiled_ = trust_->spoiled_;
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
         (text::read_ip(host_) || expect_name());
}

// The library's own check of the name, looser than ours, is a second layer. Later releases refuse
// to check a name of one label.
inline bool session::expect_name() noexcept {
  char name[tls::max_host + 1];
  std::memcpy(name, host_.data(), host_.size());
  name[host_.size()] = '\0';
#ifdef HAVE_SNI
  const auto length = static_cast<std::uint16_t>(host_.size());
  if (wolfSSL_UseSNI(ssl_, WOLFSSL_SNI_HOST_NAME, name, length) != WOLFSSL_SUCCESS) return false;
#endif
  std::string_view rest = host_;
  tls::skip_label(rest);
  return trust_->with_.dangerously_accept_any_certificate || rest.empty() ||
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
  // By another session since this one began: it may be what vouches for this server.
  if (trust_->spoiled_ != spoiled_ && verdict == errc::none) verdict = errc::tls_unknown_ca;
  const bool may_be_missed = is_date && shown.error_depth > 0 && verdict == errc::none;
  if (may_be_missed) found_.date = now_;  // by the leaf: then this explains it
  return verdict != errc::none ? verdict : library;
}

inline errc session::judge_one(const WOLFSSL_BUFFER_INFO& der, tls::place& at,
                               tls::fault& found) noexcept {
  const tls::certificate certificate = tls::read_certificate({der.buffer, der.length});
  if (at.depth > 0) trust_->current_.narrow(certificate.dates);  // 0 where they cannot be read
  if (!certificate.is_readable) return errc::tls_bad_certificate;
  errc verdict = tls::judge_purpose(certificate, at);
  const errc dates = tls::judge_dates(certificate.dates, now_, found);
  if (dates != errc::none) verdict = dates;
  if (at.depth > 0 && (verdict != errc::none || at.is_constrained)) {
    ++trust_->spoiled_;
    ++spoiled_;
  }
  if (verdict == errc::none && at.depth == 0) {
    verdict = tls::judge_identity(certificate, tls::reference_identity{host_}, found.shown_name);
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
    if (status != io_status::ok) return self.told(status);
  }
  return self.told(self.lower_.read_some({in, static_cast<std::size_t>(size)}));
}

inline int session::send(WOLFSSL*, char* out, int size, void* context) noexcept {
  session& self = *static_cast<session*>(context);
  const std::span<const char> records{out, static_cast<std::size_t>(size)};
  if (self.inside_output_) return self.told(self.outlet_.send(self.lower_, records));
  if (self.blocked_write_ == 0) {
    return self.outlet_.keep(records) ? size : WOLFSSL_CBIO_ERR_GENERAL;
  }
  return self.outlet_.hold_back() ? self.told(io_status::want_write) : WOLFSSL_CBIO_ERR_GENERAL;
}

// In wolfSSL's words: never 0, which it takes for "again". It has one for both directions of waiting.
inline int session::told(io_result result) noexcept {
  if (result.ok()) return static_cast<int>(result.count());
  lower_said_ = result.status();
  if (lower_said_ == io_status::closed) return WOLFSSL_CBIO_ERR_CONN_CLOSE;
  return lower_said_ == io_status::failed ? WOLFSSL_CBIO_ERR_CONN_RST : WOLFSSL_CBIO_ERR_WANT_READ;
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
  std::size_t size = blocked_write_;  // again as it was
  if (size == 0) {
    const io_status status = outlet_.flush(lower_);
    if (status == io_status::closed || status == io_status::failed) {
      return fail(errc::stream_failed);
    }
    if (status != io_status::ok) return status;
    size = out.size() < max_record ? out.size() : max_record;  // one record at most
  }
  if (size > out.size()) return fail(errc::tls_failed);
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
