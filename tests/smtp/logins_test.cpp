// SPDX-License-Identifier: BSL-1.0
// Every login on its way through a whole dialogue, and the choice among several.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <mailmote/sasl/cram_md5.hpp>
#include <mailmote/sasl/external.hpp>
#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/oauthbearer.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/sasl/scram.hpp>
#include <mailmote/sasl/strongest.hpp>
#include <mailmote/sasl/xoauth2.hpp>
#include <mailmote/text/base64.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>

#include "sasl/token_source.hpp"
#include "support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;
using cram_md5 = sasl::cram_md5<wolfssl::md5>;

namespace {

std::string base64(std::string_view octets) {
  std::string text(text::base64_length(octets.size() + 2) + 4, '\0');
  text::base64_encoder encoder;
  std::size_t n = encoder.encode(octets, text);
  n += encoder.finish(std::span{text}.subspan(n));
  return text.substr(0, n);
}

// From the greeting to what the server offers, the login, and the goodbye or the mail after it.
using turns = std::vector<std::string>;

turns offering(const std::string& mechanisms, const turns& login) {
  turns all{"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 AUTH " + mechanisms};
  all.insert(all.end(), login.begin(), login.end());
  return all;
}

dialogue refused(const std::string& mechanisms, turns login) {
  for (const char* const turn : {"QUIT", "221 bye"}) login.emplace_back(turn);
  return in_clear(offering(mechanisms, login));
}

dialogue accepted(const std::string& mechanisms, turns login) {
  for (const char* const turn :
       {envelope_flight, accepted_flight, message, "250 ok", "QUIT", "221 bye"}) {
    login.emplace_back(turn);
  }
  return in_clear(offering(mechanisms, login));
}

outcome run(dialogue& d, sasl::mechanism& login, cleartext_auth allowed = cleartext_auth::any) {
  d.settings().auth = &login;
  d.settings().cleartext_auth = allowed;
  return d.run();
}

const std::string cram_challenge = "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+";
const std::string cram_response = "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw";
const std::string plain_response = "AHRpbQB0YW5zdGFhZnRhbnN0YWFm";

// Whose octets are all 'M', and so TU1N in base64.
struct same_octets final : random_source {
  bool fill(std::span<char> octets) noexcept override {
    for (char& c : octets) c = 'M';
    return true;
  }
};

cram_md5 cram{"tim", "tanstaaftanstaaf"};
sasl::plain plain{"tim", "tanstaaftanstaaf"};
sasl::login old{"tim", "tanstaaftanstaaf"};

const std::string google_token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
const std::string google_response =
    "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJo"
    "ZG1semRHRXVZMjl0Q2cBAQ==";
const std::string google_reasons =
    "334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2ds"
    "ZS5jb20vIn0K";

const std::string rfc_token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
const std::string rfc_response =
    "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZG"
    "OWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB";
const std::string rfc_reasons =
    "334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNvbmZpZ3Vy"
    "YXRpb24iOiJodHRwczovL2V4YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0=";

}  // namespace

// ---- one login -----------------------------------------------------------------------------

TEST_CASE("CRAM-MD5 answers the challenge of RFC 2195, and needs no TLS for it if so allowed") {
  dialogue d =
      accepted("CRAM-MD5", {"AUTH CRAM-MD5", cram_challenge, cram_response, "235 welcome"});
  const outcome o = run(d, cram, cleartext_auth::challenge_only);
  CHECK(o.fate == fate::delivered);
  CHECK(o.mechanism == "CRAM-MD5");
  CHECK(o.login_text == "");
}

TEST_CASE("an empty challenge, and a second one, end a login by CRAM-MD5") {
  dialogue empty = refused("CRAM-MD5", {"AUTH CRAM-MD5", "334 ", "*", "501 canceled"});
  CHECK(run(empty, cram).error == errc::bad_challenge);
  dialogue second = refused("CRAM-MD5", {"AUTH CRAM-MD5", cram_challenge, cram_response,
                                         cram_challenge, "*", "501 canceled"});
  CHECK(run(second, cram).error == errc::bad_challenge);
}

TEST_CASE("a welcome without a challenge is no login by CRAM-MD5, and gets no mail") {
  dialogue d = refused("CRAM-MD5", {"AUTH CRAM-MD5", "235 welcome"});
  const outcome o = run(d, cram);
  CHECK(o.error == errc::bad_challenge);
  CHECK(o.phase == phase::auth);
}

TEST_CASE("EXTERNAL sends the empty response, or whom to act as") {
  sasl::external own;
  dialogue d = accepted("EXTERNAL", {"AUTH EXTERNAL =", "235 welcome"});
  const outcome o = run(d, own);
  CHECK(o.fate == fate::delivered);
  CHECK(o.mechanism == "EXTERNAL");
  sasl::external fred{"fred@example.com"};
  dialogue as = accepted("EXTERNAL", {"AUTH EXTERNAL ZnJlZEBleGFtcGxlLmNvbQ==", "235 welcome"});
  CHECK(run(as, fred).fate == fate::delivered);
}

TEST_CASE("XOAUTH2 logs in with the token of Google's example") {
  sasl::xoauth2 login{"someuser@example.com", google_token};
  dialogue d = accepted("XOAUTH2", {"AUTH XOAUTH2 " + google_response, "235 Accepted"});
  const outcome o = run(d, login);
  CHECK(o.fate == fate::delivered);
  CHECK(o.mechanism == "XOAUTH2");
}

TEST_CASE("a token that XOAUTH2's server does not want is reported in the server's words") {
  sasl::xoauth2 login{"someuser@example.com", google_token};
  dialogue d = refused("XOAUTH2", {"AUTH XOAUTH2 " + google_response, google_reasons, "\r\n",
                                   "535 5.7.1 Username and Password not accepted"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_token_refused);
  CHECK(o.phase == phase::auth);
  CHECK(o.code == 535);
  CHECK(o.enhanced == enhanced_code{5, 7, 1});
  CHECK(o.retry == retry::after_change);
  CHECK(o.mechanism == "XOAUTH2");
  CHECK(o.server_text == "5.7.1 Username and Password not accepted");
  CHECK(o.login_text ==
        R"({"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"})");
}

TEST_CASE("a login that is refused without reasons is refused, and no more is known of its token") {
  sasl::xoauth2 login{"someuser@example.com", google_token};
  dialogue d = refused("XOAUTH2", {"AUTH XOAUTH2 " + google_response, "535 5.7.3 no"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_refused);
  CHECK(o.login_text == "");
}

TEST_CASE(
    "a server that has one more question after XOAUTH2's last word is answered with nothing") {
  sasl::xoauth2 login{"someuser@example.com", google_token};
  dialogue d =
      accepted("XOAUTH2", {"AUTH XOAUTH2 " + google_response, "334 ", "\r\n", "235 Accepted"});
  CHECK(run(d, login).fate == fate::delivered);
  dialogue twice = refused(
      "XOAUTH2", {"AUTH XOAUTH2 " + google_response, "334 ", "\r\n", "334 ", "*", "501 canceled"});
  CHECK(run(twice, login).error == errc::bad_challenge);
}

TEST_CASE("OAUTHBEARER logs in as in RFC 7628 section 4.1, at a submission server") {
  sasl::oauthbearer login{"user@example.com", rfc_token, "server.example.com", 587};
  dialogue d = accepted("PLAIN OAUTHBEARER",
                        {"AUTH OAUTHBEARER " + rfc_response, "235 Authentication successful."});
  const outcome o = run(d, login);
  CHECK(o.fate == fate::delivered);
  CHECK(o.mechanism == "OAUTHBEARER");
}

TEST_CASE("OAUTHBEARER answers the server's reasons with a ^A, as in RFC 7628 section 4.3") {
  sasl::oauthbearer login{"user@example.com", rfc_token, "server.example.com", 587};
  dialogue d = refused("OAUTHBEARER", {"AUTH OAUTHBEARER " + rfc_response, rfc_reasons, "AQ==",
                                       "535-5.7.1 Username and Password not accepted."
                                       "\r\n535 5.7.1 Learn more"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_token_refused);
  CHECK(o.code == 535);
  CHECK(o.mechanism == "OAUTHBEARER");
  CHECK(o.login_text ==
        R"({"status":"invalid_token","scope":"example_scope",)"
        R"("openid-configuration":"https://example.com/.well-known/openid-configuration"})");
}

TEST_CASE("reasons that are no base64 end a login, and nothing else is tried") {
  sasl::xoauth2 token{"someuser@example.com", google_token};
  sasl::strongest login{token, plain};
  dialogue d = refused("XOAUTH2 PLAIN", {"AUTH XOAUTH2 " + google_response, "334 {\"status\"}", "*",
                                         "501 canceled"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::bad_challenge);
  CHECK(o.mechanism == "XOAUTH2");
}

// ---- long tokens ---------------------------------------------------------------------------

TEST_CASE("a token too long for the AUTH line waits to be asked for, unless the server is odd") {
  const std::string token(400, 't');
  sasl::xoauth2 login{"tim", token};
  const std::string response = base64("user=tim\1auth=Bearer " + token + "\1\1");
  CHECK(response.size() > 512);
  dialogue d = accepted("XOAUTH2", {"AUTH XOAUTH2", "334 ", response, "235 Accepted"});
  CHECK(run(d, login).fate == fate::delivered);
  dialogue odd = accepted("XOAUTH2", {"AUTH XOAUTH2 " + response, "235 Accepted"});
  odd.settings().long_initial_response = true;
  CHECK(run(odd, login).fate == fate::delivered);
}

TEST_CASE("a token too long for the AUTH line can be refused, too") {
  const std::string token(400, 't');
  sasl::oauthbearer login{"tim", token};
  const std::string response = base64("n,a=tim,\1auth=Bearer " + token + "\1\1");
  dialogue d = refused("OAUTHBEARER",
                       {"AUTH OAUTHBEARER", "334 ", response, rfc_reasons, "AQ==", "535 5.7.1 no"});
  CHECK(run(d, login).error == errc::auth_token_refused);
}

TEST_CASE("the AUTH line has a token as long as fits, and none that is longer by one") {
  // "AUTH XOAUTH2 " and CRLF leave 497 characters, for 372 octets; 23 of them frame the token.
  for (const std::size_t octets : {349u, 350u}) {
    const std::string token(octets, 't');
    const std::string response = base64("user=tim\1auth=Bearer " + token + "\1\1");
    sasl::xoauth2 login{"tim", token};
    const bool fits = octets == 349;
    dialogue d = accepted("XOAUTH2", fits ? turns{"AUTH XOAUTH2 " + response, "235 ok"}
                                          : turns{"AUTH XOAUTH2", "334 ", response, "235 ok"});
    CHECK(run(d, login).fate == fate::delivered);
  }
}

TEST_CASE("a token that comes a little at a time, of a length nobody knows, is asked for first") {
  token_source source{google_token};
  source.said_length = unknown_length;
  source.slow = true;
  source.piece = 5;
  sasl::xoauth2 login{"someuser@example.com", source};
  dialogue d = accepted("XOAUTH2", {"AUTH XOAUTH2", "334 ", google_response, "235 Accepted"});
  CHECK(run(d, login).fate == fate::delivered);
}

TEST_CASE("a token whose source breaks ends the session inside its line") {
  token_source source{google_token};
  source.end = io_status::failed;
  sasl::xoauth2 login{"someuser@example.com", source};
  dialogue d = in_clear(offering("XOAUTH2", {""}));
  d.settings().auth = &login;
  d.settings().cleartext_auth = cleartext_auth::any;
  for (const bool small_buffers : {false, true}) {
    const outcome o = d.play({.small_buffers = small_buffers});
    CHECK(o.error == errc::source_failed);
    CHECK(o.phase == phase::auth);
    const std::string_view begun = std::string_view{d.sent()}.substr(d.sent().find("mote\r\n") + 6);
    CHECK(("AUTH XOAUTH2 " + google_response).starts_with(begun));
    CHECK(begun.size() < 13 + google_response.size() - 4);
  }
}

TEST_CASE("a token of 4 KB goes through buffers of 128 octets") {
  const std::string token(4'096, 't');
  token_source source{token};
  sasl::oauthbearer spanned{"tim", token};
  sasl::oauthbearer pulled{"tim", source};
  const std::string response = base64("n,a=tim,\1auth=Bearer " + token + "\1\1");
  for (sasl::mechanism* const login : {&spanned, &pulled}) {
    for (const bool is_slow : {false, true}) {
      source.slow = is_slow;
      source.piece = is_slow ? 100 : 1'000;
      scripted_stream stream{
          offering("OAUTHBEARER", {"AUTH OAUTHBEARER", "334 ", response, "235 ok", envelope_flight,
                                   accepted_flight, message, "250 ok", "QUIT", "221 bye"}),
          {}};
      no_tls none;
      client<scripted_stream, no_tls, buffer_sizes{.out = 128, .in = 128}> smtp{
          stream,
          none,
          {.helo = "mote",
           .auth = login,
           .security = security::cleartext,
           .cleartext_auth = cleartext_auth::any}};
      text_source body{"Subject: hot\r\n\r\n84 C\r\n"};
      CHECK(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, body) == errc::none);
      for (int round = 0; round < 1'000 && smtp.poll(0) == status::working; ++round) continue;
      CHECK(smtp.result().fate == fate::delivered);
      CHECK(smtp.result().error == errc::none);
      CHECK(stream.sent().find("AUTH OAUTHBEARER\r\n" + response + "\r\nMAIL") !=
            std::string::npos);
    }
  }
}

TEST_CASE("of a token nothing is left in the client, nor shown to a transcript") {
  struct notes final : transcript {
    void client_said(std::string_view octets) noexcept override { text += octets; }
    void server_said(std::string_view) noexcept override {}
    void encrypted() noexcept override {}
    std::string text;
  };
  const std::string token(400, 't');  // "dHR0" again and again
  sasl::xoauth2 long_one{"tim", token};
  sasl::xoauth2 short_one{"tim", "tttttttttttt"};
  const std::string reasons = "334 eyJzdGF0dXMiOiI0MDEifQ==";
  const struct {
    sasl::xoauth2& login;
    turns dialogue;
    std::string_view said;
  } cases[] = {{short_one,
                {"AUTH XOAUTH2 " + base64("user=tim\1auth=Bearer tttttttttttt\1\1"), reasons,
                 "\r\n", "535 no", "QUIT", "221 bye"},
                "EHLO mote\r\nAUTH XOAUTH2 ****\r\n\r\nQUIT\r\n"},
               {long_one,
                {"AUTH XOAUTH2", "334 ", base64("user=tim\1auth=Bearer " + token + "\1\1"), reasons,
                 "\r\n", "535 no", "QUIT", "221 bye"},
                "EHLO mote\r\nAUTH XOAUTH2\r\n****\r\n\r\nQUIT\r\n"}};
  for (const auto& c : cases) {
    notes heard;
    scripted_stream stream{offering("XOAUTH2", c.dialogue), {}};
    no_tls none;
    client<scripted_stream, no_tls> smtp{stream,
                                         none,
                                         {.helo = "mote",
                                          .auth = &c.login,
                                          .security = security::cleartext,
                                          .cleartext_auth = cleartext_auth::any,
                                          .transcript = &heard}};
    text_source body{"x"};
    CHECK(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, body) == errc::none);
    for (int round = 0; round < 1'000 && smtp.poll(0) == status::working; ++round) continue;
    CHECK(smtp.result().error == errc::auth_token_refused);
    CHECK(heard.text == c.said);
    const std::string_view memory{reinterpret_cast<const char*>(&smtp), sizeof smtp};
    const std::string_view of_login{reinterpret_cast<const char*>(&c.login), sizeof c.login};
    for (const char* const secret : {"tttt", "dHR0", "R0dH"}) {
      CHECK(memory.find(secret) == std::string_view::npos);
      CHECK(of_login.find(secret) == std::string_view::npos);
    }
  }
}

TEST_CASE("a token that no server has to take ends the session before its line is complete") {
  for (const std::size_t octets : {9'193u, 9'194u}) {  // 9,216 with its frame: 12,288 in base64
    const std::string token(octets, 't');
    sasl::oauthbearer login{"tim", token};
    for (const bool is_odd : {false, true}) {
      dialogue d = in_clear(
          offering("OAUTHBEARER", is_odd ? turns{""} : turns{"AUTH OAUTHBEARER", "334 ", ""}));
      d.settings().auth = &login;
      d.settings().cleartext_auth = cleartext_auth::any;
      d.settings().long_initial_response = is_odd;
      const outcome o = d.play();
      const bool fits = octets == 9'193;
      CHECK(o.error == (fits ? errc::timeout : errc::response_too_long));
      CHECK(o.phase == phase::auth);
      CHECK(d.sent().ends_with("\r\n") == fits);
    }
  }
}

// ---- the strongest of several --------------------------------------------------------------

TEST_CASE("the strongest of the logins that are offered is the one that is used") {
  sasl::external certificate;
  sasl::strongest login{old, plain, cram, certificate};
  dialogue first = accepted("LOGIN PLAIN EXTERNAL CRAM-MD5", {"AUTH EXTERNAL =", "235 welcome"});
  CHECK(run(first, login).mechanism == "EXTERNAL");
  dialogue second = accepted("LOGIN PLAIN CRAM-MD5",
                             {"AUTH CRAM-MD5", cram_challenge, cram_response, "235 welcome"});
  CHECK(run(second, login).mechanism == "CRAM-MD5");
  dialogue third = accepted("LOGIN PLAIN", {"AUTH PLAIN " + plain_response, "235 welcome"});
  CHECK(run(third, login).mechanism == "PLAIN");
}

TEST_CASE("the next login is tried where the server does not do what it has offered") {
  sasl::strongest login{plain, cram};
  for (const std::string refusal : {"504 5.5.4 unknown", "534 5.7.9 too weak", "538 5.7.11 TLS"}) {
    dialogue d = accepted("CRAM-MD5 PLAIN", {"AUTH CRAM-MD5", refusal,
                                             "AUTH PLAIN " + plain_response, "235 welcome"});
    const outcome o = run(d, login);
    CHECK(o.fate == fate::delivered);
    CHECK(o.error == errc::none);
    CHECK(o.mechanism == "PLAIN");
  }
}

TEST_CASE("what the server does not know is set aside after the challenge as well as before it") {
  sasl::strongest login{plain, cram};
  dialogue d = accepted("CRAM-MD5 PLAIN",
                        {"AUTH CRAM-MD5", cram_challenge, cram_response, "504 5.5.4 unknown",
                         "AUTH PLAIN " + plain_response, "235 welcome"});
  CHECK(run(d, login).mechanism == "PLAIN");
}

TEST_CASE("a password that was sent and found too weak, in whatever words, is not sent again") {
  sasl::strongest login{plain, old};
  for (const std::string refusal :
       {"534 5.7.9 Application-specific password required", "538 5.7.11 TLS"}) {
    dialogue d = refused("LOGIN PLAIN", {"AUTH PLAIN " + plain_response, refusal});
    const outcome o = run(d, login);
    CHECK(o.error == errc::auth_refused);
    CHECK(o.code == std::stoi(refusal));
    CHECK(o.mechanism == "PLAIN");
  }
}

TEST_CASE("the proof of a password is as good as the password: it is not sent again either") {
  sasl::strongest login{plain, cram};
  dialogue d =
      refused("CRAM-MD5 PLAIN", {"AUTH CRAM-MD5", cram_challenge, cram_response, "534 5.7.9 no"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_refused);
  CHECK(o.code == 534);
  CHECK(o.mechanism == "CRAM-MD5");
}

TEST_CASE("what shows no secret may be too weak for a server, and the next login is tried") {
  sasl::login first{"tim", "tanstaaftanstaaf"}, second{"tim", "tanstaaftanstaaf"};
  sasl::strongest two{first, second};
  dialogue bare =
      accepted("LOGIN", {"AUTH LOGIN", "534 5.7.9 too weak", "AUTH LOGIN", "334 VXNlcm5hbWU6",
                         "dGlt", "334 UGFzc3dvcmQ6", "dGFuc3RhYWZ0YW5zdGFhZg==", "235 welcome"});
  CHECK(run(bare, two).mechanism == "LOGIN");
  sasl::external certificate;
  sasl::strongest proven{certificate, plain};
  dialogue external = accepted("EXTERNAL PLAIN", {"AUTH EXTERNAL =", "534 5.7.9 who?",
                                                  "AUTH PLAIN " + plain_response, "235 welcome"});
  CHECK(run(external, proven).mechanism == "PLAIN");
  same_octets random;
  sasl::scram<wolfssl::sha_256> scram{"tim", "tanstaaftanstaaf", random};
  sasl::strongest signed_one{scram, plain};
  dialogue scrammed = accepted(
      "SCRAM-SHA-256 PLAIN", {"AUTH SCRAM-SHA-256 " + base64("n,,n=tim,r=TU1NTU1NTU1NTU1NTU1NTU1N"),
                              "534 5.7.9 too weak", "AUTH PLAIN " + plain_response, "235 welcome"});
  CHECK(run(scrammed, signed_one).mechanism == "PLAIN");
}

TEST_CASE("a token of one source is said by the next login, too, where the first is not known") {
  token_source source{google_token};
  sasl::oauthbearer standard{"someuser@example.com", source};
  sasl::xoauth2 googles{"someuser@example.com", source};
  sasl::strongest login{standard, googles};
  const std::string first =
      base64("n,a=someuser@example.com,\1auth=Bearer " + google_token + "\1\1");
  dialogue d = accepted("OAUTHBEARER XOAUTH2", {"AUTH OAUTHBEARER " + first, "504 5.5.4 unknown",
                                                "AUTH XOAUTH2 " + google_response, "235 Accepted"});
  const outcome o = run(d, login);
  CHECK(o.fate == fate::delivered);
  CHECK(o.mechanism == "XOAUTH2");
  dialogue weak =
      refused("OAUTHBEARER XOAUTH2", {"AUTH OAUTHBEARER " + first, "534 5.7.9 too weak"});
  CHECK(run(weak, login).mechanism == "OAUTHBEARER");
}

TEST_CASE(
    "a login that is offered and fails ends the session before a weaker one shows a password") {
  token_source source{google_token};
  source.begun = errc::source_spent;
  sasl::xoauth2 token{"someuser@example.com", source};
  sasl::strongest login{plain, token};
  dialogue d = refused("PLAIN XOAUTH2", {});
  const outcome o = run(d, login);
  CHECK(o.error == errc::source_spent);
  CHECK(o.mechanism == "");
}

TEST_CASE("a login forgets what it has begun, even where it never comes to AUTH") {
  struct mindful final : sasl::mechanism {
    errc check() const noexcept override { return errc::none; }
    errc select(sasl::offer) noexcept override {
      has_begun = true;
      return in_the_way;
    }
    sasl::kind selected() const noexcept override { return sasl::kind::plain; }
    bool reveals_secret() const noexcept override { return true; }
    std::size_t initial_response() const noexcept override { return 0; }
    void challenge(std::span<const char>) noexcept override {}
    errc respond() noexcept override { return errc::none; }
    io_result read_some(std::span<char>) noexcept override { return io_status::closed; }
    errc accept() noexcept override { return errc::none; }
    void forget() noexcept override { has_begun = false; }
    errc in_the_way = errc::none;
    bool has_begun = false;
  };
  for (const errc bad : {errc::auth_no_random, errc::auth_unavailable, errc::auth_needs_tls}) {
    mindful login;
    login.in_the_way = bad == errc::auth_needs_tls ? errc::none : bad;
    dialogue d = refused("PLAIN", {});
    CHECK(run(d, login, cleartext_auth::never).error == bad);
    CHECK_FALSE(login.has_begun);
  }
}

TEST_CASE("a password that is refused is tried once, whatever else there is") {
  sasl::strongest login{plain, cram, old};
  for (const std::string refusal : {"535 5.7.8 no", "454 4.7.0 later", "500 what", "530 5.7.0 no",
                                    "432 4.7.12 change it", "501 5.5.2 no"}) {
    dialogue d =
        refused("LOGIN CRAM-MD5 PLAIN", {"AUTH CRAM-MD5", cram_challenge, cram_response, refusal});
    const outcome o = run(d, login);
    CHECK(o.error == errc::auth_refused);
    CHECK(o.code == std::stoi(refusal));
    CHECK(o.mechanism == "CRAM-MD5");
  }
}

TEST_CASE("where nothing is left to try, the outcome has the last refusal") {
  sasl::strongest login{plain, cram};
  dialogue d = refused("CRAM-MD5 PLAIN", {"AUTH CRAM-MD5", "504 5.5.4 unknown",
                                          "AUTH PLAIN " + plain_response, "534 5.7.9 too weak"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_refused);
  CHECK(o.code == 534);
  CHECK(o.server_text == "5.7.9 too weak");
  CHECK(o.mechanism == "PLAIN");
  CHECK(o.retry == retry::after_change);
}

TEST_CASE(
    "a token that is refused is reported through the choice, and no password tried after it") {
  sasl::xoauth2 token{"someuser@example.com", google_token};
  sasl::strongest login{plain, token};
  dialogue d = refused("PLAIN XOAUTH2",
                       {"AUTH XOAUTH2 " + google_response, google_reasons, "\r\n", "535 5.7.1 no"});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_token_refused);
  CHECK(o.mechanism == "XOAUTH2");
  CHECK(o.login_text ==
        R"({"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"})");
}

TEST_CASE("in cleartext only a login that shows no secret is chosen, even after it is refused") {
  sasl::oauthbearer token{"tim", "token"};
  sasl::strongest login{token, plain, cram};
  dialogue d = accepted("OAUTHBEARER CRAM-MD5 PLAIN",
                        {"AUTH CRAM-MD5", cram_challenge, cram_response, "235 welcome"});
  CHECK(run(d, login, cleartext_auth::challenge_only).mechanism == "CRAM-MD5");
  dialogue unknown = refused("OAUTHBEARER CRAM-MD5 PLAIN", {"AUTH CRAM-MD5", "504 5.5.4 unknown"});
  const outcome after = run(unknown, login, cleartext_auth::challenge_only);
  CHECK(after.error == errc::auth_needs_tls);
  CHECK(after.phase == phase::auth);
  dialogue bare = refused("PLAIN OAUTHBEARER", {});
  const outcome none = run(bare, login, cleartext_auth::challenge_only);
  CHECK(none.error == errc::auth_needs_tls);
  CHECK(none.mechanism == "");
  dialogue never = refused("PLAIN CRAM-MD5", {});
  CHECK(run(never, login, cleartext_auth::never).error == errc::auth_needs_tls);
}

TEST_CASE("where no login of several is offered, there is no mail") {
  sasl::strongest login{plain, cram};
  dialogue d = refused("GSSAPI LOGIN", {});
  const outcome o = run(d, login);
  CHECK(o.error == errc::auth_unavailable);
  CHECK(o.mechanism == "");
}

TEST_CASE("a dialogue finds the secrets that a transcript shows, however they are written") {
  const std::string password = "a-long-password";
  for (const std::string before : {"", "x", "xy", "xyz"}) {
    const secret_list secrets{password};
    CHECK(secrets.shown_in("C: " + before + password) == password);
    CHECK(secrets.shown_in("C: " + base64(before + password)) != "");
    CHECK(secrets.shown_in("C: " + base64(before + password + before + "\1\1")) != "");
  }
  const std::string other = "a-long-passport";
  CHECK(secret_list{password}.shown_in(other + base64(other)) == "");
}

TEST_CASE("a dialogue hears both sides in full but for what is masked") {
  sasl::xoauth2 login{"someuser@example.com", google_token};
  dialogue d = refused("XOAUTH2", {"AUTH XOAUTH2 " + google_response, "535 no"});
  d.keeps("said by nobody");
  CHECK(run(d, login).error == errc::auth_refused);
  d.play({.chunk = 1, .small_buffers = true});
  CHECK(d.shown().client == "EHLO mote\r\nAUTH XOAUTH2 ****\r\nQUIT\r\n");
  CHECK(d.shown().server ==
        "220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 AUTH XOAUTH2\r\n535 no\r\n221 bye\r\n");
  CHECK(d.shown_secret() == "");
  d.keeps("XOAUTH2");  // as if it were one
  CHECK(d.shown_secret() == "XOAUTH2");
}
