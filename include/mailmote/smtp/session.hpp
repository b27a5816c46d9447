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
//   C: message, final dot           | only after 354, and only while a recipient stands
//   S: 250, C: [RSET] MAIL or QUIT /
//
// The law: two cursors go over this script, `sending_` and `answering_`, and only this file moves
// them. A reply answers the command at `answering_`, all of which was sent before it began. Any
// other reply ends the session.
//
// Knows:          RFC 5321, 2920, 3207, 4954.
// Does not know:  streams, TLS libraries, clocks: the driver (client.hpp) carries octets and time.
// Bounds:         one size, whatever the number of recipients or the length of the message.
#pragma once

#include <cstddef>
#include <span>

#include <mailmote/smtp/auth_exchange.hpp>
#include <mailmote/smtp/command.hpp>
#include <mailmote/smtp/message_writer.hpp>
#include <mailmote/smtp/preconditions.hpp>
#include <mailmote/smtp/recipient_tally.hpp>
#include <mailmote/smtp/script.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/smtp/verdict.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::smtp {

class session {
 public:
  static constexpr std::size_t min_buffer = 64;  // every part of the dialogue goes through it

  constexpr explicit session(const settings& with) noexcept : settings_{with} {}
  const settings& with() const noexcept { return settings_; }

  // The caller's side, as client.hpp documents it.
  errc send(const envelope& mail, body_source& body) noexcept;
  errc quit() noexcept;
  void cancel() noexcept;
  void start() noexcept;
  bool is_idle() const noexcept { return verdict_.is_told() && is_quiet(); }
  bool is_open() const noexcept { return answering_ == step::ready; }
  outcome result() const noexcept {
    outcome mail = verdict_.result(tally_, reply_.text(), login_);
    mail.missing = parameters_.missing;
    return mail;
  }
  bool take_finished() noexcept { return is_quiet() && verdict_.tell(); }  // true once a mail

  // The driver's side. `buffer` is always the same one, of at least min_buffer octets, and keeps
  // what output() gave until it was sent.
  action next() const noexcept { return action_at(answering_); }
  void at(milliseconds now) noexcept;  // what time it is: the first thing of every round ...
  void expire() noexcept;              // ... and, when nothing more can be read, the last
  milliseconds next_timeout(milliseconds now) const noexcept;
  std::span<const char> output(std::span<char> buffer) noexcept;
  void sent(std::span<char> buffer, std::size_t n) noexcept;
  void received(std::span<const char> octets) noexcept;
  void secured() noexcept;        // the handshake is done, and the server has proven who it is
  void ended(errc why) noexcept;  // the stream is over; errc::none: it was closed in good order

 private:
  bool is_quiet() const { return answering_ == step::over || answering_ == step::ready; }
  bool is_lost() const { return verdict_.error() != errc::none || tally_.is_lost(envelope_); }
  bool all_answered() const { return awaited_ == 0 && begin_ == end_ && offset_ == 0; }
  bool implicit() const { return settings_.security == security::implicit_tls; }
  bool carries_response() const { return sending_ == step::auth && auth_.carries_initial(); }
  bool waits_for_source() const { return source_waits_ && begin_ == end_; }
  bool may_write() const;
  phase where() const;
  std::size_t write(std::span<char> room);
  void advance_sending();
  void advance_answering() { answering_ = following(answering_); }

  void on_reply();
  void heed_reply();
  void on_hello();
  void on_auth();
  void on_rcpt();
  void on_data();
  void on_accept();

  void go(step next);
  void continue_connection();
  void open_transaction();
  void finish_mail(fate reached);
  bool record(errc why) { return verdict_.record(why, where()); }
  void record_reply(errc why);
  void refuse(errc why);                // by the reply at hand; then leave
  void leave(errc why = errc::none);    // with QUIT, where there is a place for it
  void hang_up(errc why = errc::none);  // at once
  void conclude(fate reached, step next);
  errc silence_or(errc why) const;
  void arm() { armed_at_ = now_; }  // what is waited for has all its time
  deadline due() const;

  // What is used most comes first: a Thumb instruction that reaches it is half as long.
  step sending_ = step::none;
  step answering_ = step::over;
  bool clock_is_stale_ = false;  // what is waited for begins at the next reading of the clock
  bool encrypted_ = false;
  bool authenticated_ = false;
  bool needs_rset_ = false;    // a transaction may be open that came to nothing
  bool source_waits_ = false;  // the body or the login has said "not yet"
  bool early_ = false;         // the reply being read began before it was due
  verdict verdict_{};
  std::size_t offset_ = 0;  // octets of the command at sending_ that are in the buffer already
  std::size_t begin_ = 0;   // [begin_, end_) of the buffer is not yet sent
  std::size_t end_ = 0;
  std::size_t awaited_ = 0;  // replies that are due: what was sent and not yet answered
  milliseconds now_ = 0;
  milliseconds armed_at_ = 0;
  recipient_tally tally_{};
  body_source* body_ = nullptr;
  const sasl::mechanism* login_ = nullptr;  // once it was begun on this connection
  envelope envelope_{};
  mail_parameters parameters_{};
  message_writer message_{};
  auth_exchange auth_{};
  settings settings_;
  reply_parser reply_{};
  capability_parser offered_{};
  capabilities capabilities_{};
};

// ---- the caller ----------------------------------------------------------------------------

inline errc session::send(const envelope& mail, body_source& body) noexcept {
  if (!is_idle()) return errc::busy;
  parameters_ = {};
  if (const errc e = check_strings(settings_, mail, parameters_.utf8); e != errc::none) return e;
  envelope_ = mail;
  body_ = &body;
  verdict_.begin();
  tally_.begin();
  reply_.hold_text(false);
  clock_is_stale_ = true;
  if (answering_ == step::ready) {
    open_transaction();
    return errc::none;
  }
  encrypted_ = authenticated_ = needs_rset_ = source_waits_ = false;
  login_ = nullptr;
  reply_.begin();
  go(implicit() ? step::handshake : step::greeting);
  return errc::none;
}

inline errc session::quit() noexcept {
  if (!is_idle()) return errc::busy;
  if (answering_ == step::ready) leave();
  clock_is_stale_ = true;
  return errc::none;
}

inline void session::start() noexcept {
  if (answering_ == step::auth) settings_.auth->forget();
  *this = session{settings{settings_}};
}

inline void session::cancel() noexcept {
  clock_is_stale_ = true;
  if (verdict_.is_open()) return leave(silence_or(errc::canceled));
  if (!is_quiet()) hang_up();
}

// ---- the driver ----------------------------------------------------------------------------

inline void session::at(milliseconds now) noexcept {
  now_ = now;
  if (clock_is_stale_) arm();
  clock_is_stale_ = false;
  message_.resume();
  auth_.resume();
}

inline void session::expire() noexcept {
  if (is_quiet() || !due().passed(now_)) return;
  hang_up(waits_for_source() ? errc::source_timeout : silence_or(errc::timeout));
}

inline milliseconds session::next_timeout(milliseconds now) const noexcept {
  if (is_quiet()) return no_timeout;
  if (clock_is_stale_) return 0;
  const milliseconds rest = due().remaining(now);
  const milliseconds pace = answering_ == step::auth ? 0 : source_pace;
  return waits_for_source() && pace < rest ? pace : rest;
}

inline std::span<const char> session::output(std::span<char> buffer) noexcept {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    while (may_write()) {
      const std::size_t written = write(buffer.subspan(end_));
      if (written == 0) break;
      end_ += written;
    }
    if (end_ > 0) arm();
  }
  return buffer.subspan(begin_, end_ - begin_);
}

inline void session::sent(std::span<char> buffer, std::size_t n) noexcept {
  const std::span<char> octets = buffer.subspan(begin_, n);
  begin_ += n;
  if (where() == phase::accept) awaited_ = 1;
  if (answering_ != step::message) awaited_ += count_lines(octets);
  if (answering_ == step::auth) wipe(octets);
  arm();
}

inline void session::received(std::span<const char> octets) noexcept {
  if (settings_.transcript) settings_.transcript->server_said({octets.data(), octets.size()});
  for (const char c : octets) {
    if (answering_ == step::over) return;
    if (answering_ == step::handshake) return hang_up(errc::tls_injection);
    if (reply_.between_replies()) early_ = awaited_ == 0;
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
  hang_up(why != errc::none ? why : silence_or(closed));
}

// ---- what may be sent, and how -------------------------------------------------------------

inline bool session::may_write() const {
  if (sending_ == step::none) return false;
  if (sending_ == step::response) return auth_.now() == auth_exchange::state::writing;
  if (sending_ == step::message) {
    return answering_ == step::message && message_.now() == message_writer::state::writing;
  }
  if (!is_mail_command(answering_) || offset_ > 0) return true;  // what was begun is completed
  if (is_lost()) return false;
  const bool caught_up = sending_ == answering_ && tally_.sent() == tally_.answered();
  const bool waits = sending_ == step::data && envelope_.deliver_if == recipients::all;
  const bool pipelines = settings_.pipelining && capabilities_.has(extension::pipelining);
  return caught_up || (pipelines && !waits);
}

inline std::size_t session::write(std::span<char> room) {
  std::size_t written = 0;
  errc failed = errc::none;
  bool waits = false;
  if (sending_ == step::message) {
    written = message_.write(room);
    waits = message_.now() == message_writer::state::waiting;
    failed = message_.error();
  } else if (sending_ == step::response) {
    if (room.size() < auth_exchange::min_room) return 0;
    written = auth_.write(*settings_.auth, room, settings_.transcript);
    waits = auth_.now() == auth_exchange::state::waiting;
    failed = auth_.error();
    if (auth_.now() == auth_exchange::state::written) sending_ = step::none;
  } else {
    piece_writer out{room, offset_};
    put_command(out, sending_, settings_, envelope_, tally_.sent(), parameters_, capabilities_);
    out.put(carries_response() ? " " : "\r\n");
    written = out.written();
    if (settings_.transcript) settings_.transcript->client_said({room.data(), written});
    offset_ += written;
    if (out.complete()) advance_sending();
  }
  if (waits != source_waits_) arm();  // the first "not yet", and what comes after the last
  source_waits_ = waits;
  if (failed == errc::none) return written;
  hang_up(failed);
  return 0;
}

inline void session::advance_sending() {
  offset_ = 0;
  if (sending_ == step::mail) needs_rset_ = true;
  if (sending_ == step::rcpt) {
    tally_.count_sent();
    if (tally_.sent() < envelope_.to.size()) return;
  }
  const step next = is_mail_command(sending_) ? following(sending_) : step::none;
  sending_ = carries_response() ? step::response : next;
}

// ---- what a reply means --------------------------------------------------------------------

inline void session::on_reply() {
  if (!early_) --awaited_;
  if (reply_.code() == 421 || early_) {
    record_reply(reply_.code() == 421 ? errc::service_closing : errc::unsolicited_reply);
    return hang_up();
  }
  heed_reply();
  if (is_mail_command(answering_) && is_lost() && all_answered()) finish_mail(fate::not_delivered);
  arm();
}

inline void session::heed_reply() {
  const bool positive = reply_.is_class(2);
  switch (answering_) {
    case step::greeting: return positive ? go(step::ehlo) : refuse(errc::greeting_refused);
    case step::ehlo:
    case step::helo: return on_hello();
    case step::starttls: return positive ? go(step::handshake) : refuse(errc::tls_refused);
    case step::auth: return on_auth();
    case step::rset: return positive ? advance_answering() : refuse(errc::mail_refused);
    case step::mail:
      if (!positive && !reply_.is_refusal()) return refuse(errc::mail_refused);
      if (!positive) record_reply(errc::mail_refused);
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
  auth_.begin(*login, settings_);
  go(step::auth);
}

inline void session::on_auth() {
  sasl::mechanism& login = *settings_.auth;
  const bool canceled = verdict_.error() != errc::none;
  if (reply_.code() == 334 && !canceled) {
    const errc bad = auth_.respond(login);
    sending_ = bad == errc::none ? step::response : step::cancel;
    if (bad != errc::none) record(bad);
    return;
  }
  if (!canceled && auth_.is_unavailable(reply_.code()) && login.select_next())
    return continue_connection();
  if (!reply_.is_class(2) || canceled) return refuse(login.refusal());
  if (const errc bad = login.accept(); bad != errc::none) return leave(bad);
  authenticated_ = true;
  login.forget();
  open_transaction();
}

inline void session::open_transaction() {
  answering_ = step::mail;
  const errc bad = fit_mail(capabilities_, envelope_, *body_, parameters_);
  if (bad == errc::none) return go(needs_rset_ ? step::rset : step::mail);
  record(bad);
  finish_mail(fate::not_delivered);
}

inline void session::on_rcpt() {
  tally_.take(envelope_, reply_);
  if (tally_.answered() == tally_.sent() && is_lost() && record(errc::recipients_refused)) {
    verdict_.cite(tally_.code(), tally_.enhanced());
    reply_.hold_text(true);
    if (!tally_.last_answer_decides()) reply_.forget_text();
  }
  if (tally_.answered() == envelope_.to.size()) advance_answering();
}

inline void session::on_data() {
  if (reply_.is_refusal()) {
    record_reply(errc::data_refused);
    return finish_mail(fate::not_delivered);
  }
  if (!reply_.is_class(3)) return refuse(errc::data_refused);
  message_.begin(is_lost() ? nullptr : body_, body_->length());  // nobody: only the lone dot
  go(step::message);
}

inline void session::on_accept() {
  if (message_.is_empty()) return finish_mail(fate::not_delivered);
  if (reply_.is_class(2)) {
    needs_rset_ = false;
    record_reply(errc::none);
    return finish_mail(fate::delivered);
  }
  record_reply(reply_.is_refusal() ? errc::message_refused : errc::unexpected_reply);
  if (reply_.is_refusal()) return finish_mail(fate::not_delivered);
  verdict_.decide(fate::unknown);
  hang_up();
}

// ---- how it goes on, or ends ---------------------------------------------------------------

// To a step that begins with nothing sent and nothing owed, but for the greeting.
inline void session::go(step next) {
  answering_ = next;
  sending_ = client_speaks(next) ? next : step::none;
  begin_ = end_ = offset_ = 0;
  awaited_ = next == step::greeting ? 1 : 0;
  if (next == step::ehlo || next == step::helo) {  // law 3: what was learned is forgotten
    capabilities_ = {.other_keywords = settings_.other_extensions};
    offered_ = {};
  }
  arm();
}

// The mail's part of the dialogue is over, and the connection is in order.
inline void session::finish_mail(fate reached) {
  conclude(reached, envelope_.then == after::stay ? step::ready : step::quit);
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
  const bool unanswered = answering_ == step::message && awaited_ > 0 && !message_.is_empty();
  conclude(unanswered ? fate::unknown : fate::not_delivered, step::over);
}

inline void session::conclude(fate reached, step next) {
  verdict_.decide(reached);
  if (answering_ == step::auth) settings_.auth->forget();
  go(next);
}

inline phase session::where() const {
  const bool all_sent = begin_ == end_ && message_.now() == message_writer::state::written;
  return answering_ == step::message && all_sent ? phase::accept : phase_of(answering_);
}

inline deadline session::due() const {
  const timeouts& allowed = *settings_.timeouts;
  return {armed_at_, waits_for_source() ? allowed.source : time_for(where(), allowed)};
}

// Silence where a greeting is due means more the longer it lasts.
inline errc session::silence_or(errc why) const {
  const bool silent = answering_ == step::greeting && reply_.between_replies();
  return silent && due().elapsed(now_) >= greeting_patience ? errc::silent_greeting : why;
}

}  // namespace mailmote::smtp
