// SPDX-License-Identifier: BSL-1.0
// The login with an OAuth token, as RFC 7628 has it.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/sasl/oauthbearer.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"
#include "sasl/token_source.hpp"

using namespace mailmote;
using namespace std::string_literals;

namespace {

constexpr std::string_view rfc_token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

std::string response(sasl::oauthbearer&& login, std::size_t room = 1'000) {
  CHECK(login.select(offer_of("OAUTHBEARER")) == errc::none);
  const std::string all = read_to_end(login, room);
  CHECK(login.initial_response() == all.size());
  return all;
}

}  // namespace

TEST_CASE("the responses of RFC 7628 section 4 come out as they stand there") {
  const std::string imap =
      "n,a=user@example.com,\1host=server.example.com\1port=143\1"
      "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"s;
  for (std::size_t room = 1; room <= imap.size(); ++room) {
    CHECK(response({"user@example.com", rfc_token, "server.example.com", 143}, room) == imap);
    token_source source{std::string{rfc_token}};
    source.piece = room;
    CHECK(response({"user@example.com", source, "server.example.com", 143}, room) == imap);
  }
}

TEST_CASE("what is not known of a connection, or of a user, is left out") {
  CHECK(response({"tim", "t"}) == "n,a=tim,\1auth=Bearer t\1\1");
  CHECK(response({"tim", "t", "h"}) == "n,a=tim,\1host=h\1auth=Bearer t\1\1");
  CHECK(response({"tim", "t", {}, 65535}) == "n,a=tim,\1port=65535\1auth=Bearer t\1\1");
  CHECK(response({"", "t"}) == "n,,\1auth=Bearer t\1\1");
}

TEST_CASE("commas and equals signs of a name do not end it") {
  CHECK(response({"a,b=c", "t"}) == "n,a=a=2Cb=3Dc,\1auth=Bearer t\1\1");
  CHECK(response({",=,", "t"}, 1) == "n,a==2C=3D=2C,\1auth=Bearer t\1\1");
}

TEST_CASE("the reasons of a server that does not want the token are answered with a ^A") {
  sasl::oauthbearer login{"tim", "t"};
  const std::string reasons =
      R"({"status":"invalid_token","scope":"example_scope",)"
      R"("openid-configuration":"https://example.com/.well-known/openid-configuration"})";
  for (int exchange = 0; exchange < 2; ++exchange) {
    CHECK(login.select(offer_of("OAUTHBEARER")) == errc::none);
    CHECK(login.server_text() == "");
    CHECK(read_to_end(login, 100) == "n,a=tim,\1auth=Bearer t\1\1");
    login.challenge(reasons);
    CHECK(login.respond() == errc::none);
    CHECK(read_to_end(login, 100) == "\1");
    CHECK(login.respond() == errc::bad_challenge);
    CHECK(login.refusal() == errc::auth_token_refused);
    CHECK(login.server_text() == std::string_view{reasons}.substr(0, 128));
  }
}

TEST_CASE("an OAUTHBEARER login with a string that cannot be is named before it is sent") {
  CHECK(sasl::oauthbearer{"", "t"}.check() == errc::none);
  CHECK(sasl::oauthbearer{"tim\1", "t"}.check() == errc::bad_username);
  CHECK(sasl::oauthbearer{"t\u00EDm", "t"}.check() == errc::needs_saslprep);
  CHECK(sasl::oauthbearer{sasl::prepared("t\u00EDm"), "t"}.check() == errc::none);
  CHECK(sasl::oauthbearer{"tim", ""}.check() == errc::bad_password);
  CHECK(sasl::oauthbearer{"tim", "t\1"}.check() == errc::bad_password);
  CHECK(sasl::oauthbearer{"tim", "t", "h\1"}.check() == errc::bad_host);
  CHECK(sasl::oauthbearer{"tim", "t", "h\xC3\xAB"}.check() == errc::bad_host);
}

TEST_CASE("OAUTHBEARER says what it is") {
  sasl::oauthbearer login{"tim", "t"};
  CHECK(login.selected() == sasl::kind::oauthbearer);
  CHECK(login.reveals_secret());
  CHECK(login.select(offer_of("XOAUTH2")) == errc::auth_unavailable);
}
