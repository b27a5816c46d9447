// SPDX-License-Identifier: BSL-1.0
// The login of a client whose certificate says who it is (RFC 4422 appendix A).
#include <doctest/doctest.h>

#include <string>

#include <mailmote/sasl/external.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"

using namespace mailmote;

TEST_CASE("EXTERNAL says nothing, or whom to act as") {
  sasl::external own;
  CHECK(own.select(offer_of("EXTERNAL")) == errc::none);
  CHECK(own.initial_response() == 0);
  CHECK(read_to_end(own, 100) == "");
  for (std::size_t room = 1; room <= 17; ++room) {
    sasl::external fred{"fred@example.com"};
    CHECK(fred.select(offer_of("EXTERNAL")) == errc::none);
    CHECK(fred.initial_response() == 16);
    CHECK(read_to_end(fred, room) == "fred@example.com");
    CHECK(fred.accept() == errc::none);
    CHECK(fred.select(offer_of("EXTERNAL")) == errc::none);
    CHECK(read_to_end(fred, room) == "fred@example.com");
  }
}

TEST_CASE("EXTERNAL has nothing more to say to a server that asks again, nor when it is over") {
  sasl::external login{"fred"};
  CHECK(login.select(offer_of("EXTERNAL")) == errc::none);
  CHECK(login.respond() == errc::bad_challenge);
  login.forget();
  CHECK(read_to_end(login, 100) == "");
}

TEST_CASE("EXTERNAL says what it is, and waits until it is offered") {
  sasl::external login;
  CHECK(login.selected() == sasl::kind::external);
  CHECK_FALSE(login.reveals_secret());
  CHECK(login.select({}) == errc::auth_unavailable);
  CHECK(login.select(offer_of("PLAIN")) == errc::auth_unavailable);
}

TEST_CASE("an identity to act as has no control characters, nor unprepared letters") {
  CHECK(sasl::external{}.check() == errc::none);
  CHECK(sasl::external{"fred@example.com"}.check() == errc::none);
  CHECK(sasl::external{std::string{"fr\0d", 4}}.check() == errc::bad_authorization);
  CHECK(sasl::external{"fr\u00E9d"}.check() == errc::needs_saslprep);
  CHECK(sasl::external{sasl::prepared("fr\u00E9d")}.check() == errc::none);
}
