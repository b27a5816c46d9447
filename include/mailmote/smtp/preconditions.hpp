// SPDX-License-Identifier: BSL-1.0
// preconditions.hpp: what has to hold before a mail may be begun.
//
// Knows:          which strings may go on the wire, and what a mail needs of a server.
// Does not know:  the dialogue.
// Bounds:         reads every address once.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/smtp/capabilities.hpp>
#include <mailmote/smtp/command.hpp>
#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/parameters.hpp>
#include <mailmote/smtp/recipient_tally.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/text/address.hpp>

namespace mailmote::smtp {

constexpr bool is_ascii_domain(std::string_view s) {
  return text::is_domain(s) && !ascii::has_non_ascii(s);
}

constexpr bool is_host(std::string_view s) {
  if (text::read_ip(s)) return true;
  if (s.ends_with('.')) s.remove_suffix(1);
  return is_ascii_domain(s);
}

constexpr bool is_hello_name(std::string_view s) {
  return text::is_address_literal(s) || is_ascii_domain(s);
}

// Law 5: every string of the user's is looked at, before a byte is written.
inline errc check_strings(const settings& with, const envelope& mail, bool& needs_utf8) {
  if (with.security != security::cleartext && !is_host(with.host)) return errc::bad_host;
  if (!is_hello_name(with.helo)) return errc::bad_helo;
  const text::address_form from = text::reverse_path_form(mail.from);
  if (from == text::address_form::invalid) return errc::bad_reverse_path;
  needs_utf8 = from == text::address_form::utf8;
  if (mail.to.empty()) return errc::no_recipients;
  for (std::size_t i = 0; i < mail.to.size(); ++i) {
    const text::address_form to = text::forward_path_form(mail.to[i]);
    if (to == text::address_form::invalid) return errc::bad_recipient;
    if (to == text::address_form::utf8) needs_utf8 = true;
  }
  if (mail.parameters != nullptr) {
    if (const errc bad = mail.parameters->check(with, mail); bad != errc::none) return bad;
  }
  return with.auth != nullptr ? with.auth->check() : errc::none;
}

// The keyword of an extension that the mail's parameters need and that is not offered; or empty.
inline std::string_view missing_in(const capabilities& offered, const envelope& mail) {
  return mail.parameters != nullptr ? mail.parameters->missing(offered) : std::string_view{};
}

// Holds the mail against what the server has offered, begins its body, and settles the parameters
// of MAIL. `with` says on entry what the addresses need (`utf8`) and how the message goes (`chunked`).
inline errc fit_mail(const capabilities& offered, const envelope& mail, body_source& body,
                     mail_parameters& with) {
  if (with.utf8 && !offered.has(extension::smtputf8)) return errc::smtputf8_needed;
  if (!missing_in(offered, mail).empty()) return errc::extension_missing;
  const bool needs_all = mail.deliver_if == recipients::all;
  if (needs_all && !recipient_tally::takes_all(mail, offered)) return errc::too_many_recipients;
  const body_limits limits{.eight_bit = offered.has(extension::eight_bit_mime),
                           .utf8 = offered.has(extension::smtputf8),
                           .binary = with.chunked && offered.has(extension::binarymime)};
  if (const errc bad = body.begin(limits); bad != errc::none) return bad;
  const body_needs needed = body.needs();
  const bool is_sayable = limits.eight_bit || needed.kind == body_kind::binary;
  with.body = is_sayable ? needed.kind : body_kind::seven_bit;
  with.utf8 = with.utf8 || needed.utf8;
  with.size = size_not_said;
  if (!offered.has(extension::size)) return errc::none;
  const std::uint64_t length = body.length();
  if (length < size_not_said) with.size = static_cast<std::size_t>(length);
  const bool limited = offered.size_limit > 0 && offered.size_limit < largest_number;
  const bool too_large = length != unknown_length && length > offered.size_limit;
  return limited && too_large ? errc::message_too_large : errc::none;
}

// Law 4: whether `login` may be used on the connection as it is.
inline bool may_log_in(const settings& with, const sasl::mechanism& login, bool encrypted) {
  if (encrypted || with.cleartext_auth == cleartext_auth::any) return true;
  return with.cleartext_auth == cleartext_auth::challenge_only && !login.reveals_secret();
}

// Lets `login`, which has chosen, choose on until it may be used, if anything of it may.
inline errc choose_allowed(const settings& with, sasl::mechanism& login, bool encrypted) {
  while (!may_log_in(with, login, encrypted)) {
    if (!login.select_next()) return errc::auth_needs_tls;
  }
  return errc::none;
}

}  // namespace mailmote::smtp
