// SPDX-License-Identifier: BSL-1.0
// client_tls_test.cpp: the client over real TLS, as the server on the other side sees it.
#include <doctest/doctest.h>
#include <mailmote/mailmote.hpp>

#include <string>

#include "tls/tls_pair.hpp"

using namespace mailmote;
using support::tls_pair;
using support::unlimited;

namespace {

// A mail over implicit TLS, played from the server's side.
struct submission {
  tls_pair pair{};
  text_source body{"Subject: hot\r\n\r\n84 C\r\n"};
  client<support::pipe_end, wolfssl::session> smtp{
      pair.pipe.near, pair.tls,
      settings{.host = "mail.example.test", .helo = "mote", .security = security::implicit_tls}};
  std::string heard{};
  milliseconds now = 0;
  status state = status::working;

  submission() {
    REQUIRE(smtp.send({.from = "a@example.test", .to = "b@example.test"}, body) == errc::none);
    turn();
    for (const char* reply : {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n"}) say(reply);
    REQUIRE(heard.ends_with("DATA\r\n"));
  }

  void say(const char* reply) {
    REQUIRE(pair.server.write(reply));
    turn();
  }

  void turn() {
    for (int i = 0; i < 60; ++i) {
      if (state == status::working) state = smtp.poll(now);
      (void)pair.server.accept();
      heard += pair.server.read();
    }
  }
};

constexpr const char* commands =
    "EHLO mote\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n";

}  // namespace

TEST_CASE("a mail over real TLS is delivered, and goodbye said in both protocols") {
  submission mail;
  mail.say("354 go\r\n");
  mail.say("250 taken\r\n");
  mail.say("221 bye\r\n");
  CHECK(mail.state == status::finished);
  CHECK(mail.smtp.result().fate == fate::delivered);
  CHECK(mail.heard == std::string{commands} + "Subject: hot\r\n\r\n84 C\r\n.\r\nQUIT\r\n");
  CHECK(mail.pair.server.said_goodbye());
  CHECK_FALSE(mail.pair.tls.is_safe());
}

TEST_CASE("a mail given up while its final dot was blocked is not delivered, in truth too") {
  for (const bool by_timeout : {false, true}) {
    for (const std::size_t room : {0u, 1u, 10u, 40u}) {
      submission mail;
      mail.pair.pipe.to_far.capacity = room;
      REQUIRE(mail.pair.server.write("354 go\r\n"));
      for (int i = 0; i < 5; ++i) REQUIRE(mail.smtp.poll(mail.now) == status::working);
      mail.pair.pipe.to_far.capacity = unlimited;  // too late
      if (by_timeout) mail.pair.pipe.to_far.capacity = 0;
      if (by_timeout) mail.now += 3'600'000;
      if (!by_timeout) mail.smtp.cancel();
      CHECK(mail.smtp.poll(mail.now) == status::finished);
      const outcome o = mail.smtp.result();
      CHECK(o.fate == fate::not_delivered);
      CHECK(o.error == (by_timeout ? errc::timeout : errc::canceled));
      mail.pair.pipe.to_far.capacity = unlimited;
      CHECK(mail.heard + mail.pair.server.read() == commands);
    }
  }
}
