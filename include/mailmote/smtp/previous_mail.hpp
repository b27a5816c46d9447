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

  // Its reply is here. Only a refusal's words are kept: what follows would write over them.
  void settle(errc why, fate reached, reply_parser& reply) {
    verdict_.record(why, phase::accept);
    verdict_.cite(reply.code(), reply.enhanced());
    verdict_.decide(reached);
    holds_words_ = reached != fate::delivered;
    if (holds_words_) reply.hold_text(true);
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

  // Once they were shown: whether there were any to be let go.
  bool release_words() {
    const bool had = holds_words_ && is_over();
    if (had) holds_words_ = false;
    return had;
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
