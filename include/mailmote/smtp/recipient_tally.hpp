// SPDX-License-Identifier: BSL-1.0
// recipient_tally.hpp: counts which recipients were named, answered and accepted.
//
// Knows:          the policies recipients::any and recipients::all.
// Does not know:  when a RCPT may be sent, or what else happens to the mail.
// Bounds:         the same size for one recipient and for ten thousand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/reply.hpp>

namespace mailmote::smtp {

class recipient_tally {
 public:
  constexpr void begin() { *this = {}; }

  constexpr std::size_t sent() const { return sent_; }
  constexpr std::size_t answered() const { return answered_; }
  constexpr std::size_t accepted() const { return accepted_; }
  constexpr std::size_t refused() const { return answered_ - accepted_; }

  constexpr void count_sent() { ++sent_; }

  // Takes one RCPT's reply of 2xx, 4xx or 5xx, and tells the listener.
  void take(const envelope& mail, const reply_parser& reply) {
    if (mail.listener) {
      mail.listener->on_recipient({answered_, mail.to[answered_], reply.code(), reply.enhanced(),
                                   reply.holds_text() ? std::string_view{} : reply.text()});
    }
    ++answered_;
    last_decides_ = false;
    const int digit = reply.code() / 100;
    if (digit == 2) {
      ++accepted_;
      return;
    }
    const int deciding = mail.deliver_if == recipients::all ? 5 : 4;
    if (code_ != 0 && (code_ / 100 == deciding || digit != deciding)) return;
    code_ = reply.code();
    enhanced_ = reply.enhanced();
    last_decides_ = true;
  }

  // The refusal that speaks for all: one that may be taken back later, as `any` needs but one
  // recipient; or one for good, as it spoils the mail for `all`.
  constexpr std::uint16_t code() const { return code_; }
  constexpr enhanced_code enhanced() const { return enhanced_; }
  constexpr bool last_answer_decides() const { return last_decides_; }

  // Whether there will be nobody, whatever the outstanding replies are.
  constexpr bool is_lost(const envelope& mail) const {
    if (mail.deliver_if == recipients::all && refused() > 0) return true;
    return accepted_ == 0 && answered_ == mail.to.size();
  }

 private:
  std::size_t sent_ = 0;
  std::size_t answered_ = 0;
  std::size_t accepted_ = 0;
  std::uint16_t code_ = 0;
  enhanced_code enhanced_{};
  bool last_decides_ = false;
};

}  // namespace mailmote::smtp
