// SPDX-License-Identifier: BSL-1.0
// The guard that no finished handshake passes unless it is the one that was asked for.
#include <mailmote/tls/handshake_guard.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

using namespace mailmote;
using tls::handshake_facts;
using tls::judge_handshake;
using tls::version;

namespace {

constexpr handshake_facts good_1_2{
    .version = version::tls_1_2, .suite = 0xC02B, .peer_proven = true};
constexpr handshake_facts good_1_3{
    .version = version::tls_1_3, .suite = 0x1303, .peer_proven = true};

}  // namespace

TEST_CASE("the two handshakes that we ask for pass") {
  CHECK(judge_handshake(good_1_2) == errc::none);
  CHECK(judge_handshake(good_1_3) == errc::none);
}

TEST_CASE("of all 65536 suites, the nine with ECDHE and an AEAD pass, each in its own version") {
  int passed_1_2 = 0, passed_1_3 = 0;
  for (int suite = 0; suite <= 0xFFFF; ++suite) {
    handshake_facts facts = good_1_2;
    facts.suite = suite;
    passed_1_2 += judge_handshake(facts) == errc::none;
    facts.version = version::tls_1_3;
    passed_1_3 += judge_handshake(facts) == errc::none;
    facts.version = version::other;
    REQUIRE(judge_handshake(facts) == errc::tls_unsafe);
  }
  CHECK(passed_1_2 == 6);
  CHECK(passed_1_3 == 3);
}

TEST_CASE("suites that were never offered are not accepted") {
  for (const int suite : {0x0034, 0x00A6, 0x006C,     // anonymous DH
                          0x0001, 0x003B,             // NULL
                          0x0005, 0x000A,             // RC4, 3DES
                          0x009C, 0x009E, 0xC013,     // RSA and DHE key exchange, CBC
                          0x00A8, 0xC0B4, 0xD001,     // PSK, integrity only
                          0x1304, 0x1305, 0x0000}) {  // CCM, none
    handshake_facts facts = good_1_2;
    facts.suite = suite;
    CAPTURE(suite);
    CHECK(judge_handshake(facts) == errc::tls_unsafe);
    facts.version = version::tls_1_3;
    CHECK(judge_handshake(facts) == errc::tls_unsafe);
  }
}

TEST_CASE("a peer that was not proven in this handshake is not accepted") {
  handshake_facts facts = good_1_3;
  facts.peer_proven = false;
  CHECK(judge_handshake(facts) == errc::tls_unsafe);
  facts.peer_proven = true;
  facts.resumed = true;
  CHECK(judge_handshake(facts) == errc::tls_unsafe);
}

TEST_CASE("TLS 1.2 is not accepted where 1.3 is the minimum") {
  handshake_facts facts = good_1_2;
  facts.minimum = version::tls_1_3;
  CHECK(judge_handshake(facts) == errc::tls_unsafe);
  facts = good_1_3;
  facts.minimum = version::tls_1_3;
  CHECK(judge_handshake(facts) == errc::none);
}

TEST_CASE("nothing known is nothing proven") { CHECK(judge_handshake({}) == errc::tls_unsafe); }
