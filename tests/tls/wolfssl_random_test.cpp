// SPDX-License-Identifier: BSL-1.0
// Random numbers: not before they are wanted, not twice the same, and again after close().
#include <doctest/doctest.h>

#include <mailmote/tls/wolfssl.hpp>
#include <mailmote/tls/wolfssl_random.hpp>

#include <array>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

using namespace mailmote;

namespace {

// Nothing is done by it before main, and nothing at exit.
constinit wolfssl::random before_main;
static_assert(std::is_trivially_destructible_v<wolfssl::random>);
static_assert(std::is_base_of_v<random_source, wolfssl::random>);

}  // namespace

TEST_CASE("random octets are new at each call, and fill all of what they are to fill") {
  wolfssl::scoped<wolfssl::random> random;
  std::set<std::string> seen;
  std::array<bool, 16> moved{};
  for (int i = 0; i < 100; ++i) {
    std::array<char, 18> out{};
    REQUIRE(random.fill(std::span{out}.first<16>()));
    CHECK(seen.emplace(out.data(), 16).second);
    for (std::size_t at = 0; at < 16; ++at) moved[at] = moved[at] || out[at] != 0;
    CHECK(out[16] == 0);
    CHECK(out[17] == 0);
  }
  for (const bool was : moved) CHECK(was);
  CHECK(random.fill({}));
}

TEST_CASE(
    "a random source that was closed begins again, and one that was not begun can be closed") {
  std::array<char, 16> first{};
  std::array<char, 16> second{};
  before_main.close();
  REQUIRE(before_main.fill(first));
  before_main.close();
  before_main.close();
  REQUIRE(before_main.fill(second));
  before_main.close();
  CHECK(first != second);
}

TEST_CASE("more random octets than wolfCrypt makes at once are refused, and not forever") {
  wolfssl::scoped<wolfssl::random> random;
  std::vector<char> much(1'000'000, 0);
  CHECK_FALSE(random.fill(much));
  CHECK(random.fill(std::span{much}.first(65'536)));
}
