// SPDX-License-Identifier: BSL-1.0
// session_test.cpp: the dialogues of a submission, each swept over every kind of link.
#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/text/stream_source.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

const std::string two[] = {"a@example.org", "b@example.org"};
const std::string_view two_recipients[] = {two[0], two[1]};
constexpr const char* two_flight =
    "MAIL FROM:<mote@example.org>\r\nRCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA";

struct noted_reply {
  std::size_t index;
  std::string address;
  int code;
  std::string text;
  friend bool operator==(const noted_reply&, const noted_reply&) = default;
};

struct notebook final : recipient_listener {
  std::vector<noted_reply> replies;
  void on_recipient(const recipient_reply& r) noexcept override {
    replies.push_back({r.index, std::string{r.address}, r.code, std::string{r.server_text}});
  }
};

}  // namespace

// ---- what is delivered ---------------------------------------------------------------------

TEST_CASE("a mail goes out over STARTTLS with a login, in as few flights as may be") {
  sasl::plain login{"mote", "secret"};
  dialogue d{"220 mx ready",
             "EHLO mote",
             "250-mx\r\n250-STARTTLS\r\n250 PIPELINING",
             "STARTTLS",
             "220 go ahead",
             "<TLS>",
             "<TLS>",
             "EHLO mote",
             "250-mx\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN",
             "AUTH PLAIN AG1vdGUAc2VjcmV0",
             "235 2.7.0 welcome",
             envelope_flight,
             accepted_flight,
             message,
             "250 2.0.0 queued as 17",
             "QUIT",
             "221 bye"};
  d.settings().auth = &login;
  const outcome o = d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
  CHECK(o.code == 250);
  CHECK(o.enhanced == enhanced_code{2, 0, 0});
  CHECK(o.server_text == "2.0.0 queued as 17");
  CHECK(o.accepted == 1);
  CHECK(o.refused == 0);
  CHECK(d.sent() ==
        "EHLO mote\r\nSTARTTLS\r\n<TLS>EHLO mote\r\nAUTH PLAIN AG1vdGUAc2VjcmV0\r\n"
        "MAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\nDATA\r\n"
        "Subject: hot\r\n\r\n84 C\r\n.\r\nQUIT\r\n");
}

TEST_CASE("implicit TLS comes before the greeting") {
  dialogue d{"",
             "<TLS>",
             "<TLS>220 mx ready\r\n",
             "EHLO mote",
             "250 mx",
             "MAIL FROM:<mote@example.org>",
             "250 ok",
             "RCPT TO:<ops@example.org>",
             "250 ok",
             "DATA",
             "354 go",
             message,
             "250 ok",
             "QUIT",
             "221 bye"};
  d.settings().security = security::implicit_tls;
  CHECK(d.run().fate == fate::delivered);
  CHECK(d.sent().starts_with("<TLS>EHLO mote\r\nMAIL"));
}

TEST_CASE("without PIPELINING every command waits for the reply before it") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>", "250 ok",
                         "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go", message, "250 ok",
                         "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("PIPELINING that is offered can be switched off") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING",
                         "MAIL FROM:<mote@example.org>", "250 ok", "RCPT TO:<ops@example.org>",
                         "250 ok", "DATA", "354 go", message, "250 ok", "QUIT", "221 bye"});
  d.settings().pipelining = false;
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("HELO will do where neither TLS nor a login is asked for") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "502 what", "HELO mote", "250 mx",
                         "MAIL FROM:<mote@example.org>", "250 ok", "RCPT TO:<ops@example.org>",
                         "250 ok", "DATA", "354 go", message, "250 ok", "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a mail without a sender and without a text is a mail") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING",
                         "MAIL FROM:<>\r\nRCPT TO:<ops@example.org>\r\nDATA", accepted_flight, ".",
                         "250 ok", "QUIT", "221 bye"});
  d.mail().from = "";
  d.body("");
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("dots are stuffed and line ends repaired on the way") {
  dialogue d =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight, accepted_flight,
                "..\r\n...\r\na.b\r\n\r\n..c\r\n..\r\n.", "250 ok", "QUIT", "221 bye"});
  d.body(".\n..\r\na.b\r\r\n.c\n.");
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a server that hangs up instead of answering QUIT has taken the mail all the same") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", ""});
  d.closes_at_end();
  const outcome o = d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
}

TEST_CASE("MAIL says what the server can use: SIZE; but not 8BITMIME of a message in ASCII") {
  dialogue d =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-SIZE 1000\r\n250 8bitmime",
                "MAIL FROM:<mote@example.org> SIZE=22", "250 ok", "RCPT TO:<ops@example.org>",
                "250 ok", "DATA", "354 go", message, "250 ok", "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a message with an octet over 127 is announced as 8BITMIME") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 8BITMIME",
                         "MAIL FROM:<mote@example.org> BODY=8BITMIME", "250 ok",
                         "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go",
                         "Subject: hot\r\n\r\n84 \xB0\x43\r\n.", "250 ok", "QUIT", "221 bye"});
  d.body("Subject: hot\n\n84 \xB0\x43\n");
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a message with an octet over 127 gets no MAIL where there is no 8BITMIME") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 SMTPUTF8", "QUIT", "221 bye"});
  d.body("Subject: hot\n\n84 \xB0\x43\n");
  const outcome o = d.run();
  CHECK(o.error == errc::eight_bit_needed);
  CHECK(o.phase == phase::mail);
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.retry == retry::after_change);
}

TEST_CASE("a message that must be binary gets no MAIL where there are no chunks") {
  text_source binary{"Subject: hot\n\n84 C\n", body_kind::binary};
  dialogue d = in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250-8BITMIME\r\n250 BINARYMIME", "QUIT", "221 bye"});
  d.source([&]() -> body_source& { return binary; });
  const outcome o = d.run();
  CHECK(o.error == errc::binary_needed);
  CHECK(o.retry == retry::after_change);
}

TEST_CASE("a message from a stream that nobody knows is announced where it can be") {
  struct generator {
    io_result read_some(std::span<char> out) noexcept {
      if (done) return io_status::closed;
      done = true;
      out[0] = '9';
      return io_result::moved(1);
    }
    bool rewind() noexcept {
      done = false;
      return true;
    }
    bool done = false;
  } reader;
  stream_source source{reader};
  for (const bool offered : {false, true}) {
    dialogue d =
        in_clear({"220 mx", "EHLO mote", offered ? "250-mx\r\n250 8BITMIME" : "250 mx",
                  std::string{"MAIL FROM:<mote@example.org>"} + (offered ? " BODY=8BITMIME" : ""),
                  "250 ok", "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go", "9\r\n.",
                  "250 ok", "QUIT", "221 bye"});
    d.source([&]() -> body_source& { return source; });
    CHECK(d.run().fate == fate::delivered);
  }
}

TEST_CASE("an address that is not ASCII asks for SMTPUTF8") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 SMTPUTF8",
                         "MAIL FROM:<mote@example.org> SMTPUTF8", "250 ok",
                         "RCPT TO:<j\xC3\xB6rg@example.org>", "250 ok", "DATA", "354 go", message,
                         "250 ok", "QUIT", "221 bye"});
  d.mail().to = "j\xC3\xB6rg@example.org";
  CHECK(d.run().fate == fate::delivered);
}

// ---- what is refused, and by whom ----------------------------------------------------------

TEST_CASE("a recipient that is refused does not keep the mail from the others") {
  notebook heard;
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", two_flight,
                         "250 ok\r\n550 5.1.1 who?\r\n250 fine\r\n354 go", message, "250 ok",
                         "QUIT", "221 bye"});
  d.mail().to = two_recipients;
  d.mail().listener = &heard;
  const outcome o = d.play();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
  CHECK(o.accepted == 1);
  CHECK(o.refused == 1);
  CHECK(heard.replies == std::vector<noted_reply>{{0, "a@example.org", 550, "5.1.1 who?"},
                                                  {1, "b@example.org", 250, "fine"}});
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a mail whose every recipient is refused is not delivered, and a 354 gets a lone dot") {
  for (const char* final_reply : {"554 no valid recipients", "250 queued, to nobody"}) {
    dialogue d =
        in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                  "250 ok\r\n550 5.1.1 who?\r\n354 go", ".", final_reply, "QUIT", "221 bye"});
    const outcome o = d.run();
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == errc::recipients_refused);
    CHECK(o.phase == phase::rcpt);
    CHECK(o.code == 550);
    CHECK(o.enhanced == enhanced_code{5, 1, 1});
    CHECK(o.server_text == "5.1.1 who?");
    CHECK(o.retry == retry::no);
    CHECK(d.sent().ends_with("DATA\r\n.\r\nQUIT\r\n"));
  }
}

TEST_CASE("in lock-step DATA is not even said when every recipient is refused") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>", "250 ok",
                         "RCPT TO:<ops@example.org>", "450 4.2.0 greylisted", "QUIT", "221 bye"});
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::recipients_refused);
  CHECK(o.retry == retry::later);
}

TEST_CASE("of several refusals, one that may be taken back is worth another try") {
  dialogue d =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", two_flight,
                "250 ok\r\n452 4.5.3 later\r\n550 5.1.1 who?\r\n554 nobody", "QUIT", "221 bye"});
  d.mail().to = two_recipients;
  const outcome o = d.run();
  CHECK(o.error == errc::recipients_refused);
  CHECK(o.code == 452);
  CHECK(o.server_text == "");  // the words kept are only ever those of the code
  CHECK(o.retry == retry::later);
}

TEST_CASE("recipients::all: DATA waits for every RCPT, and one refusal refuses the mail") {
  dialogue d = in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING",
       "MAIL FROM:<mote@example.org>\r\nRCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>",
       "250 ok\r\n550 5.1.1 who?\r\n250 ok", "QUIT", "221 bye"});
  d.mail().to = two_recipients;
  d.mail().deliver_if = recipients::all;
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::recipients_refused);
  CHECK(o.code == 550);
  CHECK(o.retry == retry::no);
  CHECK(o.accepted == 1);
  CHECK(o.refused == 1);
  CHECK(d.sent().find("DATA") == std::string::npos);
}

TEST_CASE("recipients::all: a mail that everybody may get is delivered") {
  dialogue d = in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING",
       "MAIL FROM:<mote@example.org>\r\nRCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>",
       "250 ok\r\n251 forwarded\r\n252 will try", "DATA", "354 go", message, "250 ok", "QUIT",
       "221 bye"});
  d.mail().to = two_recipients;
  d.mail().deliver_if = recipients::all;
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("recipients::all in lock-step stops at the first refusal") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>", "250 ok",
                         "RCPT TO:<a@example.org>", "451 4.3.0 later", "QUIT", "221 bye"});
  d.mail().to = two_recipients;
  d.mail().deliver_if = recipients::all;
  const outcome o = d.run();
  CHECK(o.error == errc::recipients_refused);
  CHECK(o.code == 451);
  CHECK(o.retry == retry::later);
}

TEST_CASE("a refused sender is the reason, whatever the rest of the flight comes to") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         "553 5.1.8 not you\r\n503 what\r\n503 what", "QUIT", "221 bye"});
  const outcome o = d.run();
  CHECK(o.error == errc::mail_refused);
  CHECK(o.phase == phase::mail);
  CHECK(o.code == 553);
  CHECK(o.server_text == "5.1.8 not you");
}

TEST_CASE("a sender refused in lock-step ends the mail at once") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>",
                         "452 4.3.1 disk full", "QUIT", "221 bye"});
  const outcome o = d.run();
  CHECK(o.error == errc::mail_refused);
  CHECK(o.retry == retry::later);
}

TEST_CASE("a sender refused, yet recipients and DATA accepted, is not delivered") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         "550 no\r\n250 ok\r\n354 go", ".", "250 ok", "QUIT", "221 bye"});
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::mail_refused);
}

TEST_CASE("a refused DATA and a refused message are told apart") {
  dialogue at_data = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                               "250 ok\r\n250 ok\r\n451 4.3.0 no", "QUIT", "221 bye"});
  outcome o = at_data.run();
  CHECK(o.error == errc::data_refused);
  CHECK(o.phase == phase::data);
  CHECK(o.retry == retry::later);

  dialogue at_the_end =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight, accepted_flight,
                message, "554 5.7.1 spam", "QUIT", "221 bye"});
  o = at_the_end.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::message_refused);
  CHECK(o.phase == phase::accept);
  CHECK(o.code == 554);
  CHECK(o.retry == retry::no);
}

TEST_CASE("a final reply that is neither yes nor no leaves the fate unknown") {
  for (const char* odd : {"354 go on", "150 wait", "25x what", "999 what"}) {
    dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                           accepted_flight, message, odd});
    const outcome o = d.run();
    CHECK(o.fate == fate::unknown);
    CHECK(o.phase == phase::accept);
    CHECK(o.retry == retry::no);
    CHECK(d.sent().ends_with("\r\n.\r\nQUIT\r\n"));
  }
}

TEST_CASE("a connection lost after the final dot leaves the fate unknown") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, ""});
  d.closes_at_end();
  const outcome o = d.run();
  CHECK(o.fate == fate::unknown);
  CHECK(o.error == errc::closed_before_reply);
}

TEST_CASE("an end of the stream before a reply and inside one are two errors") {
  dialogue before = in_clear({"220 mx", "EHLO mote", ""});
  before.closes_at_end();
  CHECK(before.run().error == errc::closed_before_reply);
  dialogue inside = in_clear({"220 mx", "EHLO mote", "250-mx\n"});
  inside.closes_at_end();
  CHECK(inside.run().error == errc::closed_in_reply);
}

TEST_CASE("a greeting that refuses service is answered with goodbye") {
  dialogue d = in_clear({"554 5.3.2 no service", "QUIT", "221 bye"});
  const outcome o = d.run();
  CHECK(o.error == errc::greeting_refused);
  CHECK(o.phase == phase::greeting);
  CHECK(o.code == 554);
  CHECK(d.sent() == "QUIT\r\n");
}

TEST_CASE("421 means later, at whichever step it comes, and whether or not anything was asked") {
  sasl::plain login{"mote", "secret"};
  const std::vector<std::string> full{"220 mx ready",
                                      "EHLO mote",
                                      "250-mx\r\n250-STARTTLS\r\n250 PIPELINING",
                                      "STARTTLS",
                                      "220 go ahead",
                                      "<TLS>",
                                      "<TLS>",
                                      "EHLO mote",
                                      "250-mx\r\n250 AUTH PLAIN",
                                      "AUTH PLAIN AG1vdGUAc2VjcmV0",
                                      "235 welcome",
                                      "MAIL FROM:<mote@example.org>",
                                      "250 ok",
                                      "RCPT TO:<ops@example.org>",
                                      "250 ok",
                                      "DATA",
                                      "354 go",
                                      message};
  for (std::size_t server_turn = 0; server_turn <= full.size(); server_turn += 2) {
    if (server_turn == 6) continue;  // inside the handshake there are no replies
    std::vector<std::string> turns{full.begin(), full.begin() + static_cast<long>(server_turn)};
    turns.push_back("421 4.3.2 going down");
    dialogue d{turns};
    d.settings().auth = &login;
    const outcome o = d.run();
    CAPTURE(server_turn);
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == errc::service_closing);
    CHECK(o.code == 421);
    CHECK(o.retry == retry::later);
    CHECK(d.sent().find("QUIT") == std::string::npos);
  }
  dialogue early = in_clear({"220 mx\r\n421 on second thought"});
  const outcome o = early.run_out_of_turn();
  CHECK(o.error == errc::service_closing);
  CHECK(o.retry == retry::later);
}

// ---- encryption ----------------------------------------------------------------------------

TEST_CASE("a server that withdraws STARTTLS gets neither mail nor password") {
  sasl::plain login{"mote", "secret"};
  dialogue d{"220 mx ready", "EHLO mote", "250-mx\r\n250 AUTH PLAIN", "QUIT", "221 bye"};
  d.settings().auth = &login;
  const outcome o = d.run();
  CHECK(o.error == errc::tls_unavailable);
  CHECK(o.phase == phase::ehlo);
  CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
}

TEST_CASE("a server that refuses STARTTLS gets neither mail nor password") {
  sasl::plain login{"mote", "secret"};
  dialogue d{"220 mx ready", "EHLO mote",         "250-mx\r\n250-AUTH PLAIN\r\n250 STARTTLS",
             "STARTTLS",     "454 4.7.0 not now", "QUIT",
             "221 bye"};
  d.settings().auth = &login;
  const outcome o = d.run();
  CHECK(o.error == errc::tls_refused);
  CHECK(o.retry == retry::later);
  CHECK(d.sent() == "EHLO mote\r\nSTARTTLS\r\nQUIT\r\n");
}

TEST_CASE("with TLS asked for there is no way down to HELO") {
  dialogue d{"220 mx ready", "EHLO mote", "502 what", "QUIT", "221 bye"};
  CHECK(d.run().error == errc::ehlo_refused);
  CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
}

TEST_CASE("octets between the 220 to STARTTLS and TLS end the session") {
  sasl::plain login{"mote", "secret"};
  for (const char* injected :
       {"220 go ahead\r\n250 AUTH PLAIN\r\n", "220 go ahead\r\n\n", "220 go ahead\r\n2"}) {
    dialogue d{"220 mx ready", "EHLO mote", "250-mx\r\n250 STARTTLS", "STARTTLS", injected};
    d.settings().auth = &login;
    d.closes_at_end();
    const outcome o = d.run_out_of_turn();
    CHECK(o.error == errc::tls_injection);
    CHECK(o.fate == fate::not_delivered);
    CHECK(d.sent() == "EHLO mote\r\nSTARTTLS\r\n");
  }
}

TEST_CASE("what was offered before TLS is forgotten inside it") {
  sasl::plain login{"mote", "secret"};
  dialogue d{"220 mx ready",
             "EHLO mote",
             "250-mx\r\n250-STARTTLS\r\n250-PIPELINING\r\n250-SIZE 10\r\n250 AUTH PLAIN",
             "STARTTLS",
             "220 go",
             "<TLS>",
             "<TLS>",
             "EHLO mote",
             "250 mx",
             "QUIT",
             "221 bye"};
  d.settings().auth = &login;
  CHECK(d.run().error == errc::auth_unavailable);
  dialogue without_login{"220 mx ready",
                         "EHLO mote",
                         "250-mx\r\n250-STARTTLS\r\n250-PIPELINING\r\n250 SIZE 10",
                         "STARTTLS",
                         "220 go",
                         "<TLS>",
                         "<TLS>",
                         "EHLO mote",
                         "250 mx",
                         "MAIL FROM:<mote@example.org>",
                         "250 ok",
                         "RCPT TO:<ops@example.org>",
                         "250 ok",
                         "DATA",
                         "354 go",
                         message,
                         "250 ok",
                         "QUIT",
                         "221 bye"};
  CHECK(without_login.run().fate == fate::delivered);
}

TEST_CASE("STARTTLS that is still offered inside TLS is not taken again") {
  dialogue d{"220 mx ready",  "EHLO mote",     "250-mx\r\n250 STARTTLS",
             "STARTTLS",      "220 go",        "<TLS>",
             "<TLS>",         "EHLO mote",     "250-mx\r\n250-STARTTLS\r\n250 PIPELINING",
             envelope_flight, accepted_flight, message,
             "250 ok",        "QUIT",          "221 bye"};
  CHECK(d.run().fate == fate::delivered);
}

// ---- logins --------------------------------------------------------------------------------

TEST_CASE("LOGIN answers two questions of any words") {
  sasl::login login{"mote", "secret"};
  dialogue d =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 AUTH LOGIN", "AUTH LOGIN",
                "334 VXNlciBOYW1lAA==", "bW90ZQ==", "334", "c2VjcmV0", "235 ok", envelope_flight,
                accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  d.settings().auth = &login;
  d.settings().cleartext_auth = cleartext_auth::any;
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a refused login ends the session before the mail, and is tried once") {
  sasl::plain login{"mote", "secret"};
  dialogue d =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 AUTH PLAIN", "AUTH PLAIN AG1vdGUAc2VjcmV0",
                "535 5.7.8 bad credentials", "QUIT", "221 bye"});
  d.settings().auth = &login;
  d.settings().cleartext_auth = cleartext_auth::any;
  const outcome o = d.run();
  CHECK(o.error == errc::auth_refused);
  CHECK(o.phase == phase::auth);
  CHECK(o.code == 535);
  CHECK(o.retry == retry::after_change);
}

TEST_CASE("a password is not sent in clear, whatever the server offers") {
  sasl::plain login{"mote", "secret"};
  for (const auto allowed : {cleartext_auth::never, cleartext_auth::challenge_only}) {
    dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 AUTH PLAIN", "QUIT", "221 bye"});
    d.settings().auth = &login;
    d.settings().cleartext_auth = allowed;
    CHECK(d.run().error == errc::auth_needs_tls);
    CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
  }
}

TEST_CASE("a login that is not offered is an error, and never left out") {
  sasl::plain login{"mote", "secret"};
  for (const char* offered : {"250 mx", "250-mx\r\n250 AUTH", "250-mx\r\n250 AUTH LOGIN",
                              "250-mx\r\n250 AUTH PLAIN-CLIENTTOKEN"}) {
    dialogue d = in_clear({"220 mx", "EHLO mote", offered, "QUIT", "221 bye"});
    d.settings().auth = &login;
    d.settings().cleartext_auth = cleartext_auth::any;
    CHECK(d.run().error == errc::auth_unavailable);
    CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
  }
}

TEST_CASE("a response too long for the AUTH line waits for the empty challenge") {
  const std::string password(400, 'x');
  sasl::plain login{"mote", password};
  std::string response = "AG1vdGUAeHh4";  // NUL mote NUL xxx, and then groups of xxx
  for (int i = 0; i < 132; ++i) response += "eHh4";
  response += "eA==";
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 AUTH PLAIN",
                         "AUTH PLAIN", "334 ", response, "235 ok", envelope_flight, accepted_flight,
                         message, "250 ok", "QUIT", "221 bye"});
  d.settings().auth = &login;
  d.settings().cleartext_auth = cleartext_auth::any;
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a response that no server has to take ends the session before its line is complete") {
  for (const std::size_t octets : {9'210u, 9'211u}) {  // 9,216 with the name: 12,288 in base64
    const std::string password(octets, 'x');
    sasl::plain login{"mote", password};
    dialogue d =
        in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 AUTH PLAIN", "AUTH PLAIN", "334 ", ""});
    d.settings().auth = &login;
    d.settings().cleartext_auth = cleartext_auth::any;
    const outcome o = d.play();
    const bool fits = octets == 9'210;
    CHECK(o.error == (fits ? errc::timeout : errc::response_too_long));
    CHECK(o.phase == phase::auth);
    CHECK(d.sent().ends_with("\r\n") == fits);
  }
}

TEST_CASE("a challenge that is no base64, or one too many, is canceled") {
  sasl::login login{"mote", "secret"};
  const auto check = [&](std::initializer_list<std::string> turns) {
    dialogue d = in_clear(turns);
    d.settings().auth = &login;
    d.settings().cleartext_auth = cleartext_auth::any;
    const outcome o = d.run();
    CHECK(o.error == errc::bad_challenge);
    CHECK(o.phase == phase::auth);
    CHECK(d.sent().ends_with("*\r\nQUIT\r\n"));
  };
  check({"220 mx", "EHLO mote", "250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN", "334 Us?rname", "*",
         "501 canceled", "QUIT", "221 bye"});
  check({"220 mx", "EHLO mote", "250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN", "334 VXNlcm5hbWU", "*",
         "501 canceled", "QUIT", "221 bye"});
  check({"220 mx", "EHLO mote", "250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN", "334 ",
         "bW90ZQ==", "334 ", "c2VjcmV0", "334 ", "*", "501 canceled", "QUIT", "221 bye"});
}

// ---- several mails on a connection ---------------------------------------------------------

TEST_CASE("the next mail on a connection is a flight of its own, with RSET after a failed one") {
  dialogue d = in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight, accepted_flight, message,
       "250 first", envelope_flight, "250 ok\r\n550 who?\r\n554 nobody",
       std::string{"RSET\r\n"} + envelope_flight, std::string{"250 reset\r\n"} + accepted_flight,
       message, "250 third", "QUIT", "221 bye"});
  d.mail().then = after::stay;
  std::vector<fate> fates;
  text_source again{"Subject: hot\r\n\r\n84 C\r\n"};
  bool quitting = false;
  d.meanwhile([&](dialogue::client_type& smtp, std::size_t round) {
    if (round == 0) {
      fates.clear();
      quitting = false;
      return;
    }
    if (!smtp.idle() || quitting) return;
    fates.push_back(smtp.result().fate);
    envelope next = d.mail();
    if (fates.size() == 2) next.then = after::quit;
    if (fates.size() < 3) {
      CHECK(smtp.is_open());
      REQUIRE(smtp.send(next, again) == errc::none);
    } else {
      quitting = true;
    }
  });
  CHECK(d.play().fate == fate::delivered);
  CHECK(fates == std::vector{fate::delivered, fate::not_delivered, fate::delivered});
  CHECK(d.sent().ends_with("QUIT\r\n"));
}

TEST_CASE("a connection that was kept can be ended without a mail") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  d.mail().then = after::stay;
  d.meanwhile([&](dialogue::client_type& smtp, std::size_t) {
    if (smtp.idle() && smtp.is_open()) CHECK(smtp.quit() == errc::none);
  });
  CHECK(d.play().fate == fate::delivered);
  CHECK(d.sent().ends_with("QUIT\r\n"));
}

TEST_CASE("one mail at a time: a second send is told so, and changes nothing") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  text_source other{"other"};
  d.meanwhile([&](dialogue::client_type& smtp, std::size_t) {
    if (!smtp.idle()) CHECK(smtp.send({.from = "x@y", .to = "z@y"}, other) == errc::busy);
  });
  CHECK(d.play().fate == fate::delivered);
  CHECK(d.sent().find("x@y") == std::string::npos);
}

// ---- what cannot be sent -------------------------------------------------------------------

TEST_CASE("an address that needs SMTPUTF8 is refused before MAIL when the server has none") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250 mx", "QUIT", "221 bye"});
  d.mail().to = "j\xC3\xB6rg@example.org";
  const outcome o = d.run();
  CHECK(o.error == errc::smtputf8_needed);
  CHECK(o.retry == retry::after_change);
  CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
}

TEST_CASE("a message over the server's size is refused before MAIL") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 SIZE 21", "QUIT", "221 bye"});
  CHECK(d.run().error == errc::message_too_large);
  dialogue unlimited = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 SIZE 0",
                                 "MAIL FROM:<mote@example.org> SIZE=22\r\n"
                                 "RCPT TO:<ops@example.org>\r\nDATA",
                                 accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  CHECK(unlimited.run().fate == fate::delivered);
}

TEST_CASE(
    "more recipients than a mail may have: an error for `all`, another transaction for `any`") {
  const std::initializer_list<std::string> turns{
      "220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=1", "QUIT", "221 bye"};
  dialogue all = in_clear(turns);
  all.mail().to = two_recipients;
  all.mail().deliver_if = recipients::all;
  CHECK(all.run().error == errc::too_many_recipients);
  CHECK(all.sent() == "EHLO mote\r\nQUIT\r\n");

  dialogue any = in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=1",
       "MAIL FROM:<mote@example.org>\r\nRCPT TO:<a@example.org>\r\nDATA", accepted_flight, message,
       "250 ok", "MAIL FROM:<mote@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA", accepted_flight,
       message, "250 ok", "QUIT", "221 bye"});
  any.mail().to = two_recipients;
  const outcome o = any.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.accepted == 2);
  CHECK(o.refused == 0);
}

TEST_CASE("no control octet of any string of the user's reaches the wire") {
  for (const char bad : {'\r', '\n', '\0', '\x1B', '\x7F'}) {
    const std::string s = std::string{"a"} + bad + "b";
    const std::string mailbox = s + "@example.org";
    const auto refusal = [&](auto change) {
      sasl::plain login{"mote", "secret"};
      dialogue d = in_clear({""});
      d.settings().auth = &login;
      change(d);
      const outcome o = d.play();
      CHECK(d.sent().empty());
      return o.error;
    };
    CHECK(refusal([&](dialogue& d) { d.settings().helo = s; }) == errc::bad_helo);
    CHECK(refusal([&](dialogue& d) { d.mail().from = mailbox; }) == errc::bad_reverse_path);
    CHECK(refusal([&](dialogue& d) { d.mail().to = mailbox; }) == errc::bad_recipient);
    CHECK(refusal([&](dialogue& d) {
            d.settings().security = security::starttls;
            d.settings().host = s;
          }) == errc::bad_host);
    sasl::plain user{s, "secret"};
    CHECK(refusal([&](dialogue& d) { d.settings().auth = &user; }) == errc::bad_username);
    sasl::plain password{"mote", s};
    CHECK(refusal([&](dialogue& d) { d.settings().auth = &password; }) == errc::bad_password);
    sasl::plain identity{"mote", "secret", s};
    CHECK(refusal([&](dialogue& d) { d.settings().auth = &identity; }) == errc::bad_authorization);
    sasl::login old_user{s, "secret"};
    CHECK(refusal([&](dialogue& d) { d.settings().auth = &old_user; }) == errc::bad_username);
    sasl::login old_password{"mote", s};
    CHECK(refusal([&](dialogue& d) { d.settings().auth = &old_password; }) == errc::bad_password);
  }
}

TEST_CASE("an EHLO name may be an address in brackets, or digits only") {
  for (const char* name : {"[192.0.2.7]", "[IPv6:2001:db8::7]", "17"}) {
    const std::string hello = std::string{"EHLO "} + name;
    dialogue d = in_clear({"220 mx", hello, "250-mx\r\n250 PIPELINING", envelope_flight,
                           accepted_flight, message, "250 ok", "QUIT", "221 bye"});
    d.settings().helo = name;
    CHECK(d.run().fate == fate::delivered);
    CHECK(d.sent() == hello + "\r\n" + envelope_flight + "\r\n" + message + "\r\nQUIT\r\n");
  }
}

TEST_CASE("what a refused EHLO seems to offer is not believed after HELO") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "502-what\r\n502-PIPELINING\r\n502 SIZE 10",
                         "HELO mote", "250-mx\r\n250 8BITMIME", "MAIL FROM:<mote@example.org>",
                         "250 ok", "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go", message,
                         "250 ok", "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);
}
