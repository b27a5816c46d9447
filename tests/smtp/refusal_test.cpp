// SPDX-License-Identifier: BSL-1.0
// What somebody is told to do about a refusal, by its codes.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <mailmote/sasl/plain.hpp>
#include <mailmote/smtp/refusal.hpp>
#include <mailmote/text/ascii.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;

namespace {

std::string said(errc error, std::uint16_t code, enhanced_code enhanced = {},
                 std::string_view mechanism = {}) {
  return std::string{
      explain(outcome{.error = error, .code = code, .enhanced = enhanced, .mechanism = mechanism})};
}

std::string said_after_login(errc error, std::uint16_t code, enhanced_code enhanced = {}) {
  return said(error, code, enhanced, "PLAIN");
}

constexpr errc of_mail[] = {errc::mail_refused, errc::recipients_refused, errc::data_refused,
                            errc::message_refused};

constexpr std::uint16_t refusing[] = {550, 551, 554};
constexpr std::uint16_t known[] = {421, 451, 454, 530, 534, 535, 550, 552, 554};

constexpr std::string_view use_tls =
    "the server wants an encrypted connection: use STARTTLS or implicit TLS";
constexpr std::string_view log_in =
    "the server takes this only after a login: set one up, and TLS if there is none yet";
constexpr std::string_view other_password =
    "the account's password will not do: make an application-specific one, or use a stronger login";
constexpr std::string_view own_sender =
    "this login may not send as this sender: use the account's own address, in From, too";
constexpr std::string_view vouching =
    "the sender's domain does not vouch for this server: send through its own, or mend SPF and "
    "DKIM";
constexpr std::string_view too_large =
    "the message is larger than the server takes: shorten it, or send it in parts";
constexpr std::string_view full = "the recipient's mailbox is full: its owner has to make room";
constexpr std::string_view odd_message =
    "the server does not like the message itself: check its Date, From and Message-ID";

}  // namespace

TEST_CASE("530 to a login is a lack of TLS") {
  CHECK(said(errc::auth_refused, 530, {5, 7, 0}, "CRAM-MD5") == use_tls);
  CHECK(said(errc::auth_refused, 530, {}, "PLAIN") == use_tls);
  CHECK(said(errc::auth_token_refused, 530, {5, 7, 0}, "XOAUTH2") == use_tls);
}

TEST_CASE("530 to a mail is a lack of a login, or after one, of TLS") {
  for (const errc error : of_mail) {
    CHECK(said(error, 530, {5, 7, 0}) == log_in);
    CHECK(said(error, 530, {5, 7, 57}) == log_in);
    CHECK(said(error, 530) == log_in);
    CHECK(said_after_login(error, 530, {5, 7, 0}) == use_tls);
    CHECK(said_after_login(error, 530) == use_tls);
  }
}

TEST_CASE("encryption that is needed is named, at a login or later (5.7.10, 5.7.11)") {
  CHECK(said(errc::auth_refused, 538, {5, 7, 11}, "PLAIN") == use_tls);
  CHECK(said(errc::auth_refused, 523, {5, 7, 10}, "PLAIN") == use_tls);
  CHECK(said(errc::mail_refused, 550, {5, 7, 10}) == use_tls);
}

TEST_CASE("a wrong password is called one, and a token is not") {
  constexpr std::string_view wrong =
      "the user name or password is wrong, or an application-specific password is wanted";
  CHECK(said_after_login(errc::auth_refused, 535, {5, 7, 8}) == wrong);
  CHECK(said_after_login(errc::auth_refused, 535, {5, 7, 3}) == wrong);
  CHECK(said_after_login(errc::auth_refused, 535) == wrong);
  CHECK(said_after_login(errc::auth_token_refused, 535, {5, 7, 8}) ==
        explain(errc::auth_token_refused));
}

TEST_CASE("a login that the server's owner has switched off is not called a wrong password") {
  constexpr std::string_view off =
      "this login is switched off there: have SMTP AUTH enabled for the account, or use OAuth";
  CHECK(said_after_login(errc::auth_refused, 535, {5, 7, 139}) == off);
  CHECK(said(errc::auth_token_refused, 535, {5, 7, 139}, "XOAUTH2") == off);
  CHECK(said_after_login(errc::auth_refused, 550, {5, 7, 30}) ==
        "the server takes no passwords any more: log in by OAuth");
}

TEST_CASE("an account's password that will not do for SMTP needs another one") {
  CHECK(said_after_login(errc::auth_refused, 534, {5, 7, 9}) == other_password);
  CHECK(said_after_login(errc::auth_refused, 534, {5, 7, 14}) == other_password);
  CHECK(said_after_login(errc::auth_refused, 535, {5, 7, 9}) == other_password);
}

TEST_CASE("a login that cannot be checked now is tried again") {
  constexpr std::string_view later =
      "the server cannot check logins just now: try again in some minutes";
  CHECK(said_after_login(errc::auth_refused, 454, {4, 7, 0}) == later);
  CHECK(said_after_login(errc::auth_token_refused, 454) == later);
  CHECK(said(errc::tls_refused, 454, {4, 7, 0}) == explain(errc::tls_refused));
}

TEST_CASE("relaying that is denied asks for a login, or after one, for other addresses") {
  for (const errc error : {errc::mail_refused, errc::recipients_refused}) {
    for (const std::uint16_t code : refusing) {
      CHECK(said(error, code, {5, 7, 1}) == log_in);
      CHECK(said_after_login(error, code, {5, 7, 1}) ==
            "this login may not send to this recipient, or as this sender: check both addresses");
    }
  }
}

TEST_CASE("a sender that is not the account's own is named") {
  for (const errc error : of_mail) {
    CHECK(said_after_login(error, 550, {5, 7, 60}) == own_sender);
    CHECK(said_after_login(error, 554, {5, 2, 252}) == own_sender);
    CHECK(said_after_login(error, 553, {5, 7, 1}) == own_sender);
  }
  CHECK(said(errc::recipients_refused, 553, {5, 7, 1}) == log_in);
}

TEST_CASE("a domain that does not vouch for the server is sent elsewhere") {
  for (const errc error : of_mail) {
    CHECK(said(error, 550, {5, 7, 26}) == vouching);
    CHECK(said_after_login(error, 550, {5, 7, 23}) == vouching);
  }
}

TEST_CASE("a message that is too large is told from a mailbox that is full") {
  for (const errc error : of_mail) {
    CHECK(said(error, 552, {5, 3, 4}) == too_large);
    CHECK(said(error, 552, {5, 2, 3}) == too_large);
    CHECK(said(error, 552, {5, 2, 2}) == full);
    CHECK(said(error, 452, {4, 2, 2}) == full);
  }
  CHECK(said(errc::mail_refused, 552) == too_large);
  CHECK(said(errc::message_refused, 552) == too_large);
  CHECK(said(errc::recipients_refused, 552) == full);
  CHECK(said(errc::data_refused, 552) == explain(errc::data_refused));
  CHECK(said(errc::message_refused, 552, {5, 7, 0}) == explain(errc::message_refused));
}

TEST_CASE("a mailbox that is not there is one to check") {
  constexpr std::string_view nobody = "there is no such mailbox: check the recipient's address";
  CHECK(said(errc::recipients_refused, 550, {5, 1, 1}) == nobody);
  CHECK(said(errc::recipients_refused, 550, {5, 1, 10}) == nobody);
  CHECK(said(errc::message_refused, 550, {5, 1, 1}) == nobody);
  CHECK(said(errc::recipients_refused, 450, {4, 1, 1}) == explain(errc::recipients_refused));
}

TEST_CASE("greylisting takes some minutes") {
  constexpr std::string_view wait =
      "the server puts off whom it does not know yet (greylisting): try again in some minutes";
  for (const errc error : of_mail) {
    CHECK(said(error, 451, {4, 7, 1}) == wait);
    CHECK(said_after_login(error, 450, {4, 7, 1}) == wait);
  }
}

TEST_CASE("a server that is used too much wants to be used less, and another just closes") {
  constexpr std::string_view less =
      "the server limits its use: wait, then send less often, over fewer connections";
  CHECK(said(errc::service_closing, 421, {4, 7, 0}) == less);
  CHECK(said(errc::service_closing, 421, {4, 7, 28}) == less);
  CHECK(said(errc::service_closing, 421, {4, 3, 2}) == explain(errc::service_closing));
  CHECK(said(errc::service_closing, 421) == explain(errc::service_closing));
}

TEST_CASE("554 to the message is about what stands in it, with an enhanced code or without") {
  CHECK(said(errc::message_refused, 554) == odd_message);
  CHECK(said(errc::message_refused, 554, {5, 0, 0}) == odd_message);
  CHECK(said(errc::message_refused, 554, {5, 7, 1}) == odd_message);
  CHECK(said(errc::message_refused, 550, {5, 7, 1}) == odd_message);
  CHECK(said(errc::recipients_refused, 554) == explain(errc::recipients_refused));
  CHECK(said(errc::data_refused, 554, {5, 5, 1}) == explain(errc::data_refused));
}

TEST_CASE("an address that SMTPUTF8 does not carry further, and REQUIRETLS that cannot be had") {
  for (const errc error : of_mail) {
    CHECK(said(error, 553, {5, 6, 7}) ==
          "an address outside ASCII gets no further than here: use one in ASCII");
    CHECK(said(error, 550, {5, 7, 30}) ==
          "the mail cannot stay encrypted all the way from here: send it without REQUIRETLS");
  }
}

TEST_CASE("too many recipients go out in several mails") {
  for (const errc error : of_mail) {
    for (const enhanced_code code : {enhanced_code{4, 5, 3}, enhanced_code{5, 5, 3}}) {
      CHECK(said(error, code.status == 4 ? 452 : 550, code) ==
            "the mail has too many recipients: send it to fewer at a time");
    }
  }
}

TEST_CASE("what no code explains is explained by the error alone") {
  constexpr auto last = static_cast<unsigned>(errc::tls_failed);
  for (unsigned e = 0; e <= last; ++e) {
    const auto error = static_cast<errc>(e);
    CAPTURE(e);
    CHECK(said(error, 0) == explain(error));
    CHECK(said(error, 250, {2, 7, 1}) == explain(error));
    CHECK(said(error, 450, {4, 2, 0}) == explain(error));
    CHECK(said(error, 550) == explain(error));
    CHECK(said(error, 550, {5, 0, 0}) == explain(error));
    CHECK(said(error, 500, {5, 5, 2}) == explain(error));
  }
}

TEST_CASE("a code explains a refusal only, and no reply that should not have come") {
  for (const errc error : {errc::unsolicited_reply, errc::unexpected_reply, errc::greeting_refused,
                           errc::ehlo_refused, errc::timeout, errc::none}) {
    for (const std::uint16_t code : known) {
      const auto status = static_cast<std::uint8_t>(code / 100);
      CHECK(said(error, code, {status, 7, 1}) == explain(error));
      CHECK(said(error, code) == explain(error));
    }
  }
}

TEST_CASE("an advice fits into one line of any log") {
  for (const detail::refusal& one : detail::refusals) {
    CAPTURE(one.advice);
    CHECK(one.advice.size() <= 100);
    CHECK_FALSE(one.advice.ends_with('.'));
    for (const char c : one.advice) CHECK(ascii::is_printable(c));
  }
}

TEST_CASE("each row of the table is there for a reply that no row before it explains") {
  for (const detail::refusal& row : detail::refusals) {
    bool is_said = false;
    for (const errc error : {errc::auth_refused, errc::auth_token_refused, errc::mail_refused,
                             errc::recipients_refused, errc::data_refused, errc::message_refused,
                             errc::service_closing}) {
      for (const std::string_view mechanism : {"", "PLAIN"}) {
        const int code = row.code < 10 ? row.code * 100 + 50 : row.code;
        const outcome mail{
            .error = error,
            .code = static_cast<std::uint16_t>(code),
            .enhanced = {static_cast<std::uint8_t>(code / 100),
                         static_cast<std::uint16_t>(row.subject == detail::any ? 0 : row.subject),
                         static_cast<std::uint16_t>(row.detail == detail::any ? 0 : row.detail)},
            .mechanism = mechanism};
        is_said = is_said || (row.fits(mail) && explain(mail) == row.advice);
      }
    }
    CAPTURE(row.advice);
    CHECK(is_said);
  }
}

// ---- in a dialogue, whatever the server's words are -----------------------------------------

TEST_CASE("a server that wants a login before MAIL is explained by its codes") {
  for (const char* const words : {"530 5.7.0 Must issue a STARTTLS command first", "530 5.7.0 ?"}) {
    test::dialogue d = test::in_clear({"220 mx", "EHLO mote", "250 mx",
                                       "MAIL FROM:<mote@example.org>", words, "QUIT", "221 bye"});
    CHECK(explain(d.run()) == log_in);
  }
}

TEST_CASE("Microsoft's refusal of a login that is switched off is explained by its codes") {
  sasl::plain plain{"mote", "secret"};
  test::dialogue d = test::in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250 AUTH PLAIN", "AUTH PLAIN AG1vdGUAc2VjcmV0",
       "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
       "Tenant.",
       "QUIT", "221 bye"});
  d.settings().auth = &plain;
  d.settings().cleartext_auth = cleartext_auth::any;
  CHECK(explain(d.run()) ==
        "this login is switched off there: have SMTP AUTH enabled for the account, or use OAuth");
}

TEST_CASE("a 554 without an enhanced code, after the message, is explained by where it came") {
  test::dialogue d = test::in_clear(
      {"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", test::envelope_flight,
       test::accepted_flight, test::message,
       "554-Transaction failed\r\n554 Reject due to policy restrictions.", "QUIT", "221 bye"});
  CHECK(explain(d.run()) == odd_message);
}
