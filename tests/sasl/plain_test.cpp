// SPDX-License-Identifier: BSL-1.0
// The login that sends user name and password as they are (RFC 4616).
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/sasl/plain.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"

using namespace mailmote;
using namespace std::string_literals;

namespace {

std::string response(sasl::plain& login, std::size_t room = 100) {
  CHECK(login.select(offer_of("PLAIN")) == errc::none);
  return read_to_end(login, room);
}

}  // namespace

TEST_CASE("the examples of RFC 4616 section 4 come out as they stand there") {
  sasl::plain tim{"tim", "tanstaaftanstaaf"};
  CHECK(response(tim) == "\0tim\0tanstaaftanstaaf"s);
  sasl::plain kurt{"Kurt", "xipj3plmq", "Ursel"};
  CHECK(response(kurt) == "Ursel\0Kurt\0xipj3plmq"s);
}

TEST_CASE("a response is the same through a room of any size, and as long as was said") {
  for (const std::string authorization : {"", "U", "Ursel"}) {
    for (const std::string username : {"K", "Kurt"}) {
      for (const std::string password : {"x", "xipj3"}) {
        const std::string whole = authorization + '\0' + username + '\0' + password;
        sasl::plain login{username, password, authorization};
        CHECK(login.initial_response() == whole.size());
        for (std::size_t room = 1; room <= whole.size() + 1; ++room) {
          CHECK(response(login, room) == whole);
        }
      }
    }
  }
}

TEST_CASE("a login that was left half said begins again from its first octet") {
  sasl::plain login{"tim", "secret"};
  for (std::size_t said = 1; said <= 11; ++said) {
    CHECK(login.select(offer_of("PLAIN")) == errc::none);
    std::string begun(said, '?');
    CHECK(login.read_some(begun).ok());
    login.forget();
    CHECK(response(login) == "\0tim\0secret"s);
  }
}

TEST_CASE("a server that does not offer PLAIN is told no password") {
  sasl::plain login{"tim", "secret"};
  CHECK(login.select({}) == errc::auth_unavailable);
  CHECK(login.select(offer_of("LOGIN")) == errc::auth_unavailable);
}

TEST_CASE("PLAIN has nothing more to say to a server that asks again") {
  sasl::plain login{"tim", "secret"};
  CHECK(response(login) == "\0tim\0secret"s);
  CHECK(login.respond() == errc::bad_challenge);
}

TEST_CASE("PLAIN says what it is") {
  sasl::plain login{"tim", "secret"};
  CHECK(login.selected() == sasl::kind::plain);
  CHECK(login.reveals_secret());
  CHECK(login.accept() == errc::none);
}

TEST_CASE("a PLAIN login with an empty name or password is named before it is sent") {
  CHECK(sasl::plain{"", "secret"}.check() == errc::bad_username);
  CHECK(sasl::plain{"tim", ""}.check() == errc::bad_password);
  CHECK(sasl::plain{"tim", "secret"}.check() == errc::none);
}

TEST_CASE(
    "PLAIN takes letters outside ASCII that are prepared, and of others says what they need") {
  const std::string letters = "t\u00EDm";
  CHECK(sasl::plain{letters, "secret"}.check() == errc::needs_saslprep);
  CHECK(sasl::plain{"tim", letters}.check() == errc::needs_saslprep);
  CHECK(sasl::plain{sasl::prepared(letters), "secret"}.check() == errc::none);
  CHECK(sasl::plain{"tim", sasl::prepared(letters)}.check() == errc::none);
  CHECK(sasl::plain{"tim", "secret", letters}.check() == errc::needs_saslprep);
  CHECK(sasl::plain{"tim", "secret", sasl::prepared(letters)}.check() == errc::none);
  CHECK(sasl::plain{sasl::prepared("tim\n"), "secret"}.check() == errc::bad_username);
  CHECK(sasl::plain{"tim", sasl::prepared("")}.check() == errc::bad_password);
}

TEST_CASE("a control character anywhere in a PLAIN login is refused by its place") {
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const auto or_fit = [octet](errc bad) {
      if (octet > 127) return errc::needs_saslprep;
      return octet < 32 || octet == 127 ? bad : errc::none;
    };
    for (std::size_t place = 0; place <= 3; ++place) {
      CAPTURE(octet);
      std::string s = "tim";
      s.insert(place, 1, c);
      CHECK(sasl::plain{s, "secret"}.check() == or_fit(errc::bad_username));
      CHECK(sasl::plain{"tim", s}.check() == or_fit(errc::bad_password));
      CHECK(sasl::plain{"tim", "secret", s}.check() == or_fit(errc::bad_authorization));
    }
  }
}
