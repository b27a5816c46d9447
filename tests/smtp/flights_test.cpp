// SPDX-License-Identifier: BSL-1.0
// What shares a flight with what, and what follows when a reply in the middle of one says no.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mailmote/mailmote.hpp>
#include <mailmote/sasl/external.hpp>
#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>

#include "../support/dialogue.hpp"
#include "../support/live_server.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

const std::string login_line = "AUTH PLAIN AG1vdGUAc2VjcmV0";
const std::string chunk_flight =
    "MAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\n"
    "BDAT 22 LAST\r\nSubject: hot\r\n\r\n84 C\r\nQUIT";

// A dialogue in clear that logs in at once.
struct eager_login {
  explicit eager_login(std::vector<std::string> turns, bool chunking = true) : d{in_clear(turns)} {
    d.settings().auth = &login;
    d.settings().cleartext_auth = cleartext_auth::any;
    d.settings().pipeline_auth = true;
    d.settings().chunking = chunking;
  }
  sasl::plain login{"mote", "secret"};
  dialogue d;
};

constexpr const char* offers = "250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 AUTH PLAIN LOGIN";

}  // namespace

// ---- a login and a mail --------------------------------------------------------------------

TEST_CASE("a login, a mail and goodbye are one flight where that was asked for") {
  eager_login with{{"220 mx", "EHLO mote", offers, login_line + "\r\n" + chunk_flight,
                    "235 ok\r\n250 ok\r\n250 ok\r\n250 taken\r\n221 bye"}};
  const outcome o = with.d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
  CHECK(o.mechanism == "PLAIN");
}

TEST_CASE(
    "with DATA, a login shares a flight with the mail's commands, and the text with goodbye") {
  eager_login with{{"220 mx", "EHLO mote", offers, login_line + "\r\n" + envelope_flight,
                    std::string{"235 ok\r\n"} + accepted_flight, std::string{message} + "\r\nQUIT",
                    "250 taken\r\n221 bye"},
                   false};
  CHECK(with.d.run().fate == fate::delivered);
}

TEST_CASE(
    "EXTERNAL may be followed at once; a login with challenges, or without PIPELINING, may not") {
  sasl::external external;
  eager_login outside{
      {"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 AUTH EXTERNAL",
       "AUTH EXTERNAL =\r\n" + chunk_flight, "235 ok\r\n250 ok\r\n250 ok\r\n250 taken\r\n221 bye"}};
  outside.d.settings().auth = &external;
  CHECK(outside.d.run().fate == fate::delivered);

  sasl::login asked{"mote", "secret"};
  eager_login challenged{{"220 mx", "EHLO mote", offers, "AUTH LOGIN", "334 VXNlcm5hbWU6",
                          "bW90ZQ==", "334 UGFzc3dvcmQ6", "c2VjcmV0", "235 ok", chunk_flight,
                          "250 ok\r\n250 ok\r\n250 taken\r\n221 bye"}};
  challenged.d.settings().auth = &asked;
  CHECK(challenged.d.run().fate == fate::delivered);

  eager_login alone{{"220 mx", "EHLO mote", "250-mx\r\n250 AUTH PLAIN", login_line, "235 ok",
                     "MAIL FROM:<mote@example.org>", "250 ok", "RCPT TO:<ops@example.org>",
                     "250 ok", "DATA", "354 go", message, "250 ok", "QUIT", "221 bye"}};
  CHECK(alone.d.run().fate == fate::delivered);
}

TEST_CASE("a login that is refused takes the mail behind it along") {
  eager_login with{
      {"220 mx", "EHLO mote", offers, login_line + "\r\n" + chunk_flight,
       "535 5.7.8 who\r\n530 5.7.0 log in\r\n503 5.5.1 mail\r\n503 5.5.1 mail\r\n221 bye"}};
  const outcome o = with.d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::auth_refused);
  CHECK(o.phase == phase::auth);
  CHECK(o.code == 535);
  CHECK(o.server_text == "5.7.8 who");
}

TEST_CASE("a mail that is taken after its login was refused is reported as both") {
  eager_login with{{"220 mx", "EHLO mote", offers, login_line + "\r\n" + chunk_flight,
                    "535 5.7.8 who\r\n250 ok\r\n250 ok\r\n250 taken\r\n221 bye"}};
  const outcome o = with.d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::auth_refused);
  CHECK(o.code == 535);
  CHECK(o.accepted == 1);
}

TEST_CASE("after a login that was refused, 354 is answered with the lone dot") {
  eager_login with{
      {"220 mx", "EHLO mote", offers, login_line + "\r\n" + envelope_flight,
       std::string{"535 5.7.8 who\r\n"} + accepted_flight, ".", "250 taken", "QUIT", "221 bye"},
      false};
  const outcome o = with.d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::auth_refused);
}

TEST_CASE(
    "a challenge to what has none ends the session, as it would take commands for responses") {
  eager_login with{{"220 mx", "EHLO mote", offers, login_line + "\r\n" + chunk_flight, "334 "}};
  const outcome o = with.d.run_out_of_turn();
  CHECK(o.fate == fate::unknown);
  CHECK(o.error == errc::bad_challenge);
}

TEST_CASE("a mail that the server cannot take is found out before the login that it would follow") {
  eager_login with{{"220 mx", "EHLO mote",
                    "250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-SIZE 10\r\n250 AUTH PLAIN",
                    "QUIT", "221 bye"}};
  CHECK(with.d.run().error == errc::message_too_large);
  CHECK(with.d.sent() == "EHLO mote\r\nQUIT\r\n");
}

// ---- goodbye, and the next mail ------------------------------------------------------------

TEST_CASE("goodbye shares the text's flight with PIPELINING, and waits without") {
  dialogue with =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight, accepted_flight,
                std::string{message} + "\r\nQUIT", "250 taken\r\n221 bye"});
  CHECK(with.run().fate == fate::delivered);
  dialogue without = in_clear({"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>",
                               "250 ok", "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go",
                               std::string{message} + "\r\n", "250 taken", "QUIT", "221 bye"});
  CHECK(without.run().fate == fate::delivered);
}

TEST_CASE("a connection is kept alive between two mails, and a 421 there fails no mail") {
  for (const char* reply : {"250 ok", "500 what", "421 idle"}) {
    CAPTURE(std::string{reply});
    live_server server{"250-mx\r\n250 PIPELINING"};
    server.answers = [&](std::string_view command) -> std::string {
      return command == "NOOP" ? reply : "";
    };
    live_link over{server, 1000};
    no_tls tls;
    client smtp{over, tls, {.helo = "mote", .security = security::cleartext}};
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    const envelope mail{.from = "mote@example.org", .to = "ops@example.org", .then = after::stay};
    REQUIRE(smtp.send(mail, text) == errc::none);
    while (smtp.poll(0) != status::finished) (void)over.turn();
    CHECK(smtp.result().fate == fate::delivered);

    CHECK(smtp.keep_alive() == errc::none);
    CHECK(smtp.keep_alive() == errc::busy);
    CHECK(!smtp.idle());
    while (smtp.poll(0) == status::working) (void)over.turn();
    CHECK(smtp.idle());
    CHECK(smtp.is_open() == (*reply != '4'));
    CHECK(smtp.result().fate == fate::delivered);
    CHECK(server.commands().back() == "NOOP");
    if (!smtp.is_open()) continue;

    REQUIRE(smtp.send(mail, text) == errc::none);
    while (smtp.poll(0) != status::finished) (void)over.turn();
    CHECK(smtp.result().fate == fate::delivered);
    CHECK(server.mails().size() == 2);
  }
}

TEST_CASE("a kept connection that is gone is told apart from a mail that failed") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 taken", envelope_flight, ""});
  d.mail().then = after::stay;
  d.closes_at_end();
  std::vector<errc> errors;
  text_source again{"Subject: hot\r\n\r\n84 C\r\n"};
  d.meanwhile([&](dialogue::client_type& smtp, std::size_t round) {
    if (round == 0) return errors.clear();
    if (!smtp.idle() || errors.size() == 2) return;
    errors.push_back(smtp.result().error);
    if (errors.size() == 1) REQUIRE(smtp.send(d.mail(), again) == errc::none);
  });
  const outcome o = d.play();
  CHECK(errors == std::vector{errc::none, errc::idle_closed});
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.retry == retry::later);
}

TEST_CASE("each flight is one write where the buffer allows, and what was used can be asked for") {
  for (const bool chunking : {false, true}) {
    live_server server{
        "250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-8BITMIME\r\n250 SIZE 50000"};
    live_link over{server, 100'000};
    no_tls tls;
    client<live_link, no_tls, buffer_sizes{.out = 16'384, .in = 1024}> smtp{
        over, tls, {.helo = "mote", .security = security::cleartext, .chunking = chunking}};
    const std::string long_text = "Subject: hot\r\n\r\n" + std::string(10'000, 'x') + "\r\n";
    text_source text{long_text};
    REQUIRE(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, text) == errc::none);
    while (smtp.poll(0) != status::finished) (void)over.turn();
    CHECK(smtp.result().fate == fate::delivered);
    // EHLO; MAIL, RCPT and DATA, the text and QUIT; or all of them with the chunk.
    CHECK(over.writes() == (chunking ? 2 : 3));
    CHECK(smtp.offered().has(smtp::extension::chunking));
    CHECK(!smtp.offered().has(smtp::extension::dsn));
    CHECK(smtp.offered().size_limit == 50'000);
    CHECK(smtp.used().size == long_text.size());
    CHECK(smtp.used().chunked == chunking);
    CHECK(smtp.used().eager == chunking);
    CHECK(!smtp.used().utf8);
  }
}

// ---- what a server takes in one mail, and on one connection --------------------------------

namespace {

struct heard final : recipient_listener {
  std::vector<std::pair<std::size_t, int>> replies;
  void on_recipient(const recipient_reply& r) noexcept override {
    replies.emplace_back(r.index, r.code);
  }
};

// Sends to `many`, over a link that holds `holds` octets a direction, with the smallest of buffers.
outcome converse(live_server& server, settings with, const envelope& mail,
                 std::size_t holds = 100'000) {
  live_link over{server, holds};
  no_tls tls;
  with.helo = "mote";
  with.security = security::cleartext;
  client<live_link, no_tls, buffer_sizes{.out = 64, .in = 16}> smtp{over, tls, with};
  text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
  REQUIRE(smtp.send(mail, text) == errc::none);
  for (std::size_t rounds = 0; rounds < 1'000'000; ++rounds) {
    if (smtp.poll(0) == status::finished) return smtp.result();
    (void)over.turn();
  }
  FAIL("the dialogue has no end");
  return {};
}

std::vector<std::string> numbered(std::size_t n, std::size_t domains = 1) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < n; ++i) {
    all.push_back("ops" + std::to_string(i) + "@d" + std::to_string(i % domains) + ".example.org");
  }
  return all;
}

}  // namespace

TEST_CASE("recipients over RCPTMAX go into further mails, in order, and each is heard once") {
  for (const bool chunking : {false, true}) {
    const std::vector<std::string> all = numbered(25);
    const std::vector<std::string_view> views{all.begin(), all.end()};
    live_server server{"250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 LIMITS RCPTMAX=10"};
    heard replies;
    const outcome o = converse(server, {.chunking = chunking},
                               {.from = "mote@example.org", .to = views, .listener = &replies});
    CHECK(o.fate == fate::delivered);
    CHECK(o.accepted == 25);
    REQUIRE(server.mails().size() == 3);
    CHECK(server.mails()[0].to == std::vector<std::string>{all.begin(), all.begin() + 10});
    CHECK(server.mails()[1].to == std::vector<std::string>{all.begin() + 10, all.begin() + 20});
    CHECK(server.mails()[2].to == std::vector<std::string>{all.begin() + 20, all.end()});
    for (const auto& mail : server.mails()) CHECK(mail.text == "Subject: hot\r\n\r\n84 C\r\n");
    REQUIRE(replies.replies.size() == 25);
    for (std::size_t i = 0; i < 25; ++i) CHECK(replies.replies[i] == std::pair{i, 250});
    CHECK(server.commands().back() == "QUIT");
  }
}

TEST_CASE("a mail has no more domains than RCPTDOMAINMAX") {
  const std::vector<std::string> all{"a@one.example", "b@ONE.example",   "c@two.example",
                                     "d@one.example", "e@three.example", "f@two.example"};
  const std::vector<std::string_view> views{all.begin(), all.end()};
  live_server server{"250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTDOMAINMAX=2"};
  CHECK(converse(server, {}, {.from = "mote@example.org", .to = views}).fate == fate::delivered);
  REQUIRE(server.mails().size() == 2);
  CHECK(server.mails()[0].to == std::vector<std::string>{all.begin(), all.begin() + 4});
  CHECK(server.mails()[1].to == std::vector<std::string>{all.begin() + 4, all.end()});

  for (const std::size_t many : {std::size_t{4}, std::size_t{5}}) {
    live_server whole{"250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTDOMAINMAX=2"};
    const outcome o = converse(whole, {},
                               {.from = "mote@example.org",
                                .to = std::span{views}.first(many),
                                .deliver_if = recipients::all});
    CHECK(o.error == (many == 4 ? errc::none : errc::too_many_recipients));
    CHECK(whole.mails().size() == (many == 4 ? 1 : 0));
  }
}

TEST_CASE("those behind a 452 go into further mails, as long as each mail takes somebody") {
  for (const bool chunking : {false, true}) {
    const std::vector<std::string> all = numbered(250);
    const std::vector<std::string_view> views{all.begin(), all.end()};
    live_server server{"250-mx\r\n250-PIPELINING\r\n250 CHUNKING"};
    std::size_t in_mail = 0;
    server.answers = [&](std::string_view command) -> std::string {
      if (command.starts_with("MAIL")) in_mail = 0;
      return command.starts_with("RCPT") && ++in_mail > 100 ? "452 4.5.3 too many" : "";
    };
    const outcome o = converse(server, {.chunking = chunking, .eager_body = 0},
                               {.from = "mote@example.org", .to = views});
    CHECK(o.fate == fate::delivered);
    CHECK(o.accepted == 250);
    CHECK(o.refused == 0);
    REQUIRE(server.mails().size() == 3);
    CHECK(server.mails()[2].to.size() == 50);
  }
}

TEST_CASE("a 452 among others is a refusal, and so is one of a full mailbox, or of everybody") {
  struct row {
    std::vector<const char*> replies;
    std::size_t mails, accepted, refused;
  };
  for (const row& r : {row{{"250 ok", "452 4.5.3 no", "250 ok"}, 1, 2, 1},
                       {{"250 ok", "250 ok", "452 4.2.2 full"}, 1, 2, 1},
                       {{"452 4.5.3 no", "452 4.5.3 no", "452 4.5.3 no"}, 0, 0, 3},
                       {{"250 ok", "250 ok", "552 5.5.3 too many"}, 2, 3, 0},
                       {{"250 ok", "552 5.2.2 full", "250 ok"}, 1, 2, 1}}) {
    live_server server{"250-mx\r\n250 PIPELINING"};
    std::size_t at = 0;
    server.answers = [&](std::string_view command) -> std::string {
      return command.starts_with("RCPT") && at < 3 ? r.replies[at++] : "";
    };
    const std::vector<std::string> all = numbered(3);
    const std::vector<std::string_view> views{all.begin(), all.end()};
    const outcome o = converse(server, {}, {.from = "mote@example.org", .to = views});
    CHECK(server.mails().size() == r.mails);
    CHECK(o.accepted == r.accepted);
    CHECK(o.refused == r.refused);
    CHECK(o.fate == (r.mails > 0 ? fate::delivered : fate::not_delivered));
  }
}

TEST_CASE("of several mails, what was delivered stays so when a later one is refused") {
  const std::vector<std::string> all = numbered(4);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  live_server server{"250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=2"};
  int texts = 0;
  server.answers = [&](std::string_view command) -> std::string {
    return command == "DATA end" && ++texts == 2 ? "554 5.6.0 no more" : "";
  };
  const outcome o = converse(server, {}, {.from = "mote@example.org", .to = views});
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::message_refused);
  CHECK(o.code == 554);
  CHECK(o.delivered_before == 2);
  CHECK(recipient_reply{.index = 1, .code = 250}.fate_in(o) == fate::delivered);
  CHECK(recipient_reply{.index = 2, .code = 250}.fate_in(o) == fate::not_delivered);
}

TEST_CASE("where nobody is accepted in one of several mails, the others go their way") {
  const std::vector<std::string> all = numbered(6);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  for (const std::size_t refused_mail : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
    live_server server{"250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=2"};
    std::size_t rcpt = 0;
    server.answers = [&](std::string_view command) -> std::string {
      return command.starts_with("RCPT") && rcpt++ / 2 == refused_mail ? "550 5.1.1 who" : "";
    };
    const outcome o = converse(server, {}, {.from = "mote@example.org", .to = views});
    CHECK(o.fate == fate::delivered);
    CHECK(o.error == errc::none);
    CHECK(o.accepted == 4);
    CHECK(o.refused == 2);
    CHECK(server.mails().size() == 2);
  }
}

TEST_CASE("MAILMAX ends a connection in good order, and what is left is for the next one") {
  const std::vector<std::string> all = numbered(3);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  live_server server{"250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=1 MAILMAX=2"};
  const outcome o = converse(server, {}, {.from = "mote@example.org", .to = views});
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::too_many_mails);
  CHECK(o.retry == retry::no);  // two have it
  CHECK(o.delivered_before == 2);
  CHECK(server.mails().size() == 2);
  CHECK(server.commands().back() == "QUIT");

  live_server once{"250-mx\r\n250-PIPELINING\r\n250 LIMITS MAILMAX=1"};
  const outcome one = converse(
      once, {}, {.from = "mote@example.org", .to = "ops@example.org", .then = after::stay});
  CHECK(one.fate == fate::delivered);
  CHECK(once.commands().back() == "QUIT");  // there can be no second
}

TEST_CASE(
    "10,000 recipients get through to a server that does not read while its replies are not read") {
  const std::vector<std::string> all = numbered(10'000);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  for (const bool chunking : {false, true}) {
    live_server server{"250-mx\r\n250-PIPELINING\r\n250 CHUNKING"};
    const outcome o =
        converse(server, {.chunking = chunking}, {.from = "mote@example.org", .to = views}, 48);
    CHECK(o.fate == fate::delivered);
    CHECK(o.accepted == 10'000);
    REQUIRE(server.mails().size() == 1);
    CHECK(server.mails()[0].to == all);
  }
}

// ---- a mail behind a mail ------------------------------------------------------------------

namespace {

// Sends the same mail `count` times over one connection, each as early as it is taken, turn by turn.
struct series {
  explicit series(const char* offered, bool chunking = false, std::size_t mails = 3)
      : server{offered},
        with{.helo = "mote", .security = security::cleartext, .chunking = chunking},
        count{mails} {}

  void run() {
    live_link over{server, 100'000};
    no_tls tls;
    client smtp{over, tls, with};
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    std::size_t sent = 0;
    const auto send = [&] {
      ++sent;
      const after then = sent == count ? after::quit : after::stay;
      REQUIRE(smtp.send({.from = "mote@example.org", .to = "ops@example.org", .then = then},
                        text) == errc::none);
    };
    send();
    while (turns < 1000 && (results.size() < sent || (sent < count && smtp.is_open()))) {
      const std::size_t before = over.wire().size();
      const status s = smtp.poll(0);
      if (s == status::finished) {
        results.push_back(smtp.result());
        words.emplace_back(smtp.result().server_text);
      }
      if (sent < count && (smtp.takes_next() || smtp.idle()) &&
          (smtp.takes_next() || smtp.is_open())) {
        send();
      } else if (s == status::working && over.wire().size() == before) {
        if (over.turn()) ++turns;
      }
    }
    wire = over.wire();
  }

  live_server server;
  settings with;
  std::size_t count;
  std::vector<outcome> results{};
  std::vector<std::string> words{};
  std::string wire{};
  std::size_t turns = 0;
};

}  // namespace

TEST_CASE("with PIPELINING the next mail shares a flight with the text before it") {
  series data{"250-mx\r\n250 PIPELINING"};
  data.run();
  CHECK(data.results.size() == 3);
  for (const outcome& o : data.results) CHECK(o.fate == fate::delivered);
  CHECK(data.server.mails().size() == 3);
  // Greeting, EHLO, MAIL ... DATA; each text with the next mail's commands; the last with QUIT.
  CHECK(data.turns == 6);
  CHECK(data.words == std::vector<std::string>{"taken", "taken", "taken"});
  const std::string text = "Subject: hot\r\n\r\n84 C\r\n.\r\n";
  const std::string commands = std::string{envelope_flight} + "\r\n";
  CHECK(data.wire ==
        "EHLO mote\r\n" + commands + text + commands + text + commands + text + "QUIT\r\n");

  series lock_step{"250 mx"};
  lock_step.run();
  CHECK(lock_step.results.size() == 3);
  CHECK(lock_step.server.mails().size() == 3);
  CHECK(lock_step.turns == 2 + 3 * 4 + 1);
}

TEST_CASE("with CHUNKING a series of mails needs no reply to be sent") {
  series chunks{"250-mx\r\n250-PIPELINING\r\n250 CHUNKING", true};
  chunks.run();
  CHECK(chunks.results.size() == 3);
  for (const outcome& o : chunks.results) CHECK(o.fate == fate::delivered);
  CHECK(chunks.server.mails().size() == 3);
}

TEST_CASE("a mail that is refused says nothing of the one that was sent behind it") {
  for (const bool chunking : {false, true}) {
    series mails{"250-mx\r\n250-PIPELINING\r\n250 CHUNKING", chunking};
    int texts = 0;
    mails.server.answers = [&](std::string_view command) -> std::string {
      return command.ends_with(" end") && ++texts == 2 ? "554 5.6.0 no spam please" : "";
    };
    mails.run();
    REQUIRE(mails.results.size() == 3);
    CHECK(mails.results[0].fate == fate::delivered);
    CHECK(mails.results[1].fate == fate::not_delivered);
    CHECK(mails.results[1].error == errc::message_refused);
    CHECK(mails.results[1].phase == phase::accept);
    CHECK(mails.results[1].code == 554);
    CHECK(mails.words[1] == "5.6.0 no spam please");
    CHECK(mails.results[2].fate == fate::delivered);
    CHECK(mails.server.mails().size() == 2);
  }
}

TEST_CASE(
    "when the connection ends, a mail without an answer is unknown, and the one behind it is not "
    "sent") {
  struct ending {
    const char* reply;
    fate first;
    errc error;
  };
  for (const ending& end : {ending{"421 4.3.2 closing", fate::not_delivered, errc::service_closing},
                            {"354 what", fate::unknown, errc::unexpected_reply},
                            {"no reply", fate::unknown, errc::malformed_reply}}) {
    series mails{"250-mx\r\n250 PIPELINING", false, 2};
    mails.server.answers = [&](std::string_view command) -> std::string {
      return command.ends_with(" end") ? end.reply : "";
    };
    mails.run();
    REQUIRE(mails.results.size() == 2);
    CHECK(mails.results[0].fate == end.first);
    CHECK(mails.results[0].error == end.error);
    CHECK(mails.results[0].phase == phase::accept);
    CHECK(mails.results[1].fate == fate::not_delivered);
    CHECK(mails.results[1].error != errc::none);
  }
}

TEST_CASE("no mail follows one that has nobody, ends the connection, or is not fit to be sent") {
  live_server server{"250-mx\r\n250-PIPELINING\r\n250 SIZE 100"};
  live_link over{server, 100'000};
  no_tls tls;
  client smtp{over, tls, {.helo = "mote", .security = security::cleartext}};
  text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
  const std::string long_text(200, 'x');
  text_source large{long_text};
  const envelope mail{.from = "mote@example.org", .to = "ops@example.org", .then = after::stay};
  REQUIRE(smtp.send(mail, text) == errc::none);
  CHECK(smtp.send(mail, text) == errc::busy);
  while (!smtp.takes_next()) {
    if (smtp.poll(0) == status::working && !smtp.takes_next()) (void)over.turn();
  }
  envelope bad = mail;
  bad.from = "no address";
  CHECK(smtp.send(bad, text) == errc::bad_reverse_path);
  CHECK(smtp.send(mail, large) == errc::message_too_large);
  envelope last = mail;
  last.then = after::quit;
  CHECK(smtp.send(last, text) == errc::none);
  int finished = 0;
  for (int i = 0; i < 100; ++i) {
    CHECK(!smtp.takes_next());
    if (smtp.poll(0) == status::finished) {
      ++finished;
      CHECK(smtp.result().fate == fate::delivered);
    }
    (void)over.turn();
  }
  CHECK(finished == 2);
  CHECK(server.mails().size() == 2);
}

// ---- where flights go wrong ----------------------------------------------------------------

namespace {

// A session in hand: what is said to it and heard of it, octet by octet, without a link.
struct by_hand {
  explicit by_hand(settings with) : talk{clear(with)} {}
  static settings clear(settings with) {
    with.helo = "mote";
    with.security = security::cleartext;
    with.cleartext_auth = cleartext_auth::any;
    return with;
  }

  void send(const envelope& mail, body_source& body) {
    REQUIRE(talk.send(mail, body) == errc::none);
  }
  void hear(std::string_view octets) {
    unheard += octets;
    unheard.erase(0, talk.received(unheard));
  }

  // What became of the next mail that is over; and then the rest is heard.
  outcome told() {
    REQUIRE(talk.take_finished());
    const outcome mail = talk.result();
    words = mail.server_text;
    talk.at(now);
    hear("");
    return mail;
  }

  // All that it has to say, or `n` octets of that.
  std::string say(std::size_t n = 100'000) {
    std::string said;
    while (said.size() < n) {
      talk.at(now);
      const auto out = talk.output(buffer);
      if (out.empty()) break;
      const std::size_t m = std::min(out.size(), n - said.size());
      said.append(out.data(), m);
      talk.sent(buffer, m);
    }
    return said;
  }

  void open(const char* offered) {
    talk.at(now);
    hear("220 mx\r\n");
    CHECK(say() == "EHLO mote\r\n");
    hear(offered);
  }

  smtp::session talk;
  std::string unheard{};
  std::string words{};
  milliseconds now = 0;
  std::array<char, 512> buffer{};
};

const envelope one_mail{.from = "mote@example.org", .to = "ops@example.org"};
constexpr const char* all_offers = "250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 AUTH PLAIN\r\n";

}  // namespace

TEST_CASE(
    "after a login that was refused no mail goes out, on a connection that was to be kept either") {
  eager_login with{{"220 mx", "EHLO mote", offers,
                    login_line + "\r\nMAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\n"
                                 "BDAT 22 LAST\r\nSubject: hot\r\n\r\n84 C\r\n",
                    "535 5.7.8 who\r\n530 5.7.0 no\r\n503 no\r\n503 no", "QUIT", "221 bye"}};
  with.d.mail().then = after::stay;
  const outcome o = with.d.run();
  CHECK(o.error == errc::auth_refused);
  CHECK(with.d.sent().ends_with("QUIT\r\n"));
}

TEST_CASE(
    "a reply that begins before the message's end leaves the fate unknown, with DATA and with "
    "BDAT") {
  for (const bool chunking : {false, true}) {
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    by_hand d{{.chunking = chunking}};
    d.send(one_mail, text);
    d.open("250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
    if (chunking) {
      const std::string flight = d.say(std::string{envelope_flight}.size() + 20);
      CHECK(flight.find("LAST\r\n") != std::string::npos);
      d.hear("250 a\r\n250 b\r\n2");
    } else {
      (void)d.say();
      d.hear("250 a\r\n250 b\r\n354 go\r\n");
      (void)d.say(10);
      d.hear("2");
    }
    CHECK(d.say().ends_with("QUIT\r\n"));
    d.hear("50 taken\r\n221 bye\r\n");
    REQUIRE(d.talk.take_finished());
    CHECK(d.talk.result().fate == fate::unknown);
    CHECK(d.talk.result().retry == retry::no);
  }
}

TEST_CASE("an empty mail whose source takes its time is delivered as an empty chunk") {
  struct empty_source final : body_source {
    bool asked = false;
    errc begin(body_limits) noexcept override { return errc::none; }
    std::uint64_t length() const noexcept override { return 0; }
    io_result read_some(std::span<char>) noexcept override {
      if (std::exchange(asked, true)) return io_status::closed;
      return io_status::want_read;
    }
  } slow;
  by_hand d{{.chunking = true}};
  d.send(one_mail, slow);
  d.open(all_offers);
  CHECK(d.say().ends_with("BDAT 0 LAST\r\nQUIT\r\n"));
  d.hear("250 a\r\n250 b\r\n250 taken\r\n221 bye\r\n");
  REQUIRE(d.talk.take_finished());
  CHECK(d.talk.result().fate == fate::delivered);
}

TEST_CASE(
    "a mail of which one chunk was refused is not delivered, whatever is said of the others") {
  struct long_source final : body_source {
    std::size_t left = 700;
    errc begin(body_limits) noexcept override { return errc::none; }
    std::uint64_t length() const noexcept override { return unknown_length; }
    io_result read_some(std::span<char> out) noexcept override {
      const std::size_t n = std::min(out.size(), left);
      if (n == 0) return io_status::closed;
      std::fill_n(out.begin(), n, 'x');
      left -= n;
      return io_result::moved(n);
    }
  } text;
  by_hand d{{.chunking = true}};
  d.send(one_mail, text);
  d.open(all_offers);
  (void)d.say();
  d.hear("250 a\r\n250 b\r\n");
  const std::string chunks = d.say();
  CHECK(chunks.find(" LAST\r\n") != std::string::npos);
  d.hear("451 4.3.0 not now\r\n250 taken\r\n");
  (void)d.say();
  d.hear("221 bye\r\n");
  REQUIRE(d.talk.take_finished());
  CHECK(d.talk.result().fate == fate::not_delivered);
  CHECK(d.talk.result().error == errc::message_refused);
  CHECK(d.talk.result().code == 451);
}

TEST_CASE("a mail of which a part is delivered is not to be sent again as it is") {
  const std::vector<std::string> all = numbered(3);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  live_server server{"250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=1"};
  int texts = 0;
  server.answers = [&](std::string_view command) -> std::string {
    return command == "DATA end" && ++texts == 2 ? "451 4.3.0 not now" : "";
  };
  const outcome o = converse(server, {}, {.from = "mote@example.org", .to = views});
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.code == 451);
  CHECK(o.delivered_before == 1);
  CHECK(o.retry == retry::no);
}

TEST_CASE("what is to be told at the next poll is not waited for") {
  for (const char* replies :
       {"421 4.3.2 closing\r\n", "250 taken\r\n250 a\r\n250 b\r\n250 taken\r\n"}) {
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    by_hand d{{.chunking = true}};
    envelope mail = one_mail;
    mail.then = after::stay;
    d.send(mail, text);
    d.open(all_offers);
    (void)d.say();
    d.hear("250 a\r\n250 b\r\n");
    REQUIRE(d.talk.takes_next());
    d.send(mail, text);
    (void)d.say();
    d.hear(replies);
    CHECK(d.talk.next_timeout(d.now) == 0);
    (void)d.told();
    CHECK(d.talk.next_timeout(d.now) == 0);
    CHECK(!d.talk.is_idle());
    (void)d.told();
    CHECK(d.talk.next_timeout(d.now) == no_timeout);
    CHECK(d.talk.is_idle());
  }
}

TEST_CASE("of two mails whose replies come together each is told in the server's own words") {
  text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
  by_hand d{{.chunking = true}};
  envelope mail = one_mail;
  mail.then = after::stay;
  d.send(mail, text);
  d.open(all_offers);
  (void)d.say();
  d.hear("250 a\r\n250 b\r\n");
  d.send(mail, text);
  (void)d.say();
  d.hear("250 queued as 17\r\n250 a\r\n550 5.1.1 no such user\r\n503 nobody\r\n");
  CHECK(d.told().fate == fate::delivered);
  CHECK(d.words == "queued as 17");
  CHECK(d.told().error == errc::recipients_refused);
  CHECK(d.words == "5.1.1 no such user");
}

TEST_CASE("behind an eager chunk with goodbye a 452 is a refusal, whenever it comes") {
  const std::vector<std::string> all = numbered(3);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  for (const bool early : {false, true}) {
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    by_hand d{{.chunking = true}};
    d.send({.from = "mote@example.org", .to = views}, text);
    d.open(all_offers);
    std::string wire = d.say(early ? 160 : 100'000);
    d.hear("250 ok\r\n250 a\r\n250 b\r\n452 4.5.3 too many\r\n");
    wire += d.say();
    CHECK(wire.ends_with("QUIT\r\n"));
    d.hear("250 taken\r\n221 bye\r\n");
    REQUIRE(d.talk.take_finished());
    CHECK(d.talk.result().fate == fate::delivered);
    CHECK(d.talk.result().accepted == 2);
    CHECK(d.talk.result().refused == 1);
  }
}

TEST_CASE("a text that breaks off does not cost the mail before it its reply") {
  struct broken_source final : body_source {
    bool waits;
    explicit broken_source(bool w) : waits{w} {}
    errc begin(body_limits) noexcept override { return errc::none; }
    std::uint64_t length() const noexcept override { return 100; }
    io_result read_some(std::span<char>) noexcept override {
      return waits ? io_status::want_read : io_status::failed;
    }
  };
  for (const bool waits : {false, true}) {
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    broken_source broken{waits};
    by_hand d{{.chunking = true}};
    envelope mail = one_mail;
    mail.then = after::stay;
    d.send(mail, text);
    d.open(all_offers);
    (void)d.say();
    d.hear("250 a\r\n250 b\r\n");
    d.send(mail, broken);
    (void)d.say();
    if (waits) {
      d.now += d.talk.with().timeouts.operator*().source + 1;
      d.talk.at(d.now);
      d.talk.expire();
    }
    d.hear("250 taken\r\n");
    CHECK(d.told().fate == fate::delivered);
    const outcome second = d.told();
    CHECK(second.fate == fate::not_delivered);
    CHECK(second.error == (waits ? errc::source_timeout : errc::source_failed));
  }
}

TEST_CASE("a long list whose domains would have to be compared is refused at once, not worked on") {
  const std::vector<std::string> all = numbered(2'000, 2'000);
  const std::vector<std::string_view> views{all.begin(), all.end()};
  for (const char* limit : {"250-mx\r\n250 LIMITS RCPTDOMAINMAX=1999\r\n",
                            "250-mx\r\n250 LIMITS RCPTDOMAINMAX=2000\r\n"}) {
    text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
    by_hand d{{}};
    d.send({.from = "mote@example.org", .to = views, .deliver_if = recipients::all}, text);
    d.open(limit);
    CHECK(d.say().starts_with(std::string_view{limit}.ends_with("1999\r\n") ? "QUIT" : "MAIL"));
  }
}

TEST_CASE("a text that comes an octet a second is waited for, in chunks too") {
  struct dripping_source final : body_source {
    std::size_t left = 400;
    bool ready = false;
    errc begin(body_limits) noexcept override { return errc::none; }
    std::uint64_t length() const noexcept override { return unknown_length; }
    io_result read_some(std::span<char> out) noexcept override {
      if (left == 0) return io_status::closed;
      if (!std::exchange(ready, false)) return io_status::want_read;
      --left;
      out[0] = 'x';
      return io_result::moved(1);
    }
  } drip;
  by_hand d{{.chunking = true}};
  d.send(one_mail, drip);
  d.open(all_offers);
  (void)d.say();
  d.hear("250 a\r\n250 b\r\n");
  std::string wire;
  for (int second = 0; second < 410; ++second) {
    d.now += 1000;
    drip.ready = true;
    wire += d.say();
    d.talk.expire();
  }
  CHECK(wire.find("BDAT 400 LAST\r\n") != std::string::npos);
}

TEST_CASE(
    "a farewell that waits on a kept connection says that it was idle, and not that a mail "
    "failed") {
  text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
  by_hand d{{}};
  envelope mail = one_mail;
  mail.then = after::stay;
  d.send(mail, text);
  d.open("250-mx\r\n250 PIPELINING\r\n");
  (void)d.say();
  d.hear("250 a\r\n250 b\r\n354 go\r\n");
  (void)d.say();
  d.hear("250 taken\r\n");
  REQUIRE(d.talk.take_finished());
  d.send(mail, text);
  d.hear("421 4.4.2 idle for too long\r\n");
  REQUIRE(d.talk.take_finished());
  CHECK(d.talk.result().error == errc::idle_closed);
  CHECK(d.talk.result().retry == retry::later);
}
