// SPDX-License-Identifier: BSL-1.0
// The rest of a program that defines `tcp`, `login`, which may be null, and `connect`: a client without
// TLS that sends a ready-made text.
#pragma once

#include <mailmote/mailmote.hpp>

#include "outside.h"

constinit mailmote::no_tls tls;
constinit mailmote::client smtp{tcp,
                                tls,
                                {.host = "mail.example.org",
                                 .helo = "mote17.example.org",
                                 .auth = login,
                                 .security = mailmote::security::cleartext,
                                 .cleartext_auth = mailmote::cleartext_auth::any}};
constinit mailmote::text_source alert{
    "From: <mote17@example.org>\r\nTo: <ops@example.org>\r\nSubject: hot\r\n\r\n94 C\r\n"};

// The stack below this function is what is measured.
extern "C" [[gnu::noinline]] mailmote::status poll_once() { return smtp.poll(board_ticks()); }

int main() {
  connect();
  if (smtp.send({.from = "mote17@example.org", .to = "ops@example.org"}, alert) !=
      mailmote::errc::none) {
    return 1;
  }
  while (poll_once() == mailmote::status::working) {
  }
  const mailmote::outcome result = smtp.result();
  board_show(static_cast<int>(result.fate));
  board_show(result.code);
#ifdef SHOWS_EXPLANATION
  for (const char c : mailmote::explain(result)) board_show(c);
#endif
}
