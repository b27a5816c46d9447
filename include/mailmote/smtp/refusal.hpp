// SPDX-License-Identifier: BSL-1.0
// refusal.hpp: what a server's refusal asks of whoever reads about it, for programs that have room
// for words.
//
// Knows:          the reply codes and enhanced codes (RFC 3463, and IANA's registry of them) that
//                 submission servers refuse with, and what helps against each.
// Does not know:  the server's words: they are no protocol, and may say anything.
// Bounds:         about 3 KB of text beside that of explain.hpp, linked only by programs that call it.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/explain.hpp>
#include <mailmote/smtp/outcome.hpp>

namespace mailmote {

namespace detail {

// What was refused, as bits of a set.
namespace refused {
inline constexpr std::uint8_t password = 1;  // a login by one, or by any means but a token
inline constexpr std::uint8_t token = 2;
inline constexpr std::uint8_t sender = 4;
inline constexpr std::uint8_t recipient = 8;
inline constexpr std::uint8_t transfer = 16;  // DATA
inline constexpr std::uint8_t message = 32;
inline constexpr std::uint8_t service = 64;   // a 421
inline constexpr std::uint8_t unknown = 128;  // beside another: who has not logged in

inline constexpr std::uint8_t login = password | token;
inline constexpr std::uint8_t envelope = sender | recipient;
inline constexpr std::uint8_t mail = envelope | transfer | message;
}  // namespace refused

// Nothing, where the error is no refusal that there is more to say of.
constexpr std::uint8_t refused_by(errc error) {
  switch (error) {
    case errc::auth_refused: return refused::password;
    case errc::auth_token_refused: return refused::token;
    case errc::mail_refused: return refused::sender;
    case errc::recipients_refused: return refused::recipient;
    case errc::data_refused: return refused::transfer;
    case errc::message_refused: return refused::message;
    case errc::service_closing: return refused::service;
    default: return 0;
  }
}

inline constexpr std::uint8_t any = 255;  // subject or detail; also of a reply without them

struct refusal {
  std::uint16_t code;  // of the reply; one digit: its first
  std::uint8_t subject;
  std::uint8_t detail;
  std::uint8_t what;
  std::string_view advice;

  constexpr bool fits(const outcome& mail) const {
    if (code != (code < 10 ? mail.code / 100 : mail.code)) return false;
    if (subject != any && subject != mail.enhanced.subject) return false;
    if (detail != any && detail != mail.enhanced.detail) return false;
    if ((what & refused::unknown) != 0 && !mail.mechanism.empty()) return false;
    return (what & refused_by(mail.error)) != 0;
  }
};

inline constexpr std::string_view needs_tls =
    "the server wants an encrypted connection: use STARTTLS or implicit TLS";
inline constexpr std::string_view needs_login =
    "the server takes this only after a login: set one up, and TLS if there is none yet";
inline constexpr std::string_view needs_other_password =
    "the account's password will not do: make an application-specific one, or use a stronger login";
inline constexpr std::string_view needs_own_sender =
    "this login may not send as this sender: use the account's own address, in From, too";
inline constexpr std::string_view needs_vouching =
    "the sender's domain does not vouch for this server: send through its own, or mend SPF and "
    "DKIM";
inline constexpr std::string_view needs_ascii =
    "an address outside ASCII gets no further than here: use one in ASCII";
inline constexpr std::string_view is_too_large =
    "the message is larger than the server takes: shorten it, or send it in parts";
inline constexpr std::string_view has_too_many =
    "the mail has too many recipients: send it to fewer at a time";
inline constexpr std::string_view is_full =
    "the recipient's mailbox is full: its owner has to make room";
inline constexpr std::string_view is_nobody =
    "there is no such mailbox: check the recipient's address";
inline constexpr std::string_view is_odd =
    "the server does not like the message itself: check its Date, From and Message-ID";

// The first that fits is what is said.
inline constexpr refusal refusals[] = {
    // A login. 7.139, 7.60 and 2.252 are Microsoft's own, and so is 7.30 of a login.
    {5, 7, 139, refused::login,
     "this login is switched off there: have SMTP AUTH enabled for the account, or use OAuth"},
    {5, 7, 30, refused::password, "the server takes no passwords any more: log in by OAuth"},
    {530, any, any, refused::login, needs_tls},
    {534, any, any, refused::password, needs_other_password},
    {5, 7, 9, refused::password, needs_other_password},
    {5, 7, 10, refused::login | refused::mail, needs_tls},
    {5, 7, 11, refused::login | refused::mail, needs_tls},
    {535, any, any, refused::password,
     "the user name or password is wrong, or an application-specific password is wanted"},
    {454, any, any, refused::login,
     "the server cannot check logins just now: try again in some minutes"},

    // The connection.
    {421, 7, any, refused::service,
     "the server limits its use: wait, then send less often, over fewer connections"},

    // Who may send, and from where.
    {530, any, any, refused::mail | refused::unknown, needs_login},
    {530, any, any, refused::mail, needs_tls},
    {4, 7, 1, refused::mail,
     "the server puts off whom it does not know yet (greylisting): try again in some minutes"},
    {5, 7, 1, refused::envelope | refused::unknown, needs_login},
    {553, 7, 1, refused::mail, needs_own_sender},
    {5, 7, 1, refused::envelope,
     "this login may not send to this recipient, or as this sender: check both addresses"},
    {5, 7, 60, refused::mail, needs_own_sender},
    {5, 2, 252, refused::mail, needs_own_sender},
    {5, 7, 23, refused::mail, needs_vouching},
    {5, 7, 26, refused::mail, needs_vouching},
    {5, 7, 30, refused::mail,
     "the mail cannot stay encrypted all the way from here: send it without REQUIRETLS"},

    // To whom, and what.
    {5, 1, 1, refused::mail, is_nobody},
    {5, 1, 10, refused::mail, is_nobody},
    {4, 2, 2, refused::mail, is_full},
    {5, 2, 2, refused::mail, is_full},
    {552, 0, 0, refused::recipient, is_full},
    {4, 5, 3, refused::mail, has_too_many},
    {5, 5, 3, refused::mail, has_too_many},
    {5, 6, 7, refused::mail, needs_ascii},
    {5, 2, 3, refused::mail, is_too_large},
    {5, 3, 4, refused::mail, is_too_large},
    {552, 0, 0, refused::sender | refused::message, is_too_large},
    {554, any, any, refused::message, is_odd},
    {5, 7, 1, refused::message, is_odd},
};

}  // namespace detail

// Why the mail was not delivered, and what to do about it where the server's codes say enough;
// otherwise what explain says of the error alone.
constexpr std::string_view explain(const outcome& mail) {
  for (const detail::refusal& known : detail::refusals) {
    if (known.fits(mail)) return known.advice;
  }
  return explain(mail.error);
}

}  // namespace mailmote
