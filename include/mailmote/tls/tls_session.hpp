// SPDX-License-Identifier: BSL-1.0
// tls_session.hpp: what the client needs of a TLS library.
//
// Knows:          that a connection can be encrypted, and must be proven before it is used.
// Does not know:  which library does it, or what is sent over it.
// Bounds:         compile-time only; no_tls is empty.
#pragma once

#include <concepts>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>

namespace mailmote {

// One TLS connection over a lower byte stream, and itself a byte stream once it is safe.
//
//  1. bind MUST prepare a new connection over `lower` for `host` (a domain name or an IP address),
//     forgetting any earlier one. Both live until close. It says why it cannot, or errc::none.
//  2. handshake MUST return at once: ok, want_read, want_write, closed or failed. It MAY need many
//     calls. The lower stream carries nothing else from bind until close.
//  3. handshake MUST NOT say ok before the peer has proven to be `host`, by the caller's trust.
//     is_safe MUST be true from then until close, and at no other time.
//  4. read_some and write_some MUST fail unless is_safe. An end of the connection without TLS's own
//     goodbye MUST be failed with errc::tls_truncated, and never closed.
//  5. error MUST say why the last call answered failed.
//  6. close MUST say TLS's goodbye if that is possible without waiting, and give everything back
//     that the connection held. It MAY be called at any time, again and again.
// clang-format off
template <class T, class Lower>
concept tls_session = byte_stream<T> && requires(T& tls, Lower& lower, std::string_view host) {
  { tls.bind(lower, host) } noexcept -> std::same_as<errc>;
  { tls.handshake() } noexcept -> std::same_as<io_status>;
  { tls.is_safe() } noexcept -> std::same_as<bool>;
  { tls.error() } noexcept -> std::same_as<errc>;
  { tls.close() } noexcept;
};
// clang-format on

// For programs that have no TLS library: with it, only security::cleartext can send a mail.
struct no_tls {
  template <class Lower>
  constexpr errc bind(Lower&, std::string_view) noexcept {
    return errc::tls_setup;
  }
  constexpr io_status handshake() noexcept { return io_status::failed; }
  constexpr bool is_safe() noexcept { return false; }
  constexpr errc error() noexcept { return errc::tls_setup; }
  constexpr void close() noexcept {}
  constexpr io_result read_some(std::span<char>) noexcept { return io_status::failed; }
  constexpr io_result write_some(std::span<const char>) noexcept { return io_status::failed; }
};

}  // namespace mailmote
