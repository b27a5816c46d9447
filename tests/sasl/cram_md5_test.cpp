// SPDX-License-Identifier: BSL-1.0
// The login that answers a challenge with its HMAC (RFC 2195).
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <string_view>

#include <mailmote/sasl/cram_md5.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"

using namespace mailmote;
using cram_md5 = sasl::cram_md5<wolfssl::md5>;

namespace {

constexpr std::string_view rfc_challenge = "<1896.697170952@postoffice.reston.mci.net>";
constexpr std::string_view rfc_response = "tim b913a602c7eda7a495b4e6e7334d3890";

// Octets of `what` in a row that are found in `where`, eight at least.
template <class What, class Where>
bool leaves_a_trace(const What& what, const Where& where) {
  constexpr std::size_t row = 8;
  std::string needles(sizeof what, '\0');
  std::string hay(sizeof where, '\0');
  std::memcpy(needles.data(), static_cast<const void*>(&what), sizeof what);
  std::memcpy(hay.data(), static_cast<const void*>(&where), sizeof where);
  for (std::size_t i = 0; i + row <= needles.size(); ++i) {
    const std::string needle = needles.substr(i, row);
    if (needle.find('\0') == std::string::npos && hay.find(needle) != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("the example of RFC 2195 section 2 comes out as it stands there") {
  cram_md5 login{"tim", "tanstaaftanstaaf"};
  CHECK(login.select(offer_of("CRAM-MD5")) == errc::none);
  CHECK(login.initial_response() == sasl::no_initial_response);
  login.challenge(rfc_challenge);
  CHECK(login.respond() == errc::none);
  CHECK(read_to_end(login, 100) == rfc_response);
  CHECK(login.accept() == errc::none);
}

TEST_CASE("CRAM-MD5 is the same for a challenge in pieces and a room of any size") {
  cram_md5 login{"tim", "tanstaaftanstaaf"};
  for (std::size_t size = 1; size <= rfc_response.size(); ++size) {
    CHECK(login.select(offer_of("CRAM-MD5")) == errc::none);
    for (std::size_t i = 0; i < rfc_challenge.size(); i += size) {
      login.challenge(rfc_challenge.substr(i, size));
      login.challenge({});
    }
    CHECK(login.respond() == errc::none);
    CHECK(read_to_end(login, size) == rfc_response);
    login.forget();
  }
}

TEST_CASE("an empty challenge, and a second one, are none that CRAM-MD5 has") {
  cram_md5 login{"tim", "tanstaaftanstaaf"};
  CHECK(login.select(offer_of("CRAM-MD5")) == errc::none);
  CHECK(login.respond() == errc::bad_challenge);
  CHECK(read_to_end(login, 100) == "");
  login.challenge(rfc_challenge);
  CHECK(login.respond() == errc::none);
  login.challenge(rfc_challenge);
  CHECK(login.respond() == errc::bad_challenge);
}

TEST_CASE("a yes without a challenge is none that CRAM-MD5 takes") {
  cram_md5 login{"tim", "tanstaaftanstaaf"};
  CHECK(login.select(offer_of("CRAM-MD5")) == errc::none);
  CHECK(login.accept() == errc::bad_challenge);
  login.challenge(rfc_challenge);
  CHECK(login.accept() == errc::bad_challenge);
}

TEST_CASE("CRAM-MD5 leaves neither its key nor its digest behind") {
  cram_md5 login{"tim", "tanstaaftanstaaf"};
  const sasl::hmac<wolfssl::md5> keyed{std::string_view{"tanstaaftanstaaf"}};
  sasl::hmac<wolfssl::md5>::digest digest{};
  REQUIRE(keyed.of(rfc_challenge, digest));
  CHECK(login.select(offer_of("CRAM-MD5")) == errc::none);
  CHECK_FALSE(leaves_a_trace(keyed, login));  // nor one that is selected, and not used
  login.challenge(rfc_challenge);
  CHECK(leaves_a_trace(keyed, login));
  CHECK(login.respond() == errc::none);
  CHECK(leaves_a_trace(digest, login));
  login.forget();
  CHECK_FALSE(leaves_a_trace(keyed, login));
  CHECK_FALSE(leaves_a_trace(digest, login));
  CHECK(read_to_end(login, 100) == "");
  CHECK(login.accept() == errc::bad_challenge);
}

TEST_CASE("CRAM-MD5 says what it is, and is told nothing by a server that does not offer it") {
  cram_md5 login{"tim", "secret"};
  CHECK(login.selected() == sasl::kind::cram_md5);
  CHECK_FALSE(login.reveals_secret());
  CHECK_FALSE(login.select_next());
  CHECK(login.refusal() == errc::auth_refused);
  CHECK(login.select(offer_of("PLAIN")) == errc::auth_unavailable);
  login.challenge(rfc_challenge);
  CHECK(login.respond() == errc::bad_challenge);
}

TEST_CASE("a CRAM-MD5 login that is empty, controls, or has unprepared letters is named") {
  CHECK(cram_md5{"", "secret"}.check() == errc::bad_username);
  CHECK(cram_md5{"tim", ""}.check() == errc::bad_password);
  CHECK(cram_md5{"tim\n", "secret"}.check() == errc::bad_username);
  CHECK(cram_md5{"tim", "sec\x7Fret"}.check() == errc::bad_password);
  CHECK(cram_md5{"t\u00EDm", "secret"}.check() == errc::needs_saslprep);
  CHECK(cram_md5{"tim", "s\u00EBcret"}.check() == errc::needs_saslprep);
  CHECK(cram_md5{sasl::prepared("t\u00EDm"), sasl::prepared("s\u00EBcret")}.check() == errc::none);
  CHECK(cram_md5{"tim", "secret"}.check() == errc::none);
}
