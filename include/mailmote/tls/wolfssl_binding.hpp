// SPDX-License-Identifier: BSL-1.0
// wolfssl_binding.hpp: ties a login to a TLS session of wolfSSL's.
//
// Knows:          tls-exporter (RFC 9266), of TLS 1.3 only: before it is safe only with an extended
//                 master secret, and wolfSSL does not say whether there is one; tls-server-end-point
//                 (RFC 5929), of both versions.
// Does not know:  which mechanism asks.
// Bounds:         100 octets more than a session; no heap, once the handshake is over.
#pragma once

#include <mailmote/tls/wolfssl_build.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/channel_binding.hpp>
#include <mailmote/tls/end_point.hpp>
#include <mailmote/tls/wolfssl.hpp>

namespace mailmote::wolfssl {

// A session that logins can be tied to: it keeps what there is to know of its handshake and of the
// server's certificate, which a plain session forgets.
class bindable_session : public session {
 public:
  using session::session;

  template <byte_stream Lower>
  errc bind(Lower& lower, std::string_view host) noexcept {
    exported_size_ = end_point_size_ = 0;
    const errc error = session::bind(lower, host);
    if (error == errc::none) keep_what_binds();
    return error;
  }

  io_status handshake() noexcept {
    const bool was_safe = is_safe();
    const io_status status = session::handshake();
    if (is_safe() && !was_safe) export_binding();
    return status;
  }

  // Both are empty while the session is not safe, and where there is none.
  std::string_view exported() const noexcept {
    return {exported_.data(), is_safe() ? exported_size_ : std::size_t{0}};
  }
  std::string_view end_point() const noexcept {
    return {end_point_.data(), is_safe() ? end_point_size_ : std::size_t{0}};
  }

 private:
  static constexpr std::size_t exporter_size = 32;  // RFC 9266 2

  void keep_what_binds() noexcept;
  void export_binding() noexcept;
  static int verify_and_keep(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept;
  void keep_end_point(tls::octets leaf) noexcept;

  std::array<char, exporter_size> exported_{};
  std::array<char, max_channel_binding> end_point_{};
  std::uint8_t exported_size_ = 0;
  std::uint8_t end_point_size_ = 0;
};

namespace detail {

inline std::size_t copy_binding(std::string_view from, std::span<char> out) noexcept {
  if (from.size() > out.size()) return 0;
  for (std::size_t i = 0; i < from.size(); ++i) out[i] = from[i];
  return from.size();
}

// A template, so that a build that cannot do it is an error where it is used, and not before.
template <class Session>
class exporter_binding : public mailmote::channel_binding {
#ifndef HAVE_KEYING_MATERIAL
  static_assert(sizeof(Session) == 0, "tls-exporter needs wolfSSL with HAVE_KEYING_MATERIAL");
#endif

 public:
  constexpr explicit exporter_binding(Session& tls) noexcept : tls_{&tls} {}

  std::string_view name() const noexcept final { return "tls-exporter"; }
  std::size_t read(std::span<char> out) noexcept final {
    return copy_binding(tls_->exported(), out);
  }

 private:
  Session* tls_;
};

}  // namespace detail

// The session must outlive them. Over TLS 1.2 there is no tls-exporter.
using channel_binding = detail::exporter_binding<bindable_session>;

class server_end_point : public mailmote::channel_binding {
 public:
  constexpr explicit server_end_point(bindable_session& tls) noexcept : tls_{&tls} {}

  std::string_view name() const noexcept final { return "tls-server-end-point"; }
  std::size_t read(std::span<char> out) noexcept final {
    return detail::copy_binding(tls_->end_point(), out);
  }

 private:
  bindable_session* tls_;
};

inline void bindable_session::keep_what_binds() noexcept {
  wolfSSL_set_verify(ssl_, WOLFSSL_VERIFY_PEER, verify_and_keep);
#ifdef HAVE_KEYING_MATERIAL
  wolfSSL_KeepArrays(ssl_);
#endif
}

// At once, so that wolfSSL need not hold the handshake's secrets any longer.
inline void bindable_session::export_binding() noexcept {
#ifdef HAVE_KEYING_MATERIAL
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  const bool exported =
      facts().version == version::tls_1_3 &&
      wolfSSL_export_keying_material(ssl_, reinterpret_cast<unsigned char*>(exported_.data()),
                                     exported_.size(), label.data(), label.size(), nullptr, 0,
                                     1) == WOLFSSL_SUCCESS;
  if (exported) exported_size_ = exporter_size;
  wolfSSL_FreeArrays(ssl_);
#endif
}

inline int bindable_session::verify_and_keep(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept {
  const int verdict = session::verify(ok, shown);
  if (verdict != 0 && shown->error_depth == 0) {
    const WOLFSSL_BUFFER_INFO& leaf = shown->certs[0];
    auto& self = static_cast<bindable_session&>(*static_cast<session*>(shown->userCtx));
    self.keep_end_point({leaf.buffer, leaf.length});
  }
  return verdict;
}

inline void bindable_session::keep_end_point(tls::octets leaf) noexcept {
  wc_HashType type = WC_HASH_TYPE_NONE;
  switch (tls::end_point_hash_of(leaf)) {
    case tls::end_point_hash::sha_224: type = WC_HASH_TYPE_SHA224; break;
    case tls::end_point_hash::sha_256: type = WC_HASH_TYPE_SHA256; break;
    case tls::end_point_hash::sha_384: type = WC_HASH_TYPE_SHA384; break;
    case tls::end_point_hash::sha_512: type = WC_HASH_TYPE_SHA512; break;
    case tls::end_point_hash::none: return;
  }
  const int size = wc_HashGetDigestSize(type);  // negative where the build has it not
  if (size <= 0 || wc_Hash(type, leaf.data(), static_cast<std::uint32_t>(leaf.size()),
                           reinterpret_cast<unsigned char*>(end_point_.data()),
                           static_cast<std::uint32_t>(size)) != 0) {
    return;
  }
  end_point_size_ = static_cast<std::uint8_t>(size);
}

}  // namespace mailmote::wolfssl
