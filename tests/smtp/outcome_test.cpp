// SPDX-License-Identifier: BSL-1.0
// What became of a mail, and whether trying again can help.
#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>

#include <mailmote/smtp/outcome.hpp>

using namespace mailmote;

namespace {

constexpr std::uint16_t positive[] = {200, 250, 251, 252, 299};
constexpr std::uint16_t transient[] = {400, 421, 452, 499};
constexpr std::uint16_t permanent[] = {500, 550, 554, 599};
constexpr std::uint16_t others[] = {0, 199, 300, 354, 450, 550};

}  // namespace

TEST_CASE("a server that says 4xx says later, whatever it refuses") {
  for (const errc error : {errc::greeting_refused, errc::ehlo_refused, errc::tls_refused,
                           errc::auth_refused, errc::mail_refused, errc::recipients_refused,
                           errc::data_refused, errc::message_refused, errc::service_closing}) {
    for (const std::uint16_t code : transient) CHECK(retry_after(error, code) == retry::later);
  }
}

TEST_CASE("a mail that was refused for good is not tried again") {
  for (const errc error :
       {errc::greeting_refused, errc::ehlo_refused, errc::tls_refused, errc::mail_refused,
        errc::recipients_refused, errc::data_refused, errc::message_refused}) {
    for (const std::uint16_t code : permanent) CHECK(retry_after(error, code) == retry::no);
  }
}

TEST_CASE("what the network or a lack of memory did may be over later") {
  for (const errc error :
       {errc::busy, errc::canceled, errc::resolver_failed, errc::stream_failed,
        errc::closed_before_reply, errc::closed_in_reply, errc::timeout, errc::service_closing,
        errc::source_timeout, errc::tls_out_of_memory, errc::tls_no_random, errc::tls_truncated}) {
    CHECK(retry_after(error, 0) == retry::later);
  }
}

TEST_CASE("what somebody has to mend first is tried again after that") {
  for (const errc error :
       {errc::no_recipients,    errc::bad_host,          errc::bad_helo,
        errc::bad_reverse_path, errc::bad_recipient,     errc::bad_username,
        errc::bad_password,     errc::smtputf8_needed,   errc::no_such_host,
        errc::silent_greeting,  errc::tls_unavailable,   errc::auth_unavailable,
        errc::auth_needs_tls,   errc::message_too_large, errc::too_many_recipients,
        errc::source_spent,     errc::source_length,     errc::tls_no_anchors,
        errc::tls_no_time,      errc::tls_unknown_ca,    errc::tls_expired,
        errc::tls_name_mismatch}) {
    CHECK(retry_after(error, 0) == retry::after_change);
  }
  for (const errc error : {errc::extension_missing, errc::bad_parameter, errc::unlisted_extension,
                           errc::bad_extension_list, errc::tls_bad_client_certificate}) {
    CHECK(retry_after(error, 0) == retry::after_change);
  }
  CHECK(retry_after(errc::auth_refused, 535) == retry::after_change);
}

TEST_CASE("a server that does not speak SMTP, or is not alone, is not tried again") {
  for (const errc error : {errc::malformed_reply, errc::endless_reply, errc::unsolicited_reply,
                           errc::tls_injection, errc::bad_challenge}) {
    CHECK(retry_after(error, 0) == retry::no);
  }
  CHECK(retry_after(errc::unexpected_reply, 354) == retry::no);
}

TEST_CASE("nothing that went well is tried again") {
  CHECK(retry_after(errc::none, 250) == retry::no);
}

TEST_CASE("an accepted recipient shares the fate of the mail") {
  for (const fate reached : {fate::delivered, fate::not_delivered, fate::unknown}) {
    outcome mail;
    mail.fate = reached;
    for (const std::uint16_t code : positive)
      CHECK(recipient_reply{.code = code}.fate_in(mail) == reached);
  }
}

TEST_CASE("a refused recipient gets nothing, whatever becomes of the mail") {
  for (const fate reached : {fate::delivered, fate::not_delivered, fate::unknown}) {
    outcome mail;
    mail.fate = reached;
    for (const std::uint16_t code : others)
      CHECK(recipient_reply{.code = code}.fate_in(mail) == fate::not_delivered);
  }
}

TEST_CASE("an outcome that nobody filled in claims no delivery") {
  const outcome mail;
  CHECK(mail.fate == fate::not_delivered);
  CHECK(mail.retry == retry::no);
  CHECK(mail.accepted == 0);
}
