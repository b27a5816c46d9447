// SPDX-License-Identifier: BSL-1.0
// command.hpp: the text of each command, written into a buffer of any size.
//
// Knows:          the syntax of RFC 5321 4.1.1, and the MAIL parameters of RFC 1870, 6152 and 6531.
// Does not know:  when a command may be sent, or whether its strings are fit to be (address.hpp).
// Bounds:         no buffer; a command that does not fit goes on where it stopped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/script.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/text/piece_writer.hpp>

namespace mailmote::smtp {

using text::piece_writer;

struct mail_parameters {
  std::uint64_t size = std::numeric_limits<std::uint64_t>::max();  // RFC 1870; max: not said
  bool eight_bit = false;                                          // RFC 6152
  bool utf8 = false;                                               // RFC 6531
};

// EHLO or HELO.
template <std::size_t N>
constexpr void put_hello(piece_writer& out, const char (&verb)[N], std::string_view name) {
  out.put(verb);
  out.put(" ");
  out.put(name);
  out.put("\r\n");
}

constexpr void put_mail(piece_writer& out, std::string_view from, const mail_parameters& with) {
  out.put("MAIL FROM:<");
  out.put(from);
  out.put(">");
  if (with.size <= std::numeric_limits<std::size_t>::max() &&
      with.size != std::numeric_limits<std::uint64_t>::max()) {
    out.put(" SIZE=");
    out.put_number(static_cast<std::size_t>(with.size));
  }
  if (with.eight_bit) out.put(" BODY=8BITMIME");
  if (with.utf8) out.put(" SMTPUTF8");
  out.put("\r\n");
}

constexpr void put_rcpt(piece_writer& out, std::string_view to) {
  out.put("RCPT TO:<");
  out.put(to);
  out.put(">\r\n");
}

// The command of a step at which the client speaks a command; `recipient` is the RCPT's.
constexpr void put_command(piece_writer& out, step at, const settings& with, const envelope& mail,
                           std::size_t recipient, const mail_parameters& parameters) {
  switch (at) {
    case step::ehlo: return put_hello(out, "EHLO", with.helo);
    case step::helo: return put_hello(out, "HELO", with.helo);
    case step::starttls: return out.put("STARTTLS\r\n");
    case step::rset: return out.put("RSET\r\n");
    case step::mail: return put_mail(out, mail.from, parameters);
    case step::rcpt: return put_rcpt(out, mail.to[recipient]);
    case step::data: return out.put("DATA\r\n");
    default: return out.put("QUIT\r\n");
  }
}

}  // namespace mailmote::smtp
