// SPDX-License-Identifier: BSL-1.0
// session.hpp: the dialogue with a submission server, from greeting to goodbye.
//
//   S: 220              EHLO       \  the connection: in lock-step, each reply decides what is next.
//   C: EHLO, S: 250     STARTTLS    | EHLO comes again inside TLS, and what was offered before it
//   C: STARTTLS, S: 220 (handshake) | is forgotten
//   C: EHLO, S: 250     AUTH        |
//   C: AUTH, S: 235     MAIL       /
//   C: [RSET] MAIL RCPT... DATA    \  the mail: in one flight with PIPELINING (RFC 2920); under
//   S: 250 250... 354               | recipients::all, DATA waits for the replies to RCPT
//   C: message, final dot, QUIT     | only after 354, and only while a recipient stands
//   S: 250, 221                    /
//
// The law: two cursors go over this script. `answering_` is moved here, `sending_` here and in
// speaker.hpp, which moves it on to what may follow; no other file moves either. A reply answers the
// command at `answering_`, all of which was sent before it began; any other ends the session.
// Recipients that the server puts off go through the mail's part again.
//
// Knows:          RFC 5321, 2920, 3030, 3207, 4954, 9422.
// Does not know:  streams, TLS libraries, clocks: the driver (client.hpp) carries octets and time.
// Bounds:         one size, whatever the number of recipients or the length of the message.
#pragma once

#include <cstddef>
#include <span>

#include <mailmote/smtp/previous_mail.hpp>
#include <mailmote/smtp/speaker.hpp>

namespace mailmote::smtp {

class session : private speaker {
 public:
  static constexpr std::size_t min_buffer = 64;  // every part of the dialogue goes through it

  constexpr explicit session(const settings& with) noexcept : speaker{with} {}
  const settings& with() const noexcept { return settings_; }

  // The caller's side, as client.hpp documents it.
  errc send(const envelope& mail, body_source& body) noexcept;
  errc keep_alive() noexcept { return say(step::noop); }
  errc quit() noexcept { return say(step::quit); }
  void cancel() noexcept;
  void start() noexcept;
  bool is_idle() const noexcept { return verdict_.is_told() && is_quiet(); }
  bool is_open() const noexcept { return answering_ == step::ready; }
  bool takes_next() const noexcept;
  outcome result() const noexcept {
    if (previous_.is_shown()) return previous_.result(reply_, login_);
    outcome mail = verdict_.result(reply_.text(), login_);
    if (mail.error == errc::extension_missing) mail.missing = missing_in(capabilities_, mail_.mail);
    return mail;
  }
  bool take_finished() noexcept;  // true once a mail
  const capabilities& offered() const noexcept { return capabilities_; }
  const mail_parameters& used() const noexcept { return mail_.parameters; }

  // The driver's side. `buffer` is always the same one, of at least min_buffer octets, and keeps
  // what output() gave until it was sent.
  action next() const noexcept { return action_at(answering_); }
  void at(milliseconds now) noexcept;  // what time it is: the first thing of every round ...
  void expire() noexcept;              // ... and, when nothing more can be read, the last
  milliseconds next_timeout(milliseconds now) const noexcept;
  std::span<const char> output(std::span<char> buffer) noexcept;
  using speaker::sent;  // of `buffer`, so many octets
  // How many of them were taken in: what follows the reply to the mail before this one has to wait
  // until that was told, as its words would be written over. Then they are to be handed in again.
  std::size_t received(std::span<const char> octets) noexcept;
  bool has_to_tell() const noexcept { return previous_.is_untold(); }
  void secured() noexcept;        // the handshake is done, and the server has proven who it is
  void ended(errc why) noexcept;  // the stream is over; errc::none: it was closed in good order

 private:
  bool implicit() const { return settings_.security == security::implicit_tls; }
  void advance_answering() { answering_ = mail_.following(answering_); }

  void hear(char c);
  void on_reply();
  void heed_reply();
  void on_hello();
  void on_auth();
  void on_rcpt();
  void on_data();
  void on_accept();

  void go(step next);
  errc say(step next);  // between two mails
  void continue_connection();
  errc prepare(transaction& mail) const {
    return may_mail_again() ? mail.prepare(settings_, capabilities_, pipelines())
                            : errc::too_many_mails;
  }
  errc follow_up(const envelope& mail, body_source& body);
  void on_previous();
  void open_transaction();
  void finish_mail(fate reached);
  void end_transaction(bool delivered);
  void record_reply(errc why);
  void refuse(errc why);                // by the reply at hand; then leave
  void leave(errc why = errc::none);    // with QUIT, where there is a place for it
  void hang_up(errc why = errc::none);  // at once
  void conclude(fate reached, step next);
  void give_up(errc why);
  errc end_or(errc why) const { return end_of_wait(why, reply_.between_replies()); }

  bool encrypted_ = false;
  bool authenticated_ = false;
  bool is_reused_ = false;  // a connection that was kept, and has not answered since
  bool early_ = false;      // the reply being read began before it was due
  bool ahead_ = false;      // it began before the chunk that it answers had left
  previous_mail previous_{};
  const sasl::mechanism* login_ = nullptr;  // once it was begun on this connection
  reply_parser reply_{};
  capability_parser offered_{};
};

// ---- the caller ----------------------------------------------------------------------------

inline errc session::send(const envelope& mail, body_source& body) noexcept {
  if (takes_next()) return follow_up(mail, body);
  if (!is_idle()) return errc::busy;
  if (const errc bad = mail_.begin(settings_, mail, body); bad != errc::none) return bad;
  verdict_.begin();
  reply_.hold_text(false);
  timer_.arm_at_next_reading();
  is_reused_ = answering_ == step::ready;
  if (is_reused_) {
    open_transaction();
    return errc::none;
  }
  encrypted_ = authenticated_ = needs_rset_ = source_waits_ = false;
  mails_ = 0;
  login_ = nullptr;
  reply_.begin();
  go(implicit() ? step::handshake : step::greeting);
  return errc::none;
}

inline bool session::takes_next() const noexcept {
  const bool waits = answering_ == step::message && outbox_.message_left() && previous_.is_over();
  const bool may_follow = pipelines() && may_mail_again() && mail_.may_be_followed();
  return waits && may_follow && !is_lost();
}

inline errc session::follow_up(const envelope& mail, body_source& body) {
  transaction next;
  errc bad = next.begin(settings_, mail, body);
  if (bad == errc::none) bad = prepare(next);
  if (bad != errc::none) return bad;
  verdict_.count(mail_.recipients);
  previous_.begin(verdict_);
  verdict_.begin();
  mail_ = next;
  outbox_.begin_message();
  answering_ = step::accept;
  sending_ = step::mail;
  return errc::none;
}

inline bool session::take_finished() noexcept {
  if (previous_.tell()) return true;
  if (!is_quiet() || !verdict_.tell()) return false;
  previous_.hide();
  return true;
}

inline errc session::say(step next) {
  if (!is_idle()) return errc::busy;
  if (answering_ == step::ready) go(next);
  timer_.arm_at_next_reading();
  return errc::none;
}

inline void session::start() noexcept {
  if (answering_ == step::auth) settings_.auth->forget();
  *this = session{settings{settings_}};
}

inline void session::cancel() noexcept {
  timer_.arm_at_next_reading();
  if (verdict_.is_open()) return leave(end_or(errc::canceled));
  if (!is_quiet()) hang_up();
}

// ---- the driver ----------------------------------------------------------------------------

inline void session::at(milliseconds now) noexcept {
  previous_.let_words_go(reply_, verdict_);
  timer_.read(now);
  mail_.message.resume();
  auth_.resume();
}

inline void session::expire() noexcept {
  if (is_quiet() || !timer_.passed(allowed())) return;
  if (!waits_for_source()) return hang_up(end_or(errc::timeout));
  source_waits_ = false;
  mail_.message.give_up(errc::source_timeout);
  give_up(errc::source_timeout);
}

inline milliseconds session::next_timeout(milliseconds now) const noexcept {
  const bool untold = previous_.is_untold() || (is_quiet() && verdict_.is_decided());
  return untold ? 0 : speaker::next_timeout(now);
}

// The mail cannot go on. The one before it still has its reply.
inline void session::give_up(errc why) {
  if (answering_ != step::accept) return hang_up(why);
  record(why);
  timer_.arm();
}

inline std::span<const char> session::output(std::span<char> buffer) noexcept {
  if (const errc bad = speak(buffer); bad != errc::none) give_up(bad);
  return outbox_.to_send(buffer);
}

inline std::size_t session::received(std::span<const char> octets) noexcept {
  std::size_t taken = 0;
  while (taken < octets.size() && answering_ != step::over && !has_to_tell()) hear(octets[taken++]);
  return answering_ == step::over ? octets.size() : taken;
}

inline void session::hear(char c) {
  if (settings_.transcript) settings_.transcript->server_said({&c, 1});
  if (answering_ == step::handshake) return hang_up(errc::tls_injection);
  if (reply_.between_replies()) {
    early_ = outbox_.awaited() == 0;
    ahead_ = answering_ == step::message && mail_.is_ahead(outbox_);
  }
  switch (reply_.feed(c)) {
    case reply_parser::event::none: break;
    case reply_parser::event::text:
      if (answering_ == step::ehlo) offered_.text(c, capabilities_);
      if (answering_ == step::auth) auth_.challenge(*settings_.auth, reply_.line_code(), c);
      break;
    case reply_parser::event::line_end: offered_.line_end(capabilities_); break;
    case reply_parser::event::complete:
      offered_.line_end(capabilities_);
      on_reply();
      break;
    case reply_parser::event::malformed: return hang_up(errc::malformed_reply);
    case reply_parser::event::endless: return hang_up(errc::endless_reply);
  }
}

inline void session::secured() noexcept {
  encrypted_ = true;
  if (settings_.transcript) settings_.transcript->encrypted();
  go(implicit() ? step::greeting : step::ehlo);
}

inline void session::ended(errc why) noexcept {
  // What follows the 220 to STARTTLS and is no TLS was put there by somebody else (law 3).
  const bool after_220 = answering_ == step::handshake && !implicit();
  if (after_220 && why == errc::tls_not_tls) why = errc::tls_injection;
  const errc closed = reply_.between_replies() ? errc::closed_before_reply : errc::closed_in_reply;
  if (is_reused_ && !outbox_.message_left()) return hang_up(errc::idle_closed);
  hang_up(why != errc::none ? why : end_or(closed));
}

// ---- what a reply means --------------------------------------------------------------------

inline void session::on_reply() {
  if (!early_) outbox_.answered();
  const bool closing = reply_.code() == 421;
  if (closing && !early_) {
    mail_.refused = true;
    const errc why = errc::service_closing;
    if (answering_ == step::accept) previous_.settle(why, fate::not_delivered, reply_);
  }
  if (closing || early_) {
    const errc closed = is_reused_ ? errc::idle_closed : errc::service_closing;
    record_reply(closing ? closed : errc::unsolicited_reply);
    return hang_up();
  }
  is_reused_ = false;
  heed_reply();
  // A mail with nobody to go to, or no leave, ends where nothing of its message was begun.
  const bool unbegun = answering_ == step::message && mail_.is_unbegun();
  const bool may_end = is_mail_command(answering_) || unbegun;
  if (may_end && is_lost() && all_answered()) end_transaction(false);
  timer_.arm();
}

inline void session::heed_reply() {
  const bool positive = reply_.is_class(2);
  switch (answering_) {
    case step::greeting: return positive ? go(step::ehlo) : refuse(errc::greeting_refused);
    case step::ehlo:
    case step::helo: return on_hello();
    case step::starttls: return positive ? go(step::handshake) : refuse(errc::tls_refused);
    case step::auth: return on_auth();
    case step::noop: return go(step::ready);
    case step::accept: return on_previous();
    case step::rset: return positive ? advance_answering() : refuse(errc::mail_refused);
    case step::mail:
      if (!positive && !reply_.is_refusal()) return refuse(errc::mail_refused);
      if (!positive) {
        mail_.refused = true;
        record_reply(errc::mail_refused);
      }
      return advance_answering();
    case step::rcpt:
      return positive || reply_.is_refusal() ? on_rcpt() : refuse(errc::recipients_refused);
    case step::data: return on_data();
    case step::message: return on_accept();
    default: return hang_up();  // the reply to QUIT, whatever it is
  }
}

inline void session::on_hello() {
  // HELO offers nothing, and so will do only where nothing is needed.
  const bool helo_will_do = settings_.security == security::cleartext && !settings_.auth;
  if (reply_.is_class(2)) return continue_connection();
  if (answering_ == step::ehlo && reply_.is_class(5) && helo_will_do) return go(step::helo);
  refuse(errc::ehlo_refused);
}

// The connection's next need: encryption, then the login, then the mail.
inline void session::continue_connection() {
  sasl::mechanism* const login = settings_.auth;
  if (settings_.security == security::starttls && !encrypted_) {
    const bool has_tls = capabilities_.has(extension::starttls);
    return has_tls ? go(step::starttls) : leave(errc::tls_unavailable);
  }
  if (login == nullptr || authenticated_) return open_transaction();
  errc bad = login_ != nullptr ? errc::none : login->select(capabilities_.auth);  // or it chose on
  if (bad == errc::none) bad = choose_allowed(settings_, *login, encrypted_);
  if (bad != errc::none) {
    login->forget();
    return leave(bad);
  }
  login_ = login;
  auth_.begin(*login, settings_, pipelines());
  if (auth_.is_eager()) bad = prepare(mail_);
  if (bad == errc::none) return go(step::auth);
  login->forget();
  leave(bad);
}

inline void session::on_auth() {
  sasl::mechanism& login = *settings_.auth;
  const bool canceled = verdict_.error() != errc::none;
  const bool positive = reply_.is_class(2) && !canceled;
  if (auth_.is_eager()) {
    if (!positive && !reply_.is_refusal()) return hang_up(errc::bad_challenge);
    if (!positive) record_reply(login.refusal());
    authenticated_ = positive;
    login.forget();
    answering_ = step::mail;  // which is said already
    return;
  }
  if (reply_.code() == 334 && !canceled) {
    const errc bad = auth_.respond(login);
    sending_ = bad == errc::none ? step::response : step::cancel;
    if (bad != errc::none) record(bad);
    return;
  }
  if (!canceled && auth_.is_unavailable(reply_.code()) && login.select_next()) {
    return continue_connection();
  }
  if (!positive) return refuse(login.refusal());
  if (const errc bad = login.accept(); bad != errc::none) return leave(bad);
  authenticated_ = true;
  login.forget();
  open_transaction();
}

inline void session::open_transaction() {
  answering_ = step::mail;
  const errc bad = prepare(mail_);
  if (bad == errc::none) return go(needs_rset_ ? step::rset : step::mail);
  record(bad);
  finish_mail(fate::not_delivered);
}

inline void session::on_rcpt() {
  recipient_tally& all = mail_.recipients;
  all.take(mail_.mail, reply_);
  const bool decided = all.answered() == all.sent() && all.is_lost(mail_.mail);
  const bool is_end = !mail_.goes_on() && !all.has_delivered();
  if (decided && is_end && record(errc::recipients_refused)) {
    verdict_.cite(all.code(), all.enhanced());
    reply_.hold_text(true);
    if (!all.last_answer_decides()) reply_.forget_text();
  }
  if (all.all_answered()) advance_answering();
}

// The mail before this one has its reply.
inline void session::on_previous() {
  const bool positive = reply_.is_class(2);
  if (!positive && !reply_.is_refusal()) {
    previous_.settle(errc::unexpected_reply, fate::unknown, reply_);
    return hang_up(errc::unexpected_reply);
  }
  const errc refused = positive ? errc::none : errc::message_refused;
  previous_.settle(refused, positive ? fate::delivered : fate::not_delivered, reply_);
  answering_ = step::mail;  // which may be said already
  if (mail_.message.error() != errc::none) hang_up();
}

inline void session::on_data() {
  if (reply_.is_refusal()) {
    if (!mail_.has_nobody()) record_reply(errc::data_refused);
    return end_transaction(false);
  }
  if (!reply_.is_class(3)) return refuse(errc::data_refused);
  mail_.begin_message(!is_lost());
  go(step::message);
}

inline void session::on_accept() {
  const bool positive =
      reply_.is_class(2) && !ahead_;  // a chunk can be refused early, but not taken
  if (!positive && !reply_.is_refusal()) {
    record_reply(errc::unexpected_reply);
    return hang_up();
  }
  const bool nobody = mail_.has_nobody();
  if (!positive && !nobody) record_reply(errc::message_refused);
  if (!positive) mail_.refused = true;
  if (mail_.was_cut(outbox_)) return hang_up();
  if (mail_.was_last_reply(outbox_)) return end_transaction(positive && !nobody);
  if (is_lost() && all_answered()) finish_mail(fate::not_delivered);
}

// ---- how it goes on, or ends ---------------------------------------------------------------

inline void session::go(step next) {
  answering_ = next;
  begin_at(next);
  if (next == step::ehlo || next == step::helo) {  // law 3: what was learned is forgotten
    capabilities_ = {.other_keywords = settings_.other_extensions};
    offered_ = {};
  }
}

// The transaction is over, and the connection is in order.
inline void session::end_transaction(bool delivered) {
  if (delivered) needs_rset_ = false;
  const bool failed = verdict_.error() != errc::none && !delivered;
  if (!failed && mail_.goes_on() && !quit_is_out()) {
    mail_.recipients.advance(mail_.mail);
    return open_transaction();
  }
  if (delivered) record_reply(errc::none);
  const bool somebody = delivered || (!failed && mail_.recipients.has_delivered());
  finish_mail(somebody ? fate::delivered : fate::not_delivered);
}

// The mail's part of the dialogue is over, and the connection is in order.
inline void session::finish_mail(fate reached) {
  const bool may_stay = may_mail_again() && (settings_.auth == nullptr || authenticated_);
  const bool stays = mail_.mail.then == after::stay && may_stay;
  conclude(reached, stays ? step::ready : step::quit);
}

inline void session::record_reply(errc why) {
  if (!record(why)) return;
  verdict_.cite(reply_.code(), reply_.enhanced());
  reply_.hold_text(true);
}

// `why`, if the reply is the refusal that it names; a reply of any other kind was impossible.
inline void session::refuse(errc why) {
  record_reply(reply_.is_refusal() ? why : errc::unexpected_reply);
  leave();
}

// RFC 5321 4.1.1.10: goodbye is said wherever there is a place for it.
inline void session::leave(errc why) {
  record(why);
  const bool in_login = sending_ == step::response || sending_ == step::cancel;
  const bool has_place = answering_ != step::message && answering_ != step::handshake && !in_login;
  if (!has_place || !all_answered()) return hang_up();
  conclude(fate::not_delivered, step::quit);
}

inline void session::hang_up(errc why) {
  record(why);
  previous_.lose(why);
  const bool unanswered = outbox_.message_left() && !mail_.has_nobody();
  conclude(unanswered ? fate::unknown : fate::not_delivered, step::over);
}

inline void session::conclude(fate reached, step next) {
  verdict_.count(mail_.recipients);
  verdict_.decide(reached);
  if (answering_ == step::auth) settings_.auth->forget();
  if (next == step::quit && quit_is_out()) {  // only its reply is waited for
    answering_ = next;
    return timer_.arm();
  }
  go(next);
}

}  // namespace mailmote::smtp
