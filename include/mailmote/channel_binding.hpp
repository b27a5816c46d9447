// SPDX-License-Identifier: BSL-1.0
// channel_binding.hpp: what ties a login to the TLS connection that it goes through.
//
// Knows:          RFC 5056: octets that both ends know, and that differ on any other connection.
// Does not know:  how a TLS library finds them (wolfssl::channel_binding does).
// Bounds:         `max_channel_binding` octets.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mailmote {

inline constexpr std::size_t max_channel_binding = 64;  // a certificate's hash by SHA-512

struct channel_binding {
  // Its registered name: "tls-exporter" (RFC 9266) or "tls-server-end-point" (RFC 5929).
  virtual std::string_view name() const noexcept = 0;

  // Writes it to `out`, which has max_channel_binding octets, and says how many it has. 0: this
  // connection has none.
  virtual std::size_t read(std::span<char> out) noexcept = 0;

 protected:
  constexpr channel_binding() = default;
  constexpr channel_binding(const channel_binding&) = default;
  constexpr channel_binding& operator=(const channel_binding&) = default;
  ~channel_binding() = default;  // never deleted through this type
};

}  // namespace mailmote
