// SPDX-License-Identifier: BSL-1.0
// What mailmote-send tells a script, for every fate.
#include "../../examples/mailmote-send/exit_code.hpp"

#include <doctest/doctest.h>

namespace {

using mailmote::errc;
using mailmote::fate;
using mailmote::outcome;
using mailmote_send::exit_code_of;

int exit_code(errc error, std::uint16_t code = 0, fate reached = fate::not_delivered) {
  const bool certain = reached == fate::not_delivered;
  return exit_code_of(
      outcome{.fate = reached,
              .error = error,
              .retry = certain ? mailmote::retry_after(error, code) : mailmote::retry::no,
              .code = code});
}

TEST_CASE("only a mail that was delivered ends with 0") {
  CHECK(exit_code(errc::none, 250, fate::delivered) == 0);
  for (int e = 1; e <= static_cast<int>(errc::tls_failed); ++e) {
    CAPTURE(e);
    CHECK(exit_code(static_cast<errc>(e)) >= 64);
    CHECK(exit_code(static_cast<errc>(e)) <= 77);
  }
}

TEST_CASE("whatever leaves a fate unknown, a script is never told to try again") {
  for (int e = 0; e <= static_cast<int>(errc::tls_failed); ++e) {
    CAPTURE(e);
    CHECK(exit_code(static_cast<errc>(e), 0, fate::unknown) == 74);
    CHECK(exit_code(static_cast<errc>(e), 421, fate::unknown) == 74);
  }
}

TEST_CASE("a mail of which a part is delivered is not for a script to send again") {
  const outcome rest{.fate = fate::not_delivered,
                     .error = errc::message_refused,
                     .code = 451,
                     .delivered_before = 1};
  CHECK(exit_code_of(rest) == 74);
}

TEST_CASE("a refusal for now is 75, and one for good says what was refused") {
  CHECK(exit_code(errc::greeting_refused, 421) == 75);
  CHECK(exit_code(errc::greeting_refused, 554) == 69);
  CHECK(exit_code(errc::mail_refused, 451) == 75);
  CHECK(exit_code(errc::mail_refused, 550) == 69);
  CHECK(exit_code(errc::recipients_refused, 452) == 75);
  CHECK(exit_code(errc::recipients_refused, 550) == 67);
  CHECK(exit_code(errc::message_refused, 452) == 75);
  CHECK(exit_code(errc::message_refused, 554) == 69);
  CHECK(exit_code(errc::auth_refused, 454) == 75);
  CHECK(exit_code(errc::auth_refused, 535) == 77);
  CHECK(exit_code(errc::tls_refused, 454) == 75);
  CHECK(exit_code(errc::tls_refused, 502) == 77);
}

TEST_CASE("a name that does not exist is not one that cannot be looked up now") {
  CHECK(exit_code(errc::no_such_host) == 68);
  CHECK(exit_code(errc::resolver_failed) == 75);
}

TEST_CASE("a connection that is lost before the message is over may be tried again") {
  CHECK(exit_code(errc::stream_failed) == 75);
  CHECK(exit_code(errc::closed_before_reply) == 75);
  CHECK(exit_code(errc::timeout) == 75);
  CHECK(exit_code(errc::tls_truncated) == 75);
}

TEST_CASE("a server that breaks the rules is 76, and one that cannot be trusted 77") {
  CHECK(exit_code(errc::malformed_reply) == 76);
  CHECK(exit_code(errc::unsolicited_reply, 250) == 76);
  CHECK(exit_code(errc::tls_injection) == 76);
  CHECK(exit_code(errc::tls_unavailable) == 77);
  CHECK(exit_code(errc::auth_unavailable) == 77);
  CHECK(exit_code(errc::tls_unknown_ca) == 77);
  CHECK(exit_code(errc::tls_name_mismatch) == 77);
}

TEST_CASE("an extension that was asked for and is not offered is 69, as is a mail too large") {
  CHECK(exit_code(errc::extension_missing) == 69);
  CHECK(exit_code(errc::eight_bit_needed) == 69);
  CHECK(exit_code(errc::binary_needed) == 69);
  CHECK(exit_code(errc::response_too_long) == 65);
  CHECK(exit_code(errc::message_too_large) == 69);
}

TEST_CASE("what cannot be sent at all is 65, and what cannot be read 66") {
  CHECK(exit_code(errc::bad_recipient) == 65);
  CHECK(exit_code(errc::bad_password) == 65);
  CHECK(exit_code(errc::bad_parameter) == 65);
  CHECK(exit_code(errc::unlisted_extension) == 65);
  CHECK(exit_code(errc::bad_extension_list) == 65);
  CHECK(exit_code(errc::smtputf8_needed) == 65);
  CHECK(exit_code(errc::source_failed) == 66);
  CHECK(exit_code(errc::tls_bad_anchors) == 66);
  CHECK(exit_code(errc::tls_bad_client_certificate) == 66);
}

}  // namespace
