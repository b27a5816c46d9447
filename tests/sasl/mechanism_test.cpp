// SPDX-License-Identifier: BSL-1.0
// Which logins a server offers.
#include <doctest/doctest.h>

#include <iterator>
#include <string>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>

#include "sasl/offer_of.hpp"

using namespace mailmote;
using sasl::kind;

namespace {

constexpr std::size_t kinds = static_cast<std::size_t>(kind::external) + 1;
static_assert(sasl::kind_names[kinds].empty() && !sasl::kind_names[kinds - 1].empty());

}  // namespace

TEST_CASE("every mechanism is known by its registered name") {
  const struct {
    kind mechanism;
    std::string_view name;
  } registered[] = {
      {kind::plain, "PLAIN"},
      {kind::login, "LOGIN"},
      {kind::cram_md5, "CRAM-MD5"},
      {kind::scram_sha_1, "SCRAM-SHA-1"},
      {kind::scram_sha_1_plus, "SCRAM-SHA-1-PLUS"},
      {kind::scram_sha_256, "SCRAM-SHA-256"},
      {kind::scram_sha_256_plus, "SCRAM-SHA-256-PLUS"},
      {kind::xoauth2, "XOAUTH2"},
      {kind::oauthbearer, "OAUTHBEARER"},
      {kind::external, "EXTERNAL"},
  };
  for (const auto& r : registered) {
    CAPTURE(r.name);
    CHECK(sasl::name(r.mechanism) == r.name);
    CHECK(r.name.size() <= 20);
    CHECK(offer_of(r.name).has(r.mechanism));
  }
  CHECK(std::size(registered) == kinds);
}

TEST_CASE("an offer of one mechanism is an offer of no other") {
  for (std::size_t offered = 0; offered < kinds; ++offered) {
    for (std::size_t asked = 0; asked < kinds; ++asked) {
      const auto offer = offer_of(sasl::kind_names[offered]);
      CHECK(offer.has(static_cast<kind>(asked)) == (asked == offered));
    }
  }
}

TEST_CASE("a mechanism is offered in any case of its letters") {
  CHECK(offer_of("plain").has(kind::plain));
  CHECK(offer_of("Scram-Sha-256").has(kind::scram_sha_256));
}

TEST_CASE("a word that only begins or ends like a mechanism offers nothing") {
  for (const std::string_view token :
       {"", "PLAIN-CLIENTTOKEN", "XPLAIN", "PLAI", "PLAIN ", "SCRAM-SHA-", "NTLM", "GSSAPI"}) {
    CAPTURE(token);
    CHECK(offer_of(token).empty());
  }
}

TEST_CASE("offers add up, in any order") {
  sasl::offer one;
  one.add("PLAIN");
  one.add("NTLM");
  one.add("LOGIN");
  sasl::offer other;
  other.add("LOGIN");
  other.add("LOGIN");
  other.add("PLAIN");
  CHECK(one == other);
  CHECK(one.has(kind::plain));
  CHECK(one.has(kind::login));
  CHECK_FALSE(one.empty());
}

static_assert(sizeof(sasl::offer) == 2);
