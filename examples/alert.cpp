// SPDX-License-Identifier: BSL-1.0
// alert.cpp: mails that a boiler is too hot, and says whether anybody will know.
#include <cstdlib>
#include <ctime>
#include <iostream>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>
#include <mailmote/tls/wolfssl.hpp>

int main() {
  const char* const password = std::getenv("MAILMOTE_PASSWORD");
  if (password == nullptr) return EXIT_FAILURE;

  mailmote::posix::tcp_stream tcp;
  mailmote::wolfssl::context trust{{.system_store = true}};
  mailmote::wolfssl::session tls{trust};
  mailmote::sasl::plain login{"mote17@example.org", password};
  mailmote::client smtp{
      tcp, tls, {.host = "mail.example.org", .helo = "mote17.example.org", .auth = &login}};
  mailmote::text_source alert{
      "From: <mote17@example.org>\r\n"
      "To: <ops@example.org>\r\n"
      "Subject: 94 degrees\r\n"
      "\r\n"
      "Boiler 2 is too hot.\r\n"};

  tls.set_time(std::time(nullptr));  // certificates have dates
  mailmote::errc error = tcp.connect("mail.example.org", 587);
  if (error == mailmote::errc::none) {
    error = smtp.send({.from = "mote17@example.org", .to = "ops@example.org"}, alert);
  }
  const mailmote::outcome mail =
      error == mailmote::errc::none ? mailmote::run(smtp, tcp) : mailmote::outcome{.error = error};
  if (mail.fate == mailmote::fate::delivered) return EXIT_SUCCESS;
  if (mail.fate == mailmote::fate::unknown) std::cerr << "It may have been delivered: ";
  std::cerr << mailmote::explain(mail) << '\n';
  return EXIT_FAILURE;
}
