// SPDX-License-Identifier: BSL-1.0
// exit_code.hpp: tells a script what became of the mail, in the numbers of sysexits.h.
#pragma once

#include <mailmote/smtp/outcome.hpp>

namespace mailmote_send {

enum exit_code : int {
  delivered = 0,
  usage = 64,               // the command line cannot be understood
  bad_string = 65,          // an address, header or name that cannot be sent
  unreadable_file = 66,     // the message, or another file, cannot be read
  recipients_refused = 67,  // every recipient was refused for good
  no_host = 68,             // the server's name does not exist
  unavailable = 69,         // refused or unavailable for good
  fate_unknown = 74,        // a second try may send the mail twice
  try_later = 75,           // certainly not delivered; the same may work later
  protocol_violated = 76,   // what the server said was not SMTP, or not due
  not_trusted = 77,         // login refused, or no TLS to be trusted
};

// Of a mail that was not delivered for sure.
constexpr exit_code exit_code_of(mailmote::errc error, mailmote::retry retry) {
  using mailmote::errc;
  const bool later = retry == mailmote::retry::later;
  switch (error) {
    case errc::none: return delivered;

    case errc::no_recipients: return usage;

    case errc::bad_host:
    case errc::bad_helo:
    case errc::bad_reverse_path:
    case errc::bad_recipient:
    case errc::bad_username:
    case errc::bad_password:
    case errc::bad_authorization:
    case errc::needs_saslprep:
    case errc::bad_parameter:
    case errc::unlisted_extension:
    case errc::bad_extension_list:
    case errc::response_too_long:
    case errc::bad_field:
    case errc::bad_utf8:
    case errc::bad_part:
    case errc::smtputf8_needed: return bad_string;

    case errc::source_failed:
    case errc::source_spent:
    case errc::source_length:
    case errc::tls_bad_anchors:
    case errc::tls_bad_client_certificate: return unreadable_file;

    case errc::recipients_refused: return later ? try_later : recipients_refused;

    case errc::no_such_host: return no_host;

    case errc::greeting_refused:
    case errc::ehlo_refused:
    case errc::mail_refused:
    case errc::data_refused:
    case errc::message_refused: return later ? try_later : unavailable;

    case errc::eight_bit_needed:
    case errc::binary_needed:
    case errc::extension_missing:
    case errc::message_too_large:
    case errc::too_many_recipients: return unavailable;

    case errc::busy:
    case errc::canceled:
    case errc::resolver_failed:
    case errc::stream_failed:
    case errc::closed_before_reply:
    case errc::closed_in_reply:
    case errc::timeout:
    case errc::chunk_timeout:
    case errc::idle_closed:
    case errc::too_many_mails:
    case errc::silent_greeting:
    case errc::service_closing:
    case errc::source_timeout:
    case errc::tls_out_of_memory:
    case errc::tls_no_random:
    case errc::auth_no_random:
    case errc::tls_truncated: return try_later;

    case errc::malformed_reply:
    case errc::endless_reply:
    case errc::unexpected_reply:
    case errc::unsolicited_reply:
    case errc::tls_injection:
    case errc::bad_challenge:
    case errc::challenge_too_long: return protocol_violated;

    case errc::tls_refused:
    case errc::auth_refused:
    case errc::auth_token_refused: return later ? try_later : not_trusted;

    case errc::tls_unavailable:
    case errc::auth_unavailable:
    case errc::auth_needs_tls:
    case errc::auth_iterations:
    case errc::auth_keys_stale:
    case errc::auth_server_unproven:
    case errc::tls_no_anchors:
    case errc::tls_no_time:
    case errc::tls_setup:
    case errc::tls_not_tls:
    case errc::tls_version:
    case errc::tls_no_common_cipher:
    case errc::tls_alert:
    case errc::tls_no_certificate:
    case errc::tls_bad_certificate:
    case errc::tls_unknown_ca:
    case errc::tls_self_signed:
    case errc::tls_bad_signature:
    case errc::tls_weak_key:
    case errc::tls_expired:
    case errc::tls_not_yet_valid:
    case errc::tls_name_mismatch:
    case errc::tls_ip_mismatch:
    case errc::tls_unsafe:
    case errc::tls_failed: return not_trusted;
  }
  return unavailable;
}

constexpr exit_code exit_code_of(const mailmote::outcome& mail) {
  switch (mail.fate) {
    case mailmote::fate::delivered: return delivered;
    case mailmote::fate::unknown: return fate_unknown;
    case mailmote::fate::not_delivered: break;
  }
  if (mail.delivered_before > 0) return fate_unknown;  // who tries again must not send it to all
  return exit_code_of(mail.error, mail.retry);
}

}  // namespace mailmote_send
