// SPDX-License-Identifier: BSL-1.0
// command.hpp: the text of each command, written into a buffer of any size.
//
// Knows:          the syntax of RFC 5321 4.1.1, the MAIL parameters of RFC 1870, 3030, 6152
//                 and 6531, and where the caller's own come (parameters.hpp).
// Does not know:  when a command may be sent, or whether its strings are fit to be (address.hpp).
// Bounds:         no buffer; a command that does not fit goes on where it stopped.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/smtp/capabilities.hpp>
#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/parameters.hpp>
#include <mailmote/smtp/script.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/text/piece_writer.hpp>
#include <mailmote/text/word_list.hpp>

namespace mailmote::smtp {

using text::piece_writer;

// Of a message whose length is unknown, or more than this machine can count.
inline constexpr std::size_t size_not_said = std::numeric_limits<std::size_t>::max();

struct mail_parameters {
  std::size_t size = size_not_said;       // RFC 1870
  body_kind body = body_kind::seven_bit;  // RFC 6152, RFC 3030; unknown is said as eight_bit
  bool utf8 = false;                      // RFC 6531
  bool chunked = false;                   // it goes as BDAT (RFC 3030)
  bool eager = false;                     // with the commands before it, in one flight
  bool quits = false;                     // which is the connection's last
};

// In the order of `step`, from `ehlo` on.
inline constexpr text::word_list verbs{
    "EHLO HELO STARTTLS AUTH NOOP . RSET MAIL RCPT DATA . QUIT *"};

constexpr std::string_view verb(step at) {
  return verbs[static_cast<std::size_t>(at) - static_cast<std::size_t>(step::ehlo)];
}

constexpr void put_mail_parameters(piece_writer& out, const mail_parameters& with) {
  if (with.size != size_not_said) {
    out.put(" SIZE=");
    out.put_number(with.size);
  }
  if (with.body != body_kind::seven_bit) {
    out.put(with.body == body_kind::binary ? " BODY=BINARYMIME" : " BODY=8BITMIME");
  }
  if (with.utf8) out.put(" SMTPUTF8");
}

// The command of a step at which the client speaks a command, without the end of its line, as a
// login's first response may come before that. `recipient` is the RCPT's, and `offered` is what the
// server has.
constexpr void put_command(piece_writer& out, step at, const settings& with, const envelope& mail,
                           std::size_t recipient, const mail_parameters& parameters,
                           const capabilities& offered) {
  out.put(verb(at));
  if (at == step::ehlo || at == step::helo) {
    out.put(" ");
    out.put(with.helo);
  } else if (at == step::auth) {
    out.put(" ");
    out.put(sasl::name(with.auth->selected()));
  } else if (at == step::mail) {
    out.put(" FROM:<");
    out.put(mail.from);
    out.put(">");
    put_mail_parameters(out, parameters);
    if (mail.parameters) mail.parameters->put_mail(out, offered);
  } else if (at == step::rcpt) {
    const std::string_view address = mail.to[recipient];
    out.put(" TO:<");
    out.put(address);
    out.put(">");
    if (mail.parameters) mail.parameters->put_rcpt(out, offered, recipient, address);
  }
}

}  // namespace mailmote::smtp
