// SPDX-License-Identifier: BSL-1.0
// explain.hpp: every error in a sentence, for programs that have room for words.
//
// Knows:          what an errc means to somebody whose mail did not get through.
// Does not know:  what the server said (smtp/refusal.hpp does), or which name a certificate had (the
//                 TLS session does).
// Bounds:         about 4 KB of text, linked only by programs that call it.
#pragma once

#include <string_view>

#include <mailmote/error.hpp>

namespace mailmote {

constexpr std::string_view explain(errc error) {
  switch (error) {
    case errc::none: return "no error";
    case errc::busy: return "a mail is still under way";
    case errc::canceled: return "canceled by the caller";
    case errc::no_recipients: return "the mail has no recipient";
    case errc::bad_host: return "the server's name is no domain name and no IP address";
    case errc::bad_helo: return "the EHLO name is no domain name and no address in brackets";
    case errc::bad_reverse_path: return "the sender is no mail address that can be sent";
    case errc::bad_recipient: return "a recipient is no mail address that can be sent";
    case errc::bad_username: return "the user name is empty or has a control character";
    case errc::bad_password:
      return "the password is empty or has a control character, or the token is not ASCII";
    case errc::bad_authorization: return "the authorization identity has a control character";
    case errc::needs_saslprep:
      return "a name or password with letters outside ASCII must be prepared by SASLprep";
    case errc::response_too_long: return "the login is longer than any server has to take";
    case errc::smtputf8_needed: return "an address is not ASCII, and the server has no SMTPUTF8";
    case errc::eight_bit_needed:
      return "the message has octets over 127, and the server no 8BITMIME: encode it, as base64 "
             "say";
    case errc::binary_needed:
      return "the message is binary, which needs chunking, and a server with CHUNKING and "
             "BINARYMIME";
    case errc::extension_missing: return "the server lacks an extension that was asked for";
    case errc::bad_parameter: return "a parameter of MAIL or RCPT cannot be sent";
    case errc::unlisted_extension:
      return "a parameter needs an extension that the settings do not list";
    case errc::bad_extension_list: return "the settings' list of extensions is no list of keywords";

    case errc::no_such_host: return "no such host";
    case errc::resolver_failed: return "the host's name could not be looked up";
    case errc::stream_failed: return "the connection failed";
    case errc::closed_before_reply: return "the server closed the connection instead of replying";
    case errc::closed_in_reply: return "the server closed the connection inside a reply";
    case errc::timeout: return "the server did not reply in time";
    case errc::chunk_timeout:
      return "the server did not reply to BDAT in time: it may offer CHUNKING and not do it";
    case errc::idle_closed: return "the server had closed the idle connection; connect again";
    case errc::silent_greeting:
      return "the server did not greet: out of reach, or this port expects TLS from the first byte";

    case errc::malformed_reply: return "the server's reply is not SMTP";
    case errc::endless_reply: return "the server's reply does not end";
    case errc::unexpected_reply: return "the server's reply does not fit the command";
    case errc::unsolicited_reply: return "the server replied to something that was not said";
    case errc::tls_injection:
      return "something came between the reply to STARTTLS and TLS: somebody may be in the middle";
    case errc::bad_challenge: return "the server's challenge does not fit the login mechanism";
    case errc::challenge_too_long: return "a challenge of the login is too long";

    case errc::service_closing: return "the server is closing its service for now";
    case errc::greeting_refused: return "the server refuses service";
    case errc::ehlo_refused: return "the server refuses the EHLO name";
    case errc::tls_unavailable: return "the server does not offer STARTTLS";
    case errc::tls_refused: return "the server offers STARTTLS and refuses it";
    case errc::auth_unavailable: return "the server offers no login mechanism that is set up";
    case errc::auth_needs_tls: return "this login may not be used without TLS";
    case errc::auth_refused: return "the server refuses the login";
    case errc::auth_token_refused: return "the server refuses the access token: is it out of date?";
    case errc::auth_no_random: return "there are no random numbers for the login";
    case errc::auth_iterations:
      return "the server's iteration count for SCRAM is too low to be safe, or too high to bear";
    case errc::auth_keys_stale:
      return "the SCRAM keys were derived for another salt or iteration count";
    case errc::auth_server_unproven: return "the server did not prove that it knows the password";
    case errc::mail_refused: return "the server refuses the sender";
    case errc::recipients_refused: return "the server refuses the recipients";
    case errc::data_refused: return "the server refuses to take the message";
    case errc::message_refused: return "the server refuses the message";
    case errc::message_too_large: return "the message is larger than the server takes";
    case errc::too_many_mails: return "the server takes no more mails on this connection";
    case errc::too_many_recipients: return "the mail has more recipients than the server takes";

    case errc::source_failed: return "the message, or the login, could not be read to its end";
    case errc::source_spent: return "the message cannot be read a second time";
    case errc::source_length: return "the message is not as long as it said it was";
    case errc::source_timeout: return "the message, or the login, did not go on in time";
    case errc::bad_field: return "a field of the message cannot be written";
    case errc::bad_utf8: return "a field or text of the message is no UTF-8";
    case errc::bad_part: return "a part of the message is not fit for the encoding that it names";

    case errc::tls_no_anchors: return "no trust anchor is set up";
    case errc::tls_bad_anchors: return "a trust anchor cannot be read";
    case errc::tls_bad_client_certificate:
      return "the client's certificate or its key cannot be read, or they do not belong together";
    case errc::tls_no_time: return "the time is not known, so no certificate can be judged";
    case errc::tls_setup: return "TLS cannot be set up";
    case errc::tls_out_of_memory: return "TLS ran out of memory";
    case errc::tls_no_random: return "TLS has no random numbers";
    case errc::tls_not_tls: return "the server does not speak TLS on this port";
    case errc::tls_version: return "the server has no TLS version that is allowed";
    case errc::tls_no_common_cipher: return "the server has no cipher suite that is allowed";
    case errc::tls_alert: return "the server broke off the TLS handshake";
    case errc::tls_no_certificate: return "the server showed no certificate";
    case errc::tls_bad_certificate: return "the server's certificate is not valid for this use";
    case errc::tls_unknown_ca: return "no trust anchor vouches for the server's certificate";
    case errc::tls_self_signed: return "the server's certificate vouches only for itself";
    case errc::tls_bad_signature: return "a signature of the server's is wrong";
    case errc::tls_weak_key: return "a key of the server's is too weak";
    case errc::tls_expired: return "a certificate of the server's has expired";
    case errc::tls_not_yet_valid: return "a certificate of the server's is not valid yet";
    case errc::tls_name_mismatch: return "the server's certificate is for another name";
    case errc::tls_ip_mismatch: return "the server's certificate is not for this IP address";
    case errc::tls_unsafe: return "TLS came up in a way that was not asked for";
    case errc::tls_truncated: return "the connection ended without TLS's goodbye";
    case errc::tls_failed: return "TLS failed";
  }
  return "an error without a name";
}

}  // namespace mailmote
