// SPDX-License-Identifier: BSL-1.0
// The engine with a message that it composes: UTF-8 in its header, an attachment from the board.
#include <mailmote/mailmote.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constinit mailmote::no_tls tls;
constinit mailmote::sasl::plain login{"mote17@example.org", "password"};
constinit mailmote::client smtp{tcp,
                                tls,
                                {.host = "mail.example.org",
                                 .helo = "mote17.example.org",
                                 .auth = &login,
                                 .security = mailmote::security::cleartext,
                                 .cleartext_auth = mailmote::cleartext_auth::any}};
constinit mailmote::stream_source uart{tcp};
constinit const mailmote::mime::part logs[] = {{.octets = uart, .file_name = "kessel-\u00FC.log"}};
constinit mailmote::mime::fields about{.from = {"mote17@example.org", "Kessel \u00FC"},
                                       .to = "ops@example.org",
                                       .subject = "\u00DCberhitzung",
                                       .text = "94 \u00B0C\n",
                                       .attachments = logs};
constinit mailmote::mime::message alert{about};

// The stack below this function is what is measured.
extern "C" [[gnu::noinline]] mailmote::status poll_once() { return smtp.poll(board_ticks()); }

int main() {
  about.date = {board_unix_time(), 60};
  about.id = {"mote17.example.org", board_ticks(), 1};
  board_connect(587);
  if (smtp.send(mailmote::envelope_of(alert), alert) != mailmote::errc::none) return 1;
  while (poll_once() == mailmote::status::working) {
  }
  const mailmote::outcome result = smtp.result();
  board_show(static_cast<int>(result.fate));
  board_show(result.code);
}
