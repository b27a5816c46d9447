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
#include <span>
#include <string_view>

#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/script.hpp>
#include <mailmote/smtp/settings.hpp>

namespace mailmote::smtp {

// Writes the part of a text that follows its first `skip` octets, as far as there is room. So a
// command needs no buffer of its own: whoever has room again makes the same calls again, and skips
// what is already written.
class piece_writer {
 public:
  constexpr piece_writer(std::span<char> room, std::size_t skip) : room_{room}, skip_{skip} {}

  constexpr void put(std::string_view piece) {
    for (const char c : piece) {
      if (skip_ > 0) {
        --skip_;
      } else if (written_ < room_.size()) {
        room_[written_++] = c;
      } else {
        complete_ = false;
      }
    }
  }

  template <std::size_t N>
  constexpr void put(const char (&literal)[N]) {  // spares the target a strlen
    put(std::string_view{literal, N - 1});
  }

  constexpr void put_number(std::size_t n) {
    char digits[std::numeric_limits<std::size_t>::digits10 + 1] = {};
    std::size_t first = sizeof digits;
    do {
      digits[--first] = static_cast<char>('0' + n % 10);
      n /= 10;
    } while (n > 0);
    put({digits + first, sizeof digits - first});
  }

  constexpr std::size_t written() const { return written_; }
  constexpr bool complete() const { return complete_; }  // everything that was put is written

 private:
  std::span<char> room_;
  std::size_t skip_;
  std::size_t written_ = 0;
  bool complete_ = true;
};

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
