// SPDX-License-Identifier: BSL-1.0
// external.hpp: the login of a client whose certificate has said already who it is.
//
// Knows:          RFC 4422 appendix A.
// Does not know:  certificates: the TLS session shows the client's.
// Bounds:         no copy of any string.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/sasl/take.hpp>

namespace mailmote::sasl {

// The string is referred to, and must live until the client has finished.
class external final : public mechanism {
 public:
  // `authorization` is the identity to act as; empty is the certificate's own.
  constexpr explicit external(credential authorization = "") : authorization_{authorization} {}

  errc check() const noexcept override { return authorization_.check(errc::bad_authorization); }

  errc select(offer offered) noexcept override {
    forget();
    if (!offered.has(kind::external)) return errc::auth_unavailable;
    rest_ = authorization_.text();
    return errc::none;
  }
  kind selected() const noexcept override { return kind::external; }
  bool reveals_secret() const noexcept override { return false; }
  std::size_t initial_response() const noexcept override { return authorization_.text().size(); }
  void challenge(std::span<const char>) noexcept override {}

  // The one message is the initial response.
  errc respond() noexcept override { return errc::bad_challenge; }

  io_result read_some(std::span<char> out) noexcept override { return take(rest_, out); }

  errc accept() noexcept override { return errc::none; }
  void forget() noexcept override { rest_ = {}; }

 private:
  credential authorization_;
  std::string_view rest_{};  // of the response that is being read
};

}  // namespace mailmote::sasl
