// SPDX-License-Identifier: BSL-1.0
// The login with an OAuth token, as Google and Microsoft have it; and what it has in common with
// OAUTHBEARER.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/sasl/xoauth2.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"
#include "sasl/token_source.hpp"

using namespace mailmote;
using namespace std::string_literals;

namespace {

const std::string response = "user=ops@example.org\1auth=Bearer ya29.token\1\1";
const std::string reasons = R"({"status":"401","schemes":"bearer mac"})";

void say(sasl::xoauth2& login) {
  CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
  CHECK(read_to_end(login, 100) == response);
}

}  // namespace

TEST_CASE("XOAUTH2 says user name and token, through a room of any size, as long as was said") {
  sasl::xoauth2 login{"ops@example.org", "ya29.token"};
  token_source source{"ya29.token"};
  sasl::xoauth2 pulled{"ops@example.org", source};
  for (sasl::xoauth2* const each : {&login, &pulled}) {
    for (std::size_t room = 1; room <= response.size() + 1; ++room) {
      CHECK(each->select(offer_of("XOAUTH2")) == errc::none);
      CHECK(each->initial_response() == response.size());
      CHECK(read_to_end(*each, room) == response);
      CHECK(each->accept() == errc::none);
      source.piece = room % 3 + 1;
      source.slow = room % 2 == 0;
    }
  }
  CHECK(source.takes_any_octet);  // or a line end would come with it
}

TEST_CASE(
    "the reasons of a server that does not want the token are kept, and answered with nothing") {
  sasl::xoauth2 login{"ops@example.org", "ya29.token"};
  say(login);
  CHECK(login.refusal() == errc::auth_refused);
  for (const char c : reasons) login.challenge({&c, 1});
  CHECK(login.respond() == errc::none);
  CHECK(read_to_end(login, 100) == "");
  CHECK(login.refusal() == errc::auth_token_refused);
  CHECK(login.server_text() == reasons);
  login.forget();
  CHECK(login.server_text() == reasons);
  CHECK(login.refusal() == errc::auth_token_refused);
  say(login);
  CHECK(login.server_text() == "");
  CHECK(login.refusal() == errc::auth_refused);
}

TEST_CASE("what a server says of a token is cut, and only what is printable is shown") {
  sasl::xoauth2 login{"ops@example.org", "ya29.token"};
  say(login);
  login.challenge("{\r\n\x1B[7m\"a\":\xC3\xAB}\n"s);
  CHECK(login.server_text() == "{[7m\"a\":}");
  say(login);
  login.challenge("{"s + std::string(126, 'x'));
  CHECK(login.server_text() == "{"s + std::string(126, 'x'));
  login.challenge("yz"s);
  CHECK(login.server_text() == "{"s + std::string(126, 'x') + 'y');
}

TEST_CASE("a challenge without JSON says nothing of the token") {
  sasl::xoauth2 login{"ops@example.org", "ya29.token"};
  for (const std::string_view words : {"", "no", "401 {}"}) {
    say(login);
    login.challenge(words);
    CHECK(login.respond() == errc::none);
    CHECK(read_to_end(login, 100) == "");
    CHECK(login.refusal() == errc::auth_refused);
    CHECK(login.server_text() == words);
  }
}

TEST_CASE("the words with which a server asks for the token are no reasons") {
  sasl::xoauth2 login{"ops@example.org", "ya29.token"};
  CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
  login.challenge("{\"token\":\"please\"}"s);
  CHECK(read_to_end(login, 7) == response);
  CHECK(login.server_text() == "");
  CHECK(login.refusal() == errc::auth_refused);
}

TEST_CASE("after the reasons there is no further challenge, nor before the token") {
  sasl::xoauth2 login{"ops@example.org", "ya29.token"};
  CHECK(login.respond() == errc::bad_challenge);
  CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
  CHECK(login.respond() == errc::bad_challenge);
  say(login);
  CHECK(login.respond() == errc::none);
  CHECK(read_to_end(login, 100) == "");
  CHECK(login.respond() == errc::bad_challenge);
  login.forget();
  CHECK(login.respond() == errc::bad_challenge);
  CHECK(read_to_end(login, 100) == "");
}

TEST_CASE("a token of a length that nobody knows is too long to begin with") {
  token_source source{"ya29.token"};
  source.said_length = unknown_length;
  sasl::xoauth2 login{"ops@example.org", source};
  CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
  CHECK(login.initial_response() > 1'000'000);
  CHECK(login.initial_response() != sasl::no_initial_response);  // there is one
  CHECK(read_to_end(login, 100) == response);
}

TEST_CASE("a token that comes out longer or shorter than it was said to be is no token") {
  for (const std::uint64_t length : {std::uint64_t{9}, std::uint64_t{11}}) {
    token_source source{"ya29.token"};
    source.said_length = length;
    sasl::xoauth2 login{"ops@example.org", source};
    CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
    std::string room(100, '?');
    while (login.read_some(room).ok()) continue;
    CHECK(login.read_some(room).status() == io_status::failed);
  }
}

TEST_CASE("a token that is empty, cannot be had, or breaks off is an error") {
  token_source source{""};
  sasl::xoauth2 login{"ops@example.org", source};
  CHECK(login.check() == errc::none);
  CHECK(login.select(offer_of("XOAUTH2")) == errc::bad_password);
  std::string room(100, '?');
  source.said_length = unknown_length;
  CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
  CHECK(login.read_some(room).ok());
  CHECK(login.read_some(room).status() == io_status::failed);
  source.text = "ya29";
  source.end = io_status::failed;
  CHECK(login.select(offer_of("XOAUTH2")) == errc::none);
  CHECK(login.read_some(room).ok());
  CHECK(login.read_some(room).ok());
  CHECK(login.read_some(room).status() == io_status::failed);
  source.begun = errc::source_spent;
  CHECK(login.select(offer_of("XOAUTH2")) == errc::source_spent);
  CHECK(login.select(offer_of("PLAIN")) == errc::auth_unavailable);
}

TEST_CASE("an octet that no token has is refused, in memory before it is sent") {
  for (int octet = 0; octet < 256; ++octet) {
    CAPTURE(octet);
    const bool fit = octet >= 32 && octet < 127;
    const std::string token{'y', static_cast<char>(octet), 'a'};
    CHECK(sasl::xoauth2{"tim", token}.check() == (fit ? errc::none : errc::bad_password));
    token_source source{token};
    sasl::xoauth2 pulled{"tim", source};
    CHECK(pulled.select(offer_of("XOAUTH2")) == errc::none);
    std::string room(100, '?');
    CHECK(pulled.read_some(room).ok());
    CHECK(pulled.read_some(room).status() == (fit ? io_status::ok : io_status::failed));
  }
}

TEST_CASE("an XOAUTH2 login with a name or token that cannot be is named before it is sent") {
  CHECK(sasl::xoauth2{"", "token"}.check() == errc::bad_username);
  CHECK(sasl::xoauth2{"tim\1", "token"}.check() == errc::bad_username);
  CHECK(sasl::xoauth2{"t\u00EDm", "token"}.check() == errc::needs_saslprep);
  CHECK(sasl::xoauth2{sasl::prepared("t\u00EDm"), "token"}.check() == errc::none);
  CHECK(sasl::xoauth2{"tim", ""}.check() == errc::bad_password);
}

TEST_CASE("XOAUTH2 says what it is") {
  sasl::xoauth2 login{"tim", "token"};
  CHECK(login.selected() == sasl::kind::xoauth2);
  CHECK(login.reveals_secret());
  CHECK_FALSE(login.select_next());
}
