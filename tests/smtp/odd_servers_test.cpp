// SPDX-License-Identifier: BSL-1.0
// odd_servers_test.cpp: the quirks of real servers, one a dialogue. Be calm in what is read.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

sasl::plain plain{"mote", "secret"};
sasl::login login{"mote", "secret"};

// The whole way with one of the server's turns said otherwise.
dialogue with_turn(std::size_t which, std::string said) {
  std::vector<std::string> turns = whole_way;
  turns[which] = std::move(said);
  dialogue d{turns};
  d.settings().auth = &plain;
  return d;
}

// What the client says in a dialogue.
std::string said_in(const std::vector<std::string>& turns) {
  std::string all;
  for (std::size_t i = 1; i < turns.size(); i += 2) {
    all += turns[i] == "<TLS>" ? turns[i] : turns[i] + "\r\n";
  }
  return all;
}

void check_delivered(dialogue& d) {
  const outcome o = d.run();
  CHECK(o.error == errc::none);
  CHECK(o.fate == fate::delivered);
  CHECK(d.sent() == said_in(whole_way));
}

constexpr std::size_t replies[] = {turn::greeting, turn::ehlo, turn::starttls, turn::ehlo_again,
                                   turn::auth,     turn::mail, turn::rcpt,     turn::data,
                                   turn::accept,   turn::quit};

}  // namespace

// ---- replies -------------------------------------------------------------------------------

TEST_CASE("a reply may have several lines, at every step") {
  for (const std::size_t step : replies) {
    CAPTURE(step);
    const std::string code = whole_way[step].substr(0, 3);
    const std::string last = whole_way[step].substr(whole_way[step].rfind('\n') + 1);
    dialogue d = with_turn(step, code + "-first\r\n" + code + "-\r\n" + last);
    check_delivered(d);
  }
}

TEST_CASE("a server whose lines end in LF alone is understood") {
  std::vector<std::string> turns = whole_way;
  for (const std::size_t step : replies) {
    std::string lines;
    for (const char c : turns[step]) lines += c == '\r' ? "" : std::string{c};
    turns[step] = lines + "\n";
  }
  dialogue d{turns};
  d.settings().auth = &plain;
  check_delivered(d);
}

TEST_CASE("a reply may be a bare code, a code and a hyphen, or blank, at every step") {
  for (const std::size_t step : replies) {
    if (step == turn::ehlo || step == turn::ehlo_again) continue;  // where words are needed
    const std::string code = whole_way[step].substr(0, 3);
    for (const std::string& said :
         {code, code + " ", code + "-\r\n" + code, code + "  two spaces", code + "     "}) {
      CAPTURE(said);
      dialogue d = with_turn(step, said);
      check_delivered(d);
    }
  }
  dialogue bare =
      in_clear({"220", "EHLO mote", "250-\r\n250", "MAIL FROM:<mote@example.org>", "250",
                "RCPT TO:<ops@example.org>", "250", "DATA", "354", message, "250", "QUIT", "221"});
  CHECK(bare.run().fate == fate::delivered);
}

TEST_CASE("lines over 512 octets, NUL, control and 8-bit octets in a text are survived") {
  std::string odd{" a\0b\x01\x7F\xC3\xA4\xFF\x1B[2J", 13};
  odd += std::string(510, 'x');
  for (const std::size_t step : replies) {
    CAPTURE(step);
    const std::string code = whole_way[step].substr(0, 3);
    const std::string last = whole_way[step].substr(whole_way[step].rfind('\n') + 1);
    dialogue d = with_turn(step, code + "-" + odd + "\r\n" + last);
    check_delivered(d);
  }
  dialogue refused = with_turn(turn::mail, "550 a" + std::string{"\0", 1} + "b\xC3\xA4\x1B[2J");
  CHECK(refused.play().server_text == "a?b???[2J");
}

TEST_CASE("NUL, control and 8-bit octets in place of a code are no reply, at every step") {
  const std::string no_replies[] = {{"\0\0\0", 3}, {"2\0\60 hi", 6}, {"\xB2\xB5\xB0 hi"},
                                    {"\x1B[2J"},   {"250\0hi", 6},   {"\r250 hi"}};
  for (const std::size_t step : replies) {
    for (const std::string& said : no_replies) {
      CAPTURE(step);
      CAPTURE(said);
      dialogue d = with_turn(step, said);
      // Swept is one of them a step, and each of them at some step.
      const bool is_swept =
          &said - no_replies == static_cast<long>(step / 2 % std::size(no_replies));
      const outcome o = is_swept ? d.run() : d.play();
      if (step == turn::quit) {
        CHECK(o.fate == fate::delivered);
        continue;
      }
      CHECK(o.error == errc::malformed_reply);
      CHECK(o.fate == (step == turn::accept ? fate::unknown : fate::not_delivered));
      CHECK_FALSE(d.sent().ends_with("QUIT\r\n"));
    }
  }
}

TEST_CASE("the first digit decides: every 2xx is a yes") {
  for (const std::size_t step :
       {turn::greeting, turn::starttls, turn::auth, turn::mail, turn::rcpt, turn::accept}) {
    for (const char* code : {"200", "250", "251", "252", "299"}) {
      CAPTURE(step);
      CAPTURE(code);
      dialogue d = with_turn(step, std::string{code} + " as you like");
      check_delivered(d);
    }
  }
}

TEST_CASE("a wrong first digit at any step ends the mail there, and is said as what it is") {
  struct row {
    std::size_t step;
    char digit;
    errc error;
    fate becomes;
    phase where;
    retry again;
    bool goodbye;
  };
  constexpr fate no = fate::not_delivered;
  constexpr errc odd = errc::unexpected_reply;
  constexpr row table[] = {
      {turn::greeting, '1', odd, no, phase::greeting, retry::no, true},
      {turn::greeting, '3', odd, no, phase::greeting, retry::no, true},
      {turn::greeting, '4', errc::greeting_refused, no, phase::greeting, retry::later, true},
      {turn::greeting, '5', errc::greeting_refused, no, phase::greeting, retry::no, true},
      {turn::ehlo, '1', odd, no, phase::ehlo, retry::no, true},
      {turn::ehlo, '3', odd, no, phase::ehlo, retry::no, true},
      {turn::ehlo, '4', errc::ehlo_refused, no, phase::ehlo, retry::later, true},
      {turn::ehlo, '5', errc::ehlo_refused, no, phase::ehlo, retry::no, true},
      {turn::starttls, '1', odd, no, phase::starttls, retry::no, true},
      {turn::starttls, '3', odd, no, phase::starttls, retry::no, true},
      {turn::starttls, '4', errc::tls_refused, no, phase::starttls, retry::later, true},
      {turn::starttls, '5', errc::tls_refused, no, phase::starttls, retry::no, true},
      {turn::ehlo_again, '1', odd, no, phase::ehlo, retry::no, true},
      {turn::ehlo_again, '3', odd, no, phase::ehlo, retry::no, true},
      {turn::ehlo_again, '4', errc::ehlo_refused, no, phase::ehlo, retry::later, true},
      {turn::ehlo_again, '5', errc::ehlo_refused, no, phase::ehlo, retry::no, true},
      {turn::auth, '1', odd, no, phase::auth, retry::no, true},
      {turn::auth, '3', odd, no, phase::auth, retry::no, true},
      {turn::auth, '4', errc::auth_refused, no, phase::auth, retry::later, true},
      {turn::auth, '5', errc::auth_refused, no, phase::auth, retry::after_change, true},
      {turn::mail, '1', odd, no, phase::mail, retry::no, true},
      {turn::mail, '3', odd, no, phase::mail, retry::no, true},
      {turn::mail, '4', errc::mail_refused, no, phase::mail, retry::later, true},
      {turn::mail, '5', errc::mail_refused, no, phase::mail, retry::no, true},
      {turn::rcpt, '1', odd, no, phase::rcpt, retry::no, true},
      {turn::rcpt, '3', odd, no, phase::rcpt, retry::no, true},
      {turn::rcpt, '4', errc::recipients_refused, no, phase::rcpt, retry::later, true},
      {turn::rcpt, '5', errc::recipients_refused, no, phase::rcpt, retry::no, true},
      {turn::data, '1', odd, no, phase::data, retry::no, true},
      {turn::data, '2', odd, no, phase::data, retry::no, true},
      {turn::data, '4', errc::data_refused, no, phase::data, retry::later, true},
      {turn::data, '5', errc::data_refused, no, phase::data, retry::no, true},
      {turn::accept, '1', odd, fate::unknown, phase::accept, retry::no, false},
      {turn::accept, '3', odd, fate::unknown, phase::accept, retry::no, false},
      {turn::accept, '4', errc::message_refused, no, phase::accept, retry::later, true},
      {turn::accept, '5', errc::message_refused, no, phase::accept, retry::no, true},
      {turn::quit, '1', errc::none, fate::delivered, phase::accept, retry::no, true},
      {turn::quit, '3', errc::none, fate::delivered, phase::accept, retry::no, true},
      {turn::quit, '4', errc::none, fate::delivered, phase::accept, retry::no, true},
      {turn::quit, '5', errc::none, fate::delivered, phase::accept, retry::no, true},
  };
  for (const row& r : table) {
    CAPTURE(r.step);
    CAPTURE(r.digit);
    std::vector<std::string> turns{whole_way.begin(),
                                   whole_way.begin() + static_cast<long>(r.step)};
    turns.push_back(std::string{r.digit} + "99 so there");
    if (r.goodbye && r.step != turn::quit) turns.insert(turns.end(), {"QUIT", "221 bye"});
    dialogue d{turns};
    d.settings().auth = &plain;
    const outcome o = d.run();
    CHECK(o.error == r.error);
    CHECK(o.fate == r.becomes);
    CHECK(o.phase == r.where);
    CHECK(o.retry == r.again);
    CHECK(d.sent() == said_in(turns));
  }
}

TEST_CASE("a wrong first digit to what only some dialogues say is said as what it is, too") {
  struct row {
    std::vector<std::string> before;
    const char* refusal;
    errc error;
    phase where;
    retry again;
  };
  std::vector<row> table;
  const std::vector<std::string> asked{"220 mx", "EHLO mote", "250-mx\r\n250 AUTH LOGIN",
                                       "AUTH LOGIN"};
  std::vector<std::string> named = asked;
  named.insert(named.end(), {"334 VXNlcm5hbWU6", "bW90ZQ=="});
  for (const auto& before : {asked, named}) {
    table.push_back({before, "199 no", errc::unexpected_reply, phase::auth, retry::no});
    table.push_back({before, "399 no", errc::unexpected_reply, phase::auth, retry::no});
    table.push_back({before, "454 no", errc::auth_refused, phase::auth, retry::later});
    table.push_back({before, "535 no", errc::auth_refused, phase::auth, retry::after_change});
  }
  const std::vector<std::string> greeted{"220 mx", "EHLO mote", "502 what", "HELO mote"};
  table.push_back({greeted, "199 no", errc::unexpected_reply, phase::ehlo, retry::no});
  table.push_back({greeted, "399 no", errc::unexpected_reply, phase::ehlo, retry::no});
  table.push_back({greeted, "450 no", errc::ehlo_refused, phase::ehlo, retry::later});
  table.push_back({greeted, "550 no", errc::ehlo_refused, phase::ehlo, retry::no});
  for (const row& r : table) {
    CAPTURE(r.before.back());
    CAPTURE(r.refusal);
    std::vector<std::string> turns = r.before;
    turns.insert(turns.end(), {r.refusal, "QUIT", "221 bye"});
    dialogue d = in_clear(turns);
    if (r.where == phase::auth) d.settings().auth = &login;
    d.settings().cleartext_auth = cleartext_auth::any;
    const outcome o = d.run();
    CHECK(o.error == r.error);
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.phase == r.where);
    CHECK(o.retry == r.again);
    CHECK(d.sent() == said_in(turns));
  }
}

TEST_CASE("a yes that comes before LOGIN's questions, or between them, is a login") {
  for (const bool is_named : {false, true}) {
    std::vector<std::string> turns{whole_way.begin(), whole_way.begin() + turn::ehlo_again};
    turns.insert(turns.end(), {"250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN"});
    if (is_named) turns.insert(turns.end(), {"334 VXNlcm5hbWU6", "bW90ZQ=="});
    turns.insert(turns.end(), whole_way.begin() + turn::auth, whole_way.end());
    dialogue d{turns};
    d.settings().auth = &login;
    CHECK(d.run().fate == fate::delivered);
    CHECK(d.sent() == said_in(turns));
  }
}

TEST_CASE("a wrong first digit to RSET ends the next mail before it begins") {
  struct row {
    const char* reply;
    errc error;
    retry again;
  };
  for (const row& r : {row{"199 no", errc::unexpected_reply, retry::no},
                       row{"399 no", errc::unexpected_reply, retry::no},
                       row{"450 no", errc::mail_refused, retry::later},
                       row{"550 no", errc::mail_refused, retry::no}}) {
    CAPTURE(r.reply);
    const std::vector<std::string> turns{"220 mx",   "EHLO mote",
                                         "250 mx",   "MAIL FROM:<mote@example.org>",
                                         "250 ok",   "RCPT TO:<ops@example.org>",
                                         "550 who?", "RSET",
                                         r.reply,    "QUIT",
                                         "221 bye"};
    dialogue d = in_clear(turns);
    d.mail().then = after::stay;
    text_source again{"Subject: hot\r\n\r\n84 C\r\n"};
    int mails = 1;
    d.meanwhile([&](dialogue::client_type& smtp, std::size_t polls) {
      if (polls == 0) mails = 1;
      if (!smtp.is_open() || !smtp.idle() || mails++ > 1) return;
      REQUIRE(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, again) ==
              errc::none);
    });
    const outcome o = d.run();
    CHECK(o.error == r.error);
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.phase == phase::rset);
    CHECK(o.retry == r.again);
    CHECK(d.sent() == said_in(turns));
  }
}

TEST_CASE("a code that begins with no digit from 1 to 5 is no reply, at every step") {
  for (const char digit : {'0', '6', '7', '8', '9'}) {
    for (const std::size_t step : replies) {
      CAPTURE(digit);
      CAPTURE(step);
      dialogue d = with_turn(step, std::string{digit} + "50 what");
      const outcome o = d.run();
      if (step != turn::quit) CHECK(o.error == errc::malformed_reply);
      CHECK(o.fate == (step == turn::quit     ? fate::delivered
                       : step == turn::accept ? fate::unknown
                                              : fate::not_delivered));
    }
  }
}

// ---- what is offered -----------------------------------------------------------------------

TEST_CASE("capabilities are words of any case, among words that nobody knows") {
  for (const char* offered :
       {"250-mx\r\n250-sTaRtTlS\r\n250-X-EXPS GSSAPI\r\n250-XCLIENT NAME ADDR\r\n250 HELP",
        "250-mx hello STARTTLS?\r\n250-BURL imap\r\n250-VRFY\r\n250-\r\n250 StartTLS please"}) {
    dialogue d = with_turn(turn::ehlo, offered);
    check_delivered(d);
  }
}

TEST_CASE("AUTH is understood in its old spelling, in its new one, and in both together") {
  for (const char* offered :
       {"250-mx\r\n250 AUTH=LOGIN PLAIN", "250-mx\r\n250-AUTH=LOGIN\r\n250 AUTH LOGIN PLAIN",
        "250-mx\r\n250-auth ntlm gssapi plain\r\n250 AUTH=PLAIN",
        "250-mx\r\n250-AUTH GSSAPI\r\n250 AUTH PLAIN"}) {
    CAPTURE(offered);
    dialogue d = with_turn(turn::ehlo_again, offered);
    check_delivered(d);
  }
}

TEST_CASE("a mechanism is offered by its whole name or not at all") {
  for (const char* offered : {"250-mx\r\n250 AUTH PLAIN-CLIENTTOKEN LOGIN", "250-mx\r\n250 AUTH",
                              "250-mx\r\n250 AUTH XPLAIN PLAI", "250-mx\r\n250 X-AUTH=PLAIN"}) {
    std::vector<std::string> turns{whole_way.begin(), whole_way.begin() + turn::ehlo_again};
    turns.insert(turns.end(), {offered, "QUIT", "221 bye"});
    dialogue d{turns};
    d.settings().auth = &plain;
    CHECK(d.run().error == errc::auth_unavailable);
  }
}

TEST_CASE("STARTTLS in an EHLO reply inside TLS is passed over") {
  dialogue d = with_turn(turn::ehlo_again, "250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN");
  check_delivered(d);
}

TEST_CASE("CHUNKING and BINARYMIME that are offered change nothing: the message follows DATA") {
  std::vector<std::string> turns = whole_way;
  turns[turn::ehlo_again] = "250-mx\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250 AUTH PLAIN";
  dialogue d{turns};
  d.settings().auth = &plain;
  check_delivered(d);
}

// ---- greetings and goodbyes ----------------------------------------------------------------

TEST_CASE("554 or 421 for a greeting is a refusal, now or for good") {
  dialogue never = in_clear({"554 no SMTP service here", "QUIT", "221 bye"});
  outcome o = never.run();
  CHECK(o.error == errc::greeting_refused);
  CHECK(o.code == 554);
  CHECK(o.retry == retry::no);
  dialogue later = in_clear({"421 4.3.2 too busy", ""});
  o = later.run();
  CHECK(o.error == errc::service_closing);
  CHECK(o.retry == retry::later);
  CHECK(later.sent().empty());
}

TEST_CASE("a greeting of many lines is one greeting") {
  dialogue d = with_turn(turn::greeting, "220-mx\r\n220-No spam.\r\n220-\r\n220 We mean it.");
  check_delivered(d);
}

TEST_CASE("QUIT without a 221, or with anything else, is success") {
  std::vector<std::string> turns = whole_way;
  turns.back() = "";
  dialogue silent{turns};
  silent.settings().auth = &plain;
  silent.closes_at_end();
  check_delivered(silent);
  dialogue rude = with_turn(turn::quit, "500 what?");
  check_delivered(rude);
}

TEST_CASE("a port that expects TLS from the first byte is silent, and that is what is said") {
  dialogue d{""};
  const timeouts long_enough{.greeting = 12'000};
  d.settings().timeouts = long_enough;
  const outcome o = d.run();
  CHECK(o.error == errc::silent_greeting);
  CHECK(o.fate == fate::not_delivered);
  CHECK(d.sent().empty());
  const timeouts too_short_to_tell{.greeting = 9'000};
  d.settings().timeouts = too_short_to_tell;
  CHECK(d.run().error == errc::timeout);
}

// ---- logins --------------------------------------------------------------------------------

TEST_CASE("LOGIN's two questions may have any words, or none") {
  for (const char* question : {"334 VXNlcm5hbWU6", "334", "334 ", "334 bm9uc2Vuc2U="}) {
    std::vector<std::string> turns{whole_way.begin(), whole_way.begin() + turn::ehlo_again};
    turns.insert(turns.end(), {"250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN", question,
                               "bW90ZQ==", question, "c2VjcmV0"});
    turns.insert(turns.end(), whole_way.begin() + turn::auth, whole_way.end());
    dialogue d{turns};
    d.settings().auth = &login;
    CAPTURE(question);
    CHECK(d.run().fate == fate::delivered);
  }
}

TEST_CASE("a last challenge behind a mechanism's last word is answered with an empty line") {
  // As SCRAM and XOAUTH2 have it: the server's last word comes as a challenge of its own.
  struct with_last_word final : sasl::mechanism {
    std::string_view rest = "";
    errc check() const noexcept override { return errc::none; }
    errc select(sasl::offer) noexcept override {
      rest = "word";
      return errc::none;
    }
    sasl::kind selected() const noexcept override { return sasl::kind::xoauth2; }
    bool reveals_secret() const noexcept override { return true; }
    std::size_t initial_response() const noexcept override { return 4; }
    void challenge(std::span<const char>) noexcept override {}
    errc respond() noexcept override { return errc::none; }
    io_result read_some(std::span<char> out) noexcept override {
      if (rest.empty()) return io_status::closed;
      out[0] = rest[0];
      rest.remove_prefix(1);
      return io_result::moved(1);
    }
    errc accept() noexcept override { return errc::none; }
    void forget() noexcept override { rest = {}; }
  } last_word;
  std::vector<std::string> turns{whole_way.begin(), whole_way.begin() + turn::ehlo_again};
  turns.insert(turns.end(), {"250-mx\r\n250 AUTH XOAUTH2",
                             "AUTH XOAUTH2 d29yZA==", "334 djE9c2VydmVyJ3M=", "\r\n"});
  turns.insert(turns.end(), whole_way.begin() + turn::auth, whole_way.end());
  dialogue d{turns};
  d.settings().auth = &last_word;
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("503 to a login that was never accepted is a refusal, and no mail goes out") {
  std::vector<std::string> turns{whole_way.begin(), whole_way.begin() + turn::auth};
  turns.insert(turns.end(), {"503 5.5.1 already authenticated", "QUIT", "221 bye"});
  dialogue d{turns};
  d.settings().auth = &plain;
  const outcome o = d.run();
  CHECK(o.error == errc::auth_refused);
  CHECK(o.code == 503);
  CHECK(o.retry == retry::after_change);
}

TEST_CASE("a login that was accepted is not said again, and EHLO neither, on the same connection") {
  std::vector<std::string> turns = whole_way;
  turns.erase(turns.end() - 2, turns.end());
  turns.insert(turns.end(), {"MAIL FROM:<mote@example.org>", "250 ok", "RCPT TO:<ops@example.org>",
                             "250 ok", "DATA", "354 go", message, "250 taken", "QUIT", "221 bye"});
  dialogue d{turns};
  d.settings().auth = &plain;
  d.mail().then = after::stay;
  text_source again{"Subject: hot\r\n\r\n84 C\r\n"};
  int mails = 1;
  d.meanwhile([&](dialogue::client_type& smtp, std::size_t polls) {
    if (polls == 0) mails = 1;
    if (!smtp.is_open() || !smtp.idle()) return;
    if (mails++ == 1) {
      REQUIRE(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, again) ==
              errc::none);
    }
  });
  CHECK(d.run().fate == fate::delivered);
  CHECK(d.sent().find("AUTH") == d.sent().rfind("AUTH"));
  CHECK(d.sent().ends_with("MAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\nDATA\r\n" +
                           std::string{message} + "\r\nQUIT\r\n"));
}

// ---- flights -------------------------------------------------------------------------------

TEST_CASE("a server that drops the connection when commands share a flight can be humoured") {
  dialogue drops =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight, ""});
  drops.closes_at_end();
  const outcome o = drops.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::closed_before_reply);
  CHECK(o.retry == retry::later);
  dialogue humoured =
      in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", "MAIL FROM:<mote@example.org>",
                "250 ok", "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go", message,
                "250 ok", "QUIT", "221 bye"});
  humoured.settings().pipelining = false;
  CHECK(humoured.run().fate == fate::delivered);
}

TEST_CASE("452 after some recipients were taken leaves the rest for another transaction") {
  struct notebook final : recipient_listener {
    std::vector<int> codes;
    void on_recipient(const recipient_reply& r) noexcept override { codes.push_back(r.code); }
  } heard;
  constexpr std::string_view three[] = {"a@example.org", "b@example.org", "c@example.org"};
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING",
                         "MAIL FROM:<mote@example.org>\r\nRCPT TO:<a@example.org>\r\n"
                         "RCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA",
                         "250 ok\r\n250 ok\r\n452 4.5.3 too many\r\n452 4.5.3 too many\r\n354 go",
                         message, "250 ok",
                         "MAIL FROM:<mote@example.org>\r\nRCPT TO:<b@example.org>\r\n"
                         "RCPT TO:<c@example.org>\r\nDATA",
                         "250 ok\r\n250 ok\r\n452 4.5.3 too many\r\n354 go", message, "250 ok",
                         "MAIL FROM:<mote@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA",
                         "250 ok\r\n250 ok\r\n354 go", message, "250 ok", "QUIT", "221 bye"});
  d.mail().to = three;
  d.mail().listener = &heard;
  const outcome o = d.play();
  CHECK(o.fate == fate::delivered);
  CHECK(o.accepted == 3);
  CHECK(o.refused == 0);
  CHECK(heard.codes == std::vector<int>{250, 452, 452, 250, 452, 250});  // of one play
  CHECK(d.run().fate == fate::delivered);
  CHECK(retry_after(errc::recipients_refused, 452) == retry::later);
}
