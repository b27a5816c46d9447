// SPDX-License-Identifier: BSL-1.0
// binding.hpp: the best that this connection has to tie a login to.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/channel_binding.hpp>
#include <mailmote/tls/wolfssl_binding.hpp>

namespace mailmote_send {

// tls-exporter where there is one, which is TLS 1.3; else the server's certificate.
class best_binding final : public mailmote::channel_binding {
 public:
  explicit best_binding(mailmote::wolfssl::bindable_session& tls) : tls_{tls} {}

  std::string_view name() const noexcept override {
    return has_exported() ? "tls-exporter" : "tls-server-end-point";
  }
  std::size_t read(std::span<char> out) noexcept override {
    return (has_exported() ? tls_.exported() : tls_.end_point()).copy(out.data(), out.size());
  }

 private:
  bool has_exported() const { return !tls_.exported().empty(); }

  mailmote::wolfssl::bindable_session& tls_;
};

}  // namespace mailmote_send
