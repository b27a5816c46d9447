// SPDX-License-Identifier: BSL-1.0
// bound_login.hpp: SCRAM-SHA-256-PLUS and nothing less.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>

namespace mailmote_send {

// A SCRAM login with a binding falls back to one without, where the server offers no other; this one
// does not.
class bound_login final : public mailmote::sasl::mechanism {
 public:
  explicit bound_login(mailmote::sasl::mechanism& scram) : scram_{scram} {}

  mailmote::errc select(mailmote::sasl::offer offered) noexcept override {
    const mailmote::errc bad = scram_.select(offered);
    if (bad != mailmote::errc::none) return bad;
    const bool is_bound = selected() == mailmote::sasl::kind::scram_sha_256_plus;
    return is_bound ? mailmote::errc::none : mailmote::errc::auth_unavailable;
  }

  mailmote::errc check() const noexcept override { return scram_.check(); }
  mailmote::sasl::kind selected() const noexcept override { return scram_.selected(); }
  bool reveals_secret() const noexcept override { return scram_.reveals_secret(); }
  std::size_t initial_response() const noexcept override { return scram_.initial_response(); }
  void challenge(std::span<const char> octets) noexcept override { scram_.challenge(octets); }
  mailmote::errc respond() noexcept override { return scram_.respond(); }
  mailmote::io_result read_some(std::span<char> out) noexcept override {
    return scram_.read_some(out);
  }
  mailmote::errc accept() noexcept override { return scram_.accept(); }
  mailmote::errc refusal() const noexcept override { return scram_.refusal(); }
  std::string_view server_text() const noexcept override { return scram_.server_text(); }
  void forget() noexcept override { scram_.forget(); }

 private:
  mailmote::sasl::mechanism& scram_;
};

}  // namespace mailmote_send
