// SPDX-License-Identifier: BSL-1.0
// Which user names and passwords may be sent as they are.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/sasl/credential.hpp>

using namespace mailmote;
using sasl::credential;

TEST_CASE("whatever is a string to others is a credential, of the same octets") {
  const std::string text = "secret";
  CHECK(credential{"secret"}.text() == text);
  CHECK(credential{text}.text().data() == text.data());
  CHECK(credential{std::string_view{text}}.text().data() == text.data());
  CHECK(sasl::prepared(text).text().data() == text.data());
}

TEST_CASE("an octet of a credential is fit, controls, or asks for SASLprep") {
  for (int octet = 0; octet < 256; ++octet) {
    CAPTURE(octet);
    const std::string text{'a', static_cast<char>(octet)};
    const errc bad = octet < 32 || octet == 127 ? errc::bad_username : errc::none;
    CHECK(credential{text}.check(errc::bad_username) == (octet > 127 ? errc::needs_saslprep : bad));
    CHECK(sasl::prepared(text).check(errc::bad_username) == bad);
  }
}

TEST_CASE("an empty credential is bad where there has to be one") {
  CHECK(credential{""}.check(errc::bad_password) == errc::none);
  CHECK(credential{""}.check_needed(errc::bad_password) == errc::bad_password);
  CHECK(credential{"s"}.check_needed(errc::bad_password) == errc::none);
  CHECK(credential{"\xC3\xAB"}.check_needed(errc::bad_password) == errc::needs_saslprep);
}
