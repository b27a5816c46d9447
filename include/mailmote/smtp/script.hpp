// SPDX-License-Identifier: BSL-1.0
// script.hpp: the steps of a submission, in their order.
//
// Knows:          what a step is called in an outcome, how long it may take, what its driver does.
// Does not know:  when one leads to another (session.hpp).
// Bounds:         one byte.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mailmote/smtp/outcome.hpp>
#include <mailmote/smtp/timeouts.hpp>

namespace mailmote::smtp {

enum class step : std::uint8_t {
  over,   // there is no connection
  ready,  // between two mails
  handshake,
  greeting,
  ehlo,  // the first step at which the client speaks
  helo,
  starttls,
  auth,
  noop,    // between two mails, to keep the connection
  accept,  // answered: the message before, while the next mail is begun behind it
  rset,    // from here to `data`: commands of a mail, which may share a flight
  mail,
  rcpt,
  data,     // left out with CHUNKING
  message,  // sent: the message; answered: its final dot, or its chunks
  quit,
  cancel,    // sent in a login: the lone `*` that gives it up
  response,  // sent in a login: what the mechanism says
  none,      // of what may be sent: nothing, before the next reply
};

constexpr bool client_speaks(step s) { return s >= step::ehlo && s <= step::quit; }
constexpr bool is_mail_command(step s) { return s >= step::rset && s <= step::data; }

constexpr phase phase_of(step s) {
  switch (s) {
    case step::greeting: return phase::greeting;
    case step::ehlo:
    case step::helo: return phase::ehlo;
    case step::starttls: return phase::starttls;
    case step::handshake: return phase::handshake;
    case step::auth: return phase::auth;
    case step::noop:
    case step::rset: return phase::rset;
    case step::accept: return phase::accept;
    case step::mail: return phase::mail;
    case step::rcpt: return phase::rcpt;
    case step::data: return phase::data;
    case step::message: return phase::message;
    case step::quit: return phase::quit;
    default: return phase::start;
  }
}

// For the whole reply; of a message, for each block of it to be taken. In the order of `phase`.
inline constexpr milliseconds timeouts::*time_of_phase[] = {
    &timeouts::quit,  // nothing is waited for
    &timeouts::greeting, &timeouts::ehlo,  &timeouts::starttls, &timeouts::handshake,
    &timeouts::auth,     &timeouts::mail,  &timeouts::mail,     &timeouts::rcpt,
    &timeouts::data,     &timeouts::block, &timeouts::accept,   &timeouts::quit};

constexpr milliseconds time_for(phase p, const timeouts& allowed) {
  return allowed.*time_of_phase[static_cast<std::size_t>(p)];
}

// What a session's driver does next.
enum class action : std::uint8_t {
  talk,       // hand in what can be read, and hand down what output() gives
  handshake,  // do the TLS handshake, then say secured() or ended()
  close,      // the connection is over; close it
};

constexpr action action_at(step s) {
  if (s == step::over) return action::close;
  return s == step::handshake ? action::handshake : action::talk;
}

}  // namespace mailmote::smtp
