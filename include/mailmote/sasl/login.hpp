// SPDX-License-Identifier: BSL-1.0
// login.hpp: the old login that asks for user name and password one after the other.
//
// Knows:          draft-murchison-sasl-login, and that nobody prompts alike: the first question is
//                 the user name, the second the password, whatever their words.
// Does not know:  whether anybody listens; the session lets it run only inside TLS.
// Bounds:         no copy of any string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/sasl/take.hpp>

namespace mailmote::sasl {

// The strings are referred to, and must live until the client has finished.
class login final : public mechanism {
 public:
  constexpr login(credential username, credential password)
      : username_{username}, password_{password} {}

  errc check() const noexcept override {
    const errc bad = username_.check_needed(errc::bad_username);
    return bad != errc::none ? bad : password_.check_needed(errc::bad_password);
  }

  errc select(offer offered) noexcept override {
    forget();
    return offered.has(kind::login) ? errc::none : errc::auth_unavailable;
  }
  kind selected() const noexcept override { return kind::login; }
  bool reveals_secret() const noexcept override { return true; }
  std::size_t initial_response() const noexcept override { return no_initial_response; }
  void challenge(std::span<const char>) noexcept override {}

  errc respond() noexcept override {
    if (questions_ == 2) return errc::bad_challenge;
    rest_ = questions_++ == 0 ? username_.text() : password_.text();
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override { return take(rest_, out); }

  errc accept() noexcept override { return errc::none; }

  void forget() noexcept override {
    rest_ = {};
    questions_ = 0;
  }

 private:
  credential username_;
  credential password_;
  std::string_view rest_{};     // of the answer that is being read
  std::uint8_t questions_ = 0;  // answered so far
};

}  // namespace mailmote::sasl
