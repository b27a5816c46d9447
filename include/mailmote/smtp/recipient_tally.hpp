// SPDX-License-Identifier: BSL-1.0
// recipient_tally.hpp: counts which recipients were named, answered and accepted.
//
// The recipients of a mail go into one transaction, or into several, where the server takes fewer
// at a time: each is a range of them, and follows on the one before.
//
// Knows:          the policies recipients::any and recipients::all; RFC 9422's RCPTMAX and
//                 RCPTDOMAINMAX; what of a transaction the server wants in another (RFC 5321 4.5.3.1.10).
// Does not know:  when a RCPT may be sent, or what else happens to the mail.
// Bounds:         the same size for one recipient and for ten thousand. Only where a server limits
//                 their domains are the earlier ones of a transaction read again for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/smtp/capabilities.hpp>
#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/reply.hpp>

namespace mailmote::smtp {

class recipient_tally {
 public:
  // Whose domains are compared at most, so that it does not take long (law 2).
  static constexpr std::size_t max_compared = 1000;

  constexpr void begin(const envelope& mail) {
    *this = {};
    end_ = mail.to.size();
  }

  constexpr std::size_t first() const { return first_; }  // of the transaction
  constexpr std::size_t sent() const { return sent_; }
  constexpr std::size_t answered() const { return answered_; }
  constexpr std::size_t accepted() const { return accepted_; }
  constexpr std::size_t refused() const { return answered_ - accepted_; }
  constexpr bool all_sent() const { return sent_ == end_; }
  constexpr bool all_answered() const { return answered_ == end_; }

  // Whether the server takes all of them in one transaction; of too many to compare: no.
  static bool takes_all(const envelope& mail, const capabilities& offered) {
    const std::size_t size = mail.to.size();
    if (offered.max_recipients > 0 && size > offered.max_recipients) return false;
    if (size <= offered.max_recipient_domains || offered.max_recipient_domains == 0) return true;
    if (size > max_compared) return false;
    std::size_t domains = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (has_new_domain(mail, 0, i)) ++domains;
    }
    return domains <= offered.max_recipient_domains;
  }

  // One is named; and the transaction's last it is, if the server takes no more.
  void count_sent(const envelope& mail, const capabilities& offered) {
    ++sent_;
    if (sent_ < end_ && is_full(mail, offered)) end_ = sent_;
  }

  // Takes one RCPT's reply of 2xx, 4xx or 5xx, and tells the listener.
  void take(const envelope& mail, const reply_parser& reply) {
    if (mail.listener) {
      mail.listener->on_recipient({answered_, mail.to[answered_], reply.code(), reply.enhanced(),
                                   reply.holds_text() ? std::string_view{} : reply.text()});
    }
    ++answered_;
    last_decides_ = false;
    put_off_ = puts_off(reply) && has_somebody() ? put_off_ + 1 : 0;
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

  // Whether there will be nobody in this transaction, whatever the outstanding replies are.
  constexpr bool is_lost(const envelope& mail) const {
    if (mail.deliver_if == recipients::all && refused() > 0) return true;
    return !has_somebody() && all_answered();
  }

  // Whether earlier transactions had somebody: they are delivered.
  constexpr bool has_delivered() const { return delivered_ > 0; }

  // Whether some are left for another transaction.
  constexpr bool leaves_some(const envelope& mail) const {
    return end_ < mail.to.size() || put_off_ > 0;
  }

  // Goes on to those that are left.
  constexpr void advance(const envelope& mail) {
    answered_ -= put_off_;
    first_ = sent_ = answered_;
    end_ = mail.to.size();
    delivered_ = accepted_;
    put_off_ = domains_ = 0;
  }

 private:
  constexpr bool has_somebody() const { return accepted_ > delivered_; }

  // "Too many recipients", rightly or as RFC 821 had it; a full mailbox is something else.
  static constexpr bool puts_off(const reply_parser& reply) {
    const enhanced_code enhanced = reply.enhanced();
    const bool is_limit = enhanced.subject == 5 && enhanced.detail == 3;
    return is_limit ? reply.is_refusal() : reply.code() == 452 && enhanced.subject != 2;
  }

  static constexpr std::string_view domain_of(std::string_view address) {
    address.remove_prefix(address.rfind('@') + 1);  // of the null address: nothing
    return address;
  }

  // Whether no recipient of [first, at) has the domain of the one at `at`.
  static bool has_new_domain(const envelope& mail, std::size_t first, std::size_t at) {
    const std::string_view domain = domain_of(mail.to[at]);
    while (first < at && !ascii::equal_ignoring_case(domain_of(mail.to[first]), domain)) ++first;
    return first == at;
  }

  bool is_full(const envelope& mail, const capabilities& offered) {
    if (offered.max_recipients > 0 && sent_ - first_ >= offered.max_recipients) return true;
    if (offered.max_recipient_domains == 0) return false;
    if (sent_ - first_ >= max_compared) return true;
    if (domains_ == 0) domains_ = 1;  // the first's
    return has_new_domain(mail, first_, sent_) && ++domains_ > offered.max_recipient_domains;
  }

  std::size_t first_ = 0;  // [first_, end_): the transaction's recipients
  std::size_t end_ = 0;
  std::size_t sent_ = 0;       // recipients before it were named
  std::size_t answered_ = 0;   // likewise
  std::size_t accepted_ = 0;   // of all transactions
  std::size_t delivered_ = 0;  // accepted in earlier ones
  std::size_t put_off_ = 0;    // the last answers of which none was anything else
  std::size_t domains_ = 0;
  std::uint16_t code_ = 0;
  enhanced_code enhanced_{};
  bool last_decides_ = false;
};

}  // namespace mailmote::smtp
