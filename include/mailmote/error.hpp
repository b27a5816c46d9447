// SPDX-License-Identifier: BSL-1.0
// error.hpp: the list of all that can go wrong.
//
// Knows:          one name for each reason why a mail was not, or may not have been, delivered.
// Does not know:  words for people (explain.hpp has them), or who detects what.
// Bounds:         an errc is one byte.
#pragma once

#include <cstdint>

namespace mailmote {

// Each enumerator is documented by when it is said. `outcome` adds where in the dialogue it was.
enum class [[nodiscard]] errc : std::uint8_t{
    none = 0,  // nothing went wrong

    // The caller. Found by `send`, before a byte is written, unless it says otherwise.
    busy,               // a mail is still under way
    canceled,           // `cancel` was called
    no_recipients,      // the envelope names nobody
    bad_host,           // `host` is no domain name and no IP address
    bad_helo,           // `helo` is no domain name and no address literal
    bad_reverse_path,   // `from` is no mailbox of RFC 5321 4.1.2, or over its limits
    bad_recipient,      // a recipient is no mailbox of RFC 5321 4.1.2, or over its limits
    bad_username,       // a login's user name is empty, or has a NUL or control character
    bad_password,       // a password is empty or has a control character; or a token is not ASCII
    bad_authorization,  // a login's authorization identity has a NUL or control character
    needs_saslprep,  // a login's string has letters outside ASCII, and is not `prepared` (RFC 4013)
    smtputf8_needed,    // an address is not ASCII, and the server has no SMTPUTF8; before MAIL
    eight_bit_needed,   // a body cannot be sent without 8BITMIME; before MAIL
    binary_needed,      // a body cannot be sent without BINARYMIME and chunking; before MAIL
    response_too_long,  // a login's response is over 12,288 octets in base64; found while it is sent
    extension_missing,  // an extension that settings or envelope ask for is not offered; before MAIL
    bad_parameter,  // a parameter of MAIL or RCPT is none of RFC 5321 4.1.2, or against its own RFC
    unlisted_extension,  // a parameter's keyword is none of ours, and not in `other_extensions`
    bad_extension_list,  // `other_extensions` is no list of keywords, or has too many of them

    // The connection. The first two are said by ports, which look names up.
    no_such_host,         // the server's name does not exist
    resolver_failed,      // the server's name could not be looked up now
    stream_failed,        // the byte stream said `failed`
    closed_before_reply,  // the connection ended where a reply was due
    closed_in_reply,      // the connection ended inside a reply
    timeout,              // the server let the phase's time pass
    chunk_timeout,  // the server let the time of a BDAT chunk's reply pass: does it hang on CHUNKING?
    idle_closed,    // a kept connection was gone before the mail's first reply: connect again
    silent_greeting,  // ten seconds or more without a greeting: an implicit-TLS port?

    // What the server said was not SMTP, or not due.
    malformed_reply,  // no three digits, an impossible first digit, or codes that differ in a reply
    endless_reply,    // more octets in one reply than `max_reply_octets`
    unexpected_reply,    // a well-formed reply of a class that the command cannot have
    unsolicited_reply,   // a reply to nothing that was asked
    tls_injection,       // octets after the reply to STARTTLS, before the handshake (CVE-2011-0411)
    bad_challenge,       // an AUTH challenge that is no base64, or not of the mechanism's form
    challenge_too_long,  // an AUTH challenge over the mechanism's bound

    // The server's answers. The outcome has its code and words.
    service_closing,     // 421, at any time
    greeting_refused,    // a greeting of 4xx or 5xx
    ehlo_refused,        // EHLO (and HELO, where allowed) refused
    tls_unavailable,     // STARTTLS is not offered
    tls_refused,         // STARTTLS is offered, and answered with 4xx or 5xx
    auth_unavailable,    // no AUTH, or none of the login's mechanisms, is offered
    auth_needs_tls,      // a login over cleartext that `cleartext_auth` does not allow
    auth_refused,        // the login was answered with 4xx or 5xx
    auth_token_refused,  // the same, and the server has said that it is for the token
    auth_no_random,      // the login's random source has none
    auth_iterations,  // the server wants fewer than 4,096 iterations, or more than the login allows
    auth_keys_stale,  // the login's SCRAM keys are for another salt or count than the server's
    auth_server_unproven,  // the server did not show that it knows the password (SCRAM)
    mail_refused,          // MAIL was
    recipients_refused,    // every RCPT was; with `recipients::all`, one was
    data_refused,          // DATA was
    message_refused,       // the final reply after the message was
    message_too_large,     // longer than the SIZE that the server announced; before MAIL
    too_many_mails,        // the server's MAILMAX is reached on this connection; before MAIL
    too_many_recipients,  // more than the server takes in one mail, with `recipients::all`; before MAIL

    // The message.
    source_failed,   // the body source, a token's, or a login's hash function said `failed`
    source_spent,    // the body source cannot begin again
    source_length,   // the body source was longer or shorter than it had said
    source_timeout,  // the body source said "not yet" for too long
    bad_field,       // a field of a message cannot be written; its `check` says which, before MAIL
    bad_utf8,        // a field or text is no UTF-8; of a text from a source, found while it is sent
    bad_part,        // a part is not fit for the encoding that it names; found while it is sent

    // TLS.
    tls_no_anchors,   // no trust anchor was given, or none could be loaded
    tls_bad_anchors,  // a trust anchor is no PEM or DER certificate, or its file cannot be read
    tls_bad_client_certificate,  // our own certificate or key cannot be read, or they are no pair
    tls_no_time,                 // no time was given to judge the certificates' dates by
    tls_setup,                   // the TLS library could not be set up; native_error() says why
    tls_out_of_memory,           // the TLS library's heap, or ours, is too small
    tls_no_random,               // the TLS library has no random numbers
    tls_not_tls,                 // the server does not speak TLS on this port
    tls_version,                 // no common protocol version at or above the minimum
    tls_no_common_cipher,        // no common cipher suite
    tls_alert,                   // the server ended the handshake with an alert
    tls_no_certificate,          // the server showed no certificate
    tls_bad_certificate,         // a certificate that cannot be parsed, or is not allowed its use
    tls_unknown_ca,              // no trust anchor vouches for the server's certificate
    tls_self_signed,             // the server's certificate is its own, and no trust anchor
    tls_bad_signature,           // a signature in the chain or the handshake is wrong
    tls_weak_key,                // a key or signature in the chain is too weak
    tls_expired,                 // a certificate of the chain, or every trust anchor, has expired
    tls_not_yet_valid,  // a certificate of the chain, or every trust anchor, is not valid yet
    tls_name_mismatch,  // the server's certificate is for another name (RFC 9525)
    tls_ip_mismatch,    // the server's certificate is not for this IP address
    tls_unsafe,         // the handshake ended in a suite, version or peer that was not asked for
    tls_truncated,      // the connection ended without TLS's own goodbye
    tls_failed,         // any other fatal error of the TLS library; native_error() says which
};

}  // namespace mailmote
