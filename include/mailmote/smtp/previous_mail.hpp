// SPDX-License-Identifier: BSL-1.0
// previous_mail.hpp: the mail whose final reply the next one did not wait for.
//
// Knows:          what is known of it: nothing but its reply is missing.
// Does not know:  the mail behind it.
// Bounds:         a verdict; its reply's words are in the parser, and held there until they were shown.
#pragma once

#include <string_view>

#include <mailmote/smtp/reply.hpp>
#include <mailmote/smtp/verdict.hpp>

namespace mailmote::smtp {

class previous_mail {
 public:
  constexpr bool is_over() const { return verdict_.is_told(); }  // or there was none
  constexpr bool is_untold() const { return verdict_.is_decided(); }

  void begin(const verdict& so_far) { verdict_ = so_far; }

  // Its reply is here, whose words are held until they were shown.
  void settle(errc why, fate reached, reply_parser& reply) {
    verdict_.record(why, phase::accept);
    verdict_.cite(reply.code(), reply.enhanced());
    verdict_.decide(reached);
    reply.hold_text(true);
    holds_words_ = true;
  }

  // There will be none.
  void lose(errc why) {
    verdict_.record(why, phase::accept);
    verdict_.decide(fate::unknown);
  }

  bool tell() {
    const bool now = verdict_.tell();
    if (now) is_shown_ = true;
    return now;
  }

  bool is_shown() const { return is_shown_; }  // until the next mail is over
  void hide() { is_shown_ = false; }

  // Once they were shown. `next`, the mail behind it, may have words to be held by now.
  void let_words_go(reply_parser& reply, const verdict& next) {
    if (!holds_words_ || !is_over()) return;
    holds_words_ = false;
    reply.forget_text();
    reply.hold_text(next.error() != errc::none || !next.is_open());
  }

  outcome result(const reply_parser& reply, const sasl::mechanism* login) const {
    return verdict_.result(holds_words_ ? reply.text() : std::string_view{}, login);
  }

 private:
  verdict verdict_{};
  bool holds_words_ = false;
  bool is_shown_ = false;
};

}  // namespace mailmote::smtp
