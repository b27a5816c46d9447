// SPDX-License-Identifier: BSL-1.0
// verdict.hpp: what is known of a mail's fate so far.
//
// Knows:          that the first reason for a failure stands, and that a mail is decided once.
// Does not know:  what leads to which fate (session.hpp).
// Bounds:         24 bytes on a 32-bit machine.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/smtp/outcome.hpp>
#include <mailmote/smtp/recipient_tally.hpp>

namespace mailmote::smtp {

class verdict {
 public:
  constexpr void begin() {
    state_ = state::open;
    fate_ = fate::not_delivered;
    phase_ = phase::start;
    error_ = errc::none;
    cite(0, {});
  }

  constexpr bool is_open() const { return state_ == state::open; }
  constexpr errc error() const { return error_; }

  // errc::none: it was taken. False when there is a reason already.
  constexpr bool record(errc why, phase where) {
    if (!is_open() || error_ != errc::none) return false;
    error_ = why;
    phase_ = where;
    return true;
  }

  // The reply that says so.
  constexpr void cite(std::uint16_t code, enhanced_code enhanced) {
    code_ = code;
    enhanced_ = enhanced;
  }

  // Whom it is about.
  constexpr void count(const recipient_tally& recipients) {
    accepted_ = recipients.accepted();
    refused_ = recipients.refused();
    first_ = recipients.has_delivered() ? recipients.first() : 0;
  }

  constexpr void decide(fate reached) {
    if (!is_open()) return;
    state_ = state::decided;
    fate_ = reached;
  }

  constexpr bool is_decided() const { return state_ == state::decided; }
  constexpr bool is_told() const { return state_ == state::told; }

  // True once, when the mail is decided.
  constexpr bool tell() {
    if (state_ != state::decided) return false;
    state_ = state::told;
    return true;
  }

  // `login` is null where none was begun.
  outcome result(std::string_view server_text, const sasl::mechanism* login) const {
    const bool nobody_has_it = fate_ == fate::not_delivered && first_ == 0;
    const retry again = nobody_has_it ? retry_after(error_, code_) : retry::no;
    return {fate_,
            phase_,
            error_,
            again,
            code_,
            enhanced_,
            accepted_,
            refused_,
            first_,
            code_ != 0 ? server_text : std::string_view{},
            login != nullptr ? sasl::name(login->selected()) : std::string_view{},
            login != nullptr ? login->server_text() : std::string_view{}};
  }

 private:
  enum class state : std::uint8_t { open, decided, told };

  state state_ = state::told;  // of no mail at all
  fate fate_ = fate::not_delivered;
  phase phase_ = phase::start;
  errc error_ = errc::none;
  std::uint16_t code_ = 0;
  enhanced_code enhanced_{};
  std::size_t accepted_ = 0;
  std::size_t refused_ = 0;
  std::size_t first_ = 0;  // recipient of those that the fate is of
};

}  // namespace mailmote::smtp
