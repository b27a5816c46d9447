// SPDX-License-Identifier: BSL-1.0
// The login that is asked for its name and its password, one after the other.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/sasl/login.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"

using namespace mailmote;

namespace {

std::string answer(sasl::login& login, std::string_view question, std::size_t room = 100) {
  login.challenge(question);
  CHECK(login.respond() == errc::none);
  return read_to_end(login, room);
}

}  // namespace

TEST_CASE("LOGIN answers the first question with the name and the second with the password") {
  sasl::login login{"tim", "secret"};
  CHECK(login.select(offer_of("LOGIN")) == errc::none);
  CHECK(answer(login, "Username:") == "tim");
  CHECK(answer(login, "Password:") == "secret");
  CHECK(login.accept() == errc::none);
}

TEST_CASE("the words of the questions do not matter") {
  for (const std::string_view question : {"", "Password:", "Benutzername", "\xFF"}) {
    sasl::login login{"tim", "secret"};
    CHECK(login.select(offer_of("LOGIN")) == errc::none);
    CHECK(answer(login, question) == "tim");
    CHECK(answer(login, question) == "secret");
  }
}

TEST_CASE("answers are the same through a room of any size") {
  for (std::size_t room = 1; room <= 7; ++room) {
    sasl::login login{"tim", "secret"};
    CHECK(login.select(offer_of("LOGIN")) == errc::none);
    CHECK(answer(login, "", room) == "tim");
    CHECK(answer(login, "", room) == "secret");
  }
}

TEST_CASE("a third question is none that LOGIN has") {
  sasl::login login{"tim", "secret"};
  CHECK(login.select(offer_of("LOGIN")) == errc::none);
  CHECK(answer(login, "") == "tim");
  CHECK(answer(login, "") == "secret");
  CHECK(login.respond() == errc::bad_challenge);
}

TEST_CASE("LOGIN says nothing before it is asked, nor after it was told to forget") {
  sasl::login login{"tim", "secret"};
  CHECK(login.initial_response() == sasl::no_initial_response);
  CHECK(login.select(offer_of("LOGIN")) == errc::none);
  CHECK(read_to_end(login, 100) == "");
  CHECK(login.respond() == errc::none);
  login.forget();
  CHECK(read_to_end(login, 100) == "");
}

TEST_CASE("each exchange begins with the name again") {
  sasl::login login{"tim", "secret"};
  for (int exchange = 0; exchange < 3; ++exchange) {
    CHECK(login.select(offer_of("LOGIN")) == errc::none);
    CHECK(answer(login, "") == "tim");
  }
}

TEST_CASE("a server that does not offer LOGIN is told nothing") {
  sasl::login login{"tim", "secret"};
  CHECK(login.select({}) == errc::auth_unavailable);
  CHECK(login.select(offer_of("PLAIN")) == errc::auth_unavailable);
}

TEST_CASE("LOGIN says what it is") {
  sasl::login login{"tim", "secret"};
  CHECK(login.selected() == sasl::kind::login);
  CHECK(login.reveals_secret());
}

TEST_CASE("a LOGIN with an empty name or password is named before it is sent") {
  CHECK(sasl::login{"", "secret"}.check() == errc::bad_username);
  CHECK(sasl::login{"tim", ""}.check() == errc::bad_password);
  CHECK(sasl::login{"tim", "secret"}.check() == errc::none);
}

TEST_CASE(
    "LOGIN takes letters outside ASCII that are prepared, and of others says what they need") {
  const std::string letters = "t\u00EDm";
  CHECK(sasl::login{letters, "secret"}.check() == errc::needs_saslprep);
  CHECK(sasl::login{"tim", letters}.check() == errc::needs_saslprep);
  CHECK(sasl::login{sasl::prepared(letters), "secret"}.check() == errc::none);
  CHECK(sasl::login{"tim", sasl::prepared(letters)}.check() == errc::none);
  CHECK(sasl::login{sasl::prepared("tim\n"), "secret"}.check() == errc::bad_username);
  CHECK(sasl::login{"tim", sasl::prepared("")}.check() == errc::bad_password);
}

TEST_CASE("a control character anywhere in a LOGIN is refused by its place") {
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
      CHECK(sasl::login{s, "secret"}.check() == or_fit(errc::bad_username));
      CHECK(sasl::login{"tim", s}.check() == or_fit(errc::bad_password));
    }
  }
}
