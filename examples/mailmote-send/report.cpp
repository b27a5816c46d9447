// SPDX-License-Identifier: BSL-1.0
// report.cpp: the words for each fate.
#include "report.hpp"

#include <mailmote/smtp/refusal.hpp>

#include "console.hpp"

namespace mailmote_send {
namespace {

std::string reply_of(const mailmote::outcome& mail) {
  if (mail.code == 0) return {};
  std::string reply = " (";
  reply += std::to_string(mail.code);
  if (!mail.server_text.empty()) reply.append(" ").append(printable(mail.server_text));
  return reply + ")";
}

std::string_view advice(const mailmote::outcome& mail) {
  const bool says_what_to_do = mailmote::explain(mail) != mailmote::explain(mail.error);
  if (mail.retry == mailmote::retry::later) return "; trying again later may help";
  if (mail.retry == mailmote::retry::after_change || says_what_to_do) {
    return "; mend that before trying again";
  }
  return "; trying again will not help";
}

}  // namespace

std::string report(const mailmote::outcome& mail, std::size_t recipients, std::string_view reason) {
  switch (mail.fate) {
    case mailmote::fate::delivered:
      if (recipients == 1) return "delivered" + reply_of(mail);
      return "delivered to " + std::to_string(mail.accepted) + " of " + std::to_string(recipients) +
             " recipients" + reply_of(mail);
    case mailmote::fate::unknown:
      return "fate unknown: " + std::string{reason} + reply_of(mail) +
             "; the mail may have been delivered, and sending it again may deliver it twice";
    case mailmote::fate::not_delivered: break;
  }
  if (mail.delivered_before > 0) {
    return "delivered to " + std::to_string(mail.delivered_before) + " of " +
           std::to_string(recipients) +
           " recipients at most, and not to the others: " + std::string{reason} + reply_of(mail) +
           "; sending it to all again would deliver it twice";
  }
  // With --all-recipients, those who were accepted get nothing either.
  const bool spoils_all = mail.error == mailmote::errc::recipients_refused && mail.accepted > 0;
  const std::string missing = mail.missing.empty() ? "" : ": " + printable(mail.missing);
  return (spoils_all ? "not delivered to anybody: " : "not delivered: ") + std::string{reason} +
         missing + reply_of(mail) + std::string{advice(mail)};
}

std::string words_on_login(const mailmote::outcome& mail) {
  const bool is_refused = mail.fate == mailmote::fate::not_delivered && !mail.login_text.empty();
  return is_refused ? "the server says of the login: " + printable(mail.login_text) : "";
}

std::string_view place_of(const mailmote::outcome& mail) {
  using mailmote::errc;
  switch (mail.error) {
    case errc::stream_failed:
    case errc::closed_before_reply:
    case errc::closed_in_reply:
    case errc::timeout:
    case errc::malformed_reply:
    case errc::endless_reply:
    case errc::unexpected_reply:
    case errc::unsolicited_reply:
    case errc::service_closing:
    case errc::tls_truncated:
    case errc::tls_failed: break;
    default: return {};
  }
  using mailmote::phase;
  switch (mail.phase) {
    case phase::start: break;
    case phase::greeting: return ", at the greeting";
    case phase::ehlo: return ", at EHLO";
    case phase::starttls: return ", at STARTTLS";
    case phase::handshake: return ", in the TLS handshake";
    case phase::auth: return ", at AUTH";
    case phase::rset: return ", at RSET";
    case phase::mail: return ", at MAIL";
    case phase::rcpt: return ", at RCPT";
    case phase::data: return ", at DATA";
    case phase::message: return ", inside the message";
    case phase::accept: return ", after the whole message was sent";
    case phase::quit: return ", at QUIT";
  }
  return {};
}

}  // namespace mailmote_send
