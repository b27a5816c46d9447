// SPDX-License-Identifier: BSL-1.0
// derived_keys.cpp: derived_keys PORT CA USER: sends a mail as a device does that has no password. What
// `mailmote-send --derive-scram-keys` has printed is in keys.hpp.
#include <cstdlib>
#include <ctime>
#include <iostream>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>
#include <mailmote/tls/wolfssl.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>
#include <mailmote/tls/wolfssl_random.hpp>

#include "keys.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return EXIT_FAILURE;
  mailmote::posix::tcp_stream tcp;
  mailmote::wolfssl::context trust{{.anchors_file = argv[2]}};
  mailmote::wolfssl::session tls{trust};
  mailmote::wolfssl::random random;
  mailmote::sasl::scram<mailmote::wolfssl::sha_256> login{argv[3], login_keys, random};
  mailmote::client smtp{
      tcp, tls, {.host = "localhost", .helo = "mote17.example.test", .auth = &login}};
  mailmote::text_source alert{
      "Subject: Alert\r\nFrom: <mote17@example.test>\r\n"
      "Date: Mon, 23 Nov 2026 07:00:00 +0000\r\nMessage-ID: <alert@example.test>\r\n\r\n"
      "The pump is too hot.\r\n"};

  tls.set_time(std::time(nullptr));
  mailmote::errc error = tcp.connect("127.0.0.1", static_cast<std::uint16_t>(std::atoi(argv[1])));
  if (error == mailmote::errc::none) {
    error = smtp.send({.from = "mote17@example.test", .to = "ops@example.test"}, alert);
  }
  const mailmote::outcome mail =
      error == mailmote::errc::none ? mailmote::run(smtp, tcp) : mailmote::outcome{.error = error};
  std::cout << mail.mechanism << ": " << mailmote::explain(mail.error) << '\n';
  return mail.fate == mailmote::fate::delivered ? EXIT_SUCCESS : EXIT_FAILURE;
}
