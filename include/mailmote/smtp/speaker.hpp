// SPDX-License-Identifier: BSL-1.0
// speaker.hpp: says what is to be said, as far as it may be said by now.
//
//   C: [AUTH] MAIL RCPT... BDAT, message, QUIT      the longest flight there is: with
//   S: [235] 250 250... 250, 221                    settings.chunking, and settings.pipeline_auth
//
// The law of a submission's two cursors stands in session.hpp, which moves `answering_`, and sets
// `sending_` where a reply begins something. Here is how far the one may be ahead of the other.
//
// Knows:          what may share a flight (RFC 2920 3.1), and what ends one: STARTTLS, AUTH, DATA; with
//                 RFC 3030 and 4954, which may go on.
// Does not know:  what a reply means.
// Bounds:         commands, responses and messages go through a buffer of any size, piece by piece.
#pragma once

#include <cstddef>
#include <span>

#include <mailmote/smtp/auth_exchange.hpp>
#include <mailmote/smtp/command.hpp>
#include <mailmote/smtp/outbox.hpp>
#include <mailmote/smtp/reply_timer.hpp>
#include <mailmote/smtp/script.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/smtp/transaction.hpp>
#include <mailmote/smtp/verdict.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::smtp {

class speaker {
 protected:
  constexpr explicit speaker(const settings& with) noexcept : settings_{with} {}

  void begin_at(step next);
  errc speak(std::span<char> buffer) noexcept;
  void sent(std::span<char> buffer, std::size_t n) noexcept;

  // What is waited for, and how long it may take.
  bool is_quiet() const { return answering_ == step::over || answering_ == step::ready; }
  phase where() const;
  milliseconds allowed() const;
  milliseconds next_timeout(milliseconds now) const noexcept;
  errc end_of_wait(errc why, bool heard_nothing) const;

  // False when there is a reason already.
  bool record(errc why) {
    return verdict_.record(why, answering_ == step::accept ? phase::mail : where());
  }

  // Nothing more can come of the transaction, and so nothing more of it is begun.
  bool is_lost() const { return verdict_.error() != errc::none || mail_.has_nobody(); }
  bool all_answered() const { return outbox_.is_settled() && offset_ == 0; }
  bool waits_for_source() const { return source_waits_ && outbox_.is_empty(); }
  bool pipelines() const {
    return settings_.pipelining && capabilities_.has(extension::pipelining);
  }
  bool may_mail_again() const {
    return capabilities_.max_mails == 0 || mails_ < capabilities_.max_mails;
  }
  bool quit_is_out() const { return quit_written_ || (sending_ == step::quit && offset_ > 0); }

 private:
  bool may_write() const;
  bool may_write_message() const;
  bool carries_response() const { return sending_ == step::auth && auth_.carries_initial(); }
  std::size_t write(std::span<char> room);
  std::size_t write_message(std::span<char> room);
  void advance_sending();

 protected:
  // What is used most comes first: a Thumb instruction that reaches it is half as long.
  step sending_ = step::none;
  step answering_ = step::over;
  bool needs_rset_ = false;    // a transaction may be open that came to nothing
  bool quit_written_ = false;  // behind the message
  bool source_waits_ = false;  // the body or the login has said "not yet"
  errc failed_ = errc::none;   // what of them cannot go on
  verdict verdict_{};
  std::size_t offset_ = 0;  // octets of the command at sending_ that are in the buffer already
  std::size_t mails_ = 0;   // begun on this connection
  outbox outbox_{};
  reply_timer timer_{};
  transaction mail_{};
  auth_exchange auth_{};
  settings settings_;
  capabilities capabilities_{};
};

// To a step that begins with nothing sent and nothing owed, but for the greeting.
inline void speaker::begin_at(step next) {
  sending_ = client_speaks(next) ? next : step::none;
  offset_ = 0;
  quit_written_ = false;
  outbox_.begin(next == step::greeting ? 1 : 0);
  timer_.arm();
}

inline errc speaker::speak(std::span<char> buffer) noexcept {
  if (!outbox_.is_empty()) return errc::none;
  failed_ = errc::none;
  outbox_.rewind();
  for (step at = sending_; may_write(); at = sending_) {
    if (write(outbox_.room(buffer)) == 0 && sending_ == at) break;
  }
  if (!outbox_.is_empty()) timer_.arm();
  return failed_;
}

inline void speaker::sent(std::span<char> buffer, std::size_t n) noexcept {
  const std::span<char> octets = outbox_.to_send(buffer).first(n);
  outbox_.sent(buffer, n);
  if (answering_ == step::auth) wipe(octets);
  timer_.arm();
}

inline bool speaker::may_write() const {
  if (sending_ == step::none) return false;
  if (sending_ == step::response) return auth_.now() == auth_exchange::state::writing;
  if (sending_ == step::message) return may_write_message();
  const bool lock_step = !is_mail_command(sending_) && sending_ != step::quit;
  if (lock_step || offset_ > 0) return true;  // what was begun is completed
  if (sending_ == step::quit && answering_ == step::quit) return true;
  if (is_lost()) return false;
  const recipient_tally& all = mail_.recipients;
  const bool caught_up = sending_ == answering_ && all.sent() == all.answered();
  const bool waits = sending_ == step::data && mail_.mail.deliver_if == recipients::all;
  return caught_up || (pipelines() && !waits);
}

inline bool speaker::may_write_message() const {
  const message_writer& message = mail_.message;
  if (message.now() != message_writer::state::writing) return false;
  if (!mail_.parameters.chunked) return answering_ == step::message;  // the 354 is there
  if (message.is_begun() && message.has_one_reply()) return true;
  if (is_lost()) return false;
  if (answering_ != step::message) return mail_.parameters.eager;
  return pipelines() || outbox_.is_settled();
}

inline std::size_t speaker::write(std::span<char> room) {
  std::size_t written = 0;
  errc failed = errc::none;
  bool waits = false;
  if (sending_ == step::message) {
    const std::size_t filled = mail_.message.filled();
    written = write_message(room);
    if (mail_.message.filled() != filled) timer_.arm();
    waits = mail_.message.now() == message_writer::state::waiting;
    failed = mail_.message.error();
  } else if (sending_ == step::response) {
    if (room.size() < auth_exchange::min_room) return 0;
    written = auth_.write(*settings_.auth, room, settings_.transcript);
    outbox_.add_lines(written);
    waits = auth_.now() == auth_exchange::state::waiting;
    failed = auth_.error();
    if (auth_.now() == auth_exchange::state::written) {
      sending_ = auth_.is_eager() ? step::mail : step::none;
    }
  } else {
    piece_writer out{room, offset_};
    put_command(out, sending_, settings_, mail_.mail, mail_.recipients.sent(), mail_.parameters,
                capabilities_);
    out.put(carries_response() ? " " : "\r\n");
    written = out.written();
    outbox_.add_lines(written);
    if (settings_.transcript) settings_.transcript->client_said({room.data(), written});
    offset_ += written;
    if (out.complete()) advance_sending();
  }
  if (waits != source_waits_) timer_.arm();  // the first "not yet", and what comes after the last
  source_waits_ = waits;
  failed_ = failed;
  return failed == errc::none ? written : 0;
}

inline std::size_t speaker::write_message(std::span<char> room) {
  message_writer& message = mail_.message;
  const std::size_t written = message.write(room, outbox_.is_fresh());
  if (message.error() != errc::none) return 0;
  const bool is_last = message.now() == message_writer::state::written;
  if (settings_.transcript) settings_.transcript->client_said({room.data(), message.head()});
  outbox_.add_message(written, message.head(), message.tail(), is_last);
  if (is_last) sending_ = mail_.may_quit_ahead() ? step::quit : step::none;
  return written;
}

inline void speaker::advance_sending() {
  offset_ = 0;
  if (sending_ == step::quit) quit_written_ = true;
  if (sending_ == step::mail) {
    needs_rset_ = true;
    ++mails_;
  }
  if (sending_ == step::rcpt) {
    mail_.recipients.count_sent(mail_.mail, capabilities_);
    if (!mail_.recipients.all_sent()) return;
  }
  if (carries_response()) {
    sending_ = step::response;
  } else {
    sending_ = is_mail_command(sending_) ? mail_.following(sending_) : step::none;
  }
  if (sending_ == step::message && mail_.parameters.chunked) mail_.begin_message(true);
}

// ---- what is waited for ---------------------------------------------------------------------

inline phase speaker::where() const {
  return answering_ == step::message && outbox_.message_left() ? phase::accept
                                                               : phase_of(answering_);
}

inline milliseconds speaker::allowed() const {
  const timeouts& with = *settings_.timeouts;
  return waits_for_source() ? with.source : time_for(where(), with);
}

inline milliseconds speaker::next_timeout(milliseconds now) const noexcept {
  if (is_quiet()) return no_timeout;
  if (timer_.is_stale()) return 0;
  const milliseconds rest = timer_.remaining(allowed(), now);
  const milliseconds pace = answering_ == step::auth && auth_.is_busy() ? 0 : source_pace;
  return waits_for_source() && pace < rest ? pace : rest;
}

// `why` a wait came to its end, in other words where there is more to say: silence in place of a greeting
// means more the longer it lasts, and there are servers that offer CHUNKING and hang on BDAT.
inline errc speaker::end_of_wait(errc why, bool heard_nothing) const {
  if (why == errc::timeout && answering_ == step::message && mail_.parameters.chunked) {
    return errc::chunk_timeout;
  }
  const bool silent = answering_ == step::greeting && heard_nothing;
  return silent && timer_.elapsed() >= greeting_patience ? errc::silent_greeting : why;
}

}  // namespace mailmote::smtp
