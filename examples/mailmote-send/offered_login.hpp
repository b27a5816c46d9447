// SPDX-License-Identifier: BSL-1.0
// offered_login.hpp: PLAIN if the server offers it, else LOGIN.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>

namespace mailmote_send {

class offered_login final : public mailmote::sasl::mechanism {
 public:
  offered_login(std::string_view username, std::string_view password)
      : plain_{username, password}, login_{username, password} {}

  mailmote::errc check() const noexcept override { return plain_.check(); }

  mailmote::errc select(mailmote::sasl::offer offered) noexcept override {
    uses_plain_ = offered.has(mailmote::sasl::kind::plain);
    return chosen().select(offered);
  }

  mailmote::sasl::kind selected() const noexcept override {
    return uses_plain_ ? plain_.selected() : login_.selected();
  }
  bool reveals_secret() const noexcept override { return true; }
  std::size_t initial_response() const noexcept override {
    return uses_plain_ ? plain_.initial_response() : login_.initial_response();
  }
  void challenge(std::span<const char> octets) noexcept override { chosen().challenge(octets); }
  mailmote::errc respond() noexcept override { return chosen().respond(); }
  mailmote::io_result read_some(std::span<char> out) noexcept override {
    return chosen().read_some(out);
  }
  mailmote::errc accept() noexcept override { return chosen().accept(); }
  void forget() noexcept override { chosen().forget(); }

 private:
  mailmote::sasl::mechanism& chosen() noexcept {
    return uses_plain_ ? static_cast<mailmote::sasl::mechanism&>(plain_) : login_;
  }

  mailmote::sasl::plain plain_;
  mailmote::sasl::login login_;
  bool uses_plain_ = true;
};

}  // namespace mailmote_send
