// SPDX-License-Identifier: BSL-1.0
// settings.hpp: how a client talks to its server.
//
// Knows:          what a user may choose; every default is the safe choice.
// Does not know:  the mail (envelope.hpp).
// Bounds:         strings, timeouts and the login are referred to, and must live as long as the client.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/smtp/timeouts.hpp>

namespace mailmote {

// There is no "opportunistic": a mail that must be encrypted is either encrypted or not sent.
enum class security : std::uint8_t {
  starttls,      // port 587 (RFC 3207): TLS after the first EHLO, or no mail
  implicit_tls,  // port 465 (RFC 8314): TLS from the first byte
  cleartext,     // no TLS at all: everybody on the way can read and change the mail
};

// Which logins may be used on a connection without TLS.
enum class cleartext_auth : std::uint8_t {
  never,
  challenge_only,  // those that do not show the secret (CRAM-MD5, SCRAM)
  any,             // PLAIN too: everybody on the way can read the password
};

// What is told of the dialogue while it goes on, for people to read. Secrets are masked before
// they get here, the message is not shown, and TLS is not in the way. The calls come from inside
// `poll` and must not call back into the client.
struct transcript {
  virtual void client_said(std::string_view octets) noexcept = 0;  // pieces of lines, with CRLF
  virtual void server_said(std::string_view octets) noexcept = 0;  // UNTRUSTED, as received
  virtual void encrypted() noexcept = 0;                           // TLS is up, and proven

 protected:
  ~transcript() = default;
};

struct settings {
  // The server's name or IP address, as the user knows it: what its certificate must prove. Not
  // needed with security::cleartext.
  std::string_view host{};

  // What the client calls itself in EHLO: its domain name, or its address in brackets such as
  // "[192.0.2.7]" (RFC 5321 4.1.3).
  std::string_view helo{};

  // How to log in; null sends without. A login that cannot be had is an error, never left out.
  sasl::mechanism* auth = nullptr;

  mailmote::security security = mailmote::security::starttls;
  mailmote::cleartext_auth cleartext_auth = mailmote::cleartext_auth::never;

  // Whether commands share a flight when the server offers PIPELINING (RFC 2920).
  bool pipelining = true;

  // Whether the message goes out as BDAT chunks when the server offers CHUNKING (RFC 3030).
  bool chunking = false;

  // With PIPELINING, a chunk of at most so many octets leaves together with MAIL and RCPT, under
  // recipients::any; RFC 3030 section 2 would have their replies awaited. A larger one waits.
  std::uint32_t eager_body = 64 * 1024;

  // With PIPELINING, MAIL and what follows leave together with AUTH PLAIN and EXTERNAL (RFC 4954
  // section 4). A server may then take the mail and refuse the login: the outcome has both. Not together
  // with `chunking` for Dovecot's submission service: it reads the chunk behind a refused login as
  // commands.
  bool pipeline_auth = false;

  timeouts_reference timeouts = default_timeouts;

  // Some servers want a response with the AUTH command even where it makes a line of more than 512
  // octets, against RFC 4954 section 4: a long token, say, for Microsoft's.
  bool long_initial_response = false;

  // Which extensions are looked for in the server's offer beyond those that mailmote knows, so that
  // a mail may have their parameters (other_parameters.hpp): up to 32 keywords of up to 24 octets,
  // with one space between, such as "DELIVERBY MT-PRIORITY".
  std::string_view other_extensions{};

  mailmote::transcript* transcript = nullptr;  // may be null
};

}  // namespace mailmote
