// SPDX-License-Identifier: BSL-1.0
// Trust anchors, in all forms that a user may have them, and the ways in which they can be bad.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <tls/tls_pair.hpp>

using namespace mailmote;
using namespace support;

namespace {

// Nothing is done by these before main, and nothing at exit.
constinit wolfssl::context nobody{{}};
constinit wolfssl::session unused{nobody};
static_assert(std::is_trivially_destructible_v<wolfssl::context>);
static_assert(std::is_trivially_destructible_v<wolfssl::session>);
static_assert(tls_session<wolfssl::session, pipe_end>);
static_assert(sizeof(wolfssl::session) <= wolfssl::session_budget);

errc trusting(const wolfssl::context_settings& settings, const char* certificate = "good") {
  tls_pair pair{{.certificate = certificate}, "", settings};
  return pair.connect();
}

#ifndef NO_PSK
unsigned shared_key(unsigned char* key) {
  constexpr unsigned size = 16;
  for (unsigned i = 0; i < size; ++i) key[i] = 7;
  return size;
}
#endif

}  // namespace

TEST_CASE("anchors may be a literal, a string, or octets") {
  static constexpr char literal[] = "-----BEGIN CERTIFICATE-----";
  static constexpr std::array<std::uint8_t, 2> octets{0x30, 0x82};
  static constexpr std::uint8_t array[] = {0x30, 0x82};
  static_assert(!tls::anchor_text{literal}.empty());
  static_assert(!tls::anchor_text{octets}.empty());
  static_assert(!tls::anchor_text{array}.empty());
  static_assert(tls::anchor_text{}.empty());
  CHECK(tls::anchor_text{literal}.text() == literal);
  CHECK_FALSE(tls::anchor_text{literal}.is_der());
  CHECK(tls::anchor_text{std::span<const std::uint8_t>{array}}.is_der());
  CHECK(tls::anchor_text{octets}.text().size() == 2);
  CHECK(tls::anchor_text{std::string{"ab"}}.text().size() == 2);
  CHECK_FALSE(tls::anchor_text{"0 is how this comment begins"}.is_der());
}

TEST_CASE("an anchor is found in PEM, in DER, in a file, and among others with words around them") {
  const std::string ca = read_file(pki("ca.pem"));
  const std::string der = read_file(pki("ca.der"));
  const std::string other = read_file(pki("other_ca.pem"));
  CHECK(trusting({.anchors = ca}) == errc::none);
  CHECK(trusting({.anchors = der}) == errc::none);
  CHECK(trusting({.anchors = std::vector<std::uint8_t>(der.begin(), der.end())}) == errc::none);
  const std::string several = "the first\n" + other + "\r\n\r\nthe second\n" + ca + "\nthe end";
  CHECK(trusting({.anchors = several}) == errc::none);
  CHECK(trusting({.anchors = several}, "unknown") == errc::none);
  CHECK(trusting({.anchors = other}) == errc::tls_unknown_ca);
#ifndef NO_FILESYSTEM
  const std::string file = pki("ca.pem");
  CHECK(trusting({.anchors_file = file.c_str()}) == errc::none);
  CHECK(trusting({.anchors = other, .anchors_file = file.c_str()}) == errc::none);
#endif
}

TEST_CASE("an anchor that is out of date vouches for nobody, and does not spoil the others") {
  const std::string old = read_file(pki("old_ca.pem"));
  const std::string both = old + read_file(pki("ca.pem"));
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = both}};
  const auto meets = [&](const char* certificate, std::int64_t now) {
    tls_pair pair{{.certificate = certificate}, "", {}, &trust};
    pair.tls.set_time(now);
    return pair.connect();
  };
  CHECK(meets("good", in_2025) == errc::none);
  CHECK(meets("by_old", in_2025) == errc::tls_unknown_ca);
  CHECK(meets("by_old", in_2020) == errc::none);
  CHECK(meets("good", in_2020) == errc::none);
  CHECK(meets("by_old", in_2025) == errc::tls_unknown_ca);

  tls_pair alone{{.certificate = "by_old"}, "old_ca.pem"};
  CHECK(alone.connect() == errc::tls_expired);
  CHECK(alone.explained() == "the last trust anchor expired on 2020-12-31");
  CHECK(alone.pipe.to_far.octets.empty());
}

#ifndef NO_FILESYSTEM
TEST_CASE("an anchor is found wherever it stands in a file, and a damaged one is not passed over") {
  const std::string ca = read_file(pki("ca.pem"));
  const std::string path = pki("anchors_of_this_test.pem");
  const auto trusting_file = [&](const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
    return trusting({.anchors_file = path.c_str()});
  };
  for (const std::size_t block : {8192u, 16384u}) {
    for (std::size_t before = block - 40; before <= block + 2; ++before) {
      CAPTURE(before);
      CHECK(trusting_file(std::string(before, '-') + "\n" + ca) == errc::none);
    }
  }
  CHECK(trusting_file(ca + std::string(20'000, ' ') + read_file(pki("other_ca.pem"))) ==
        errc::none);
  CHECK(trusting_file("") == errc::tls_bad_anchors);
  CHECK(trusting_file(ca + ca.substr(0, 300)) == errc::tls_bad_anchors);
  CHECK(trusting_file(ca.substr(0, 60) + std::string(9'000, 'A') + ca) == errc::tls_bad_anchors);
  std::remove(path.c_str());
}
#endif

TEST_CASE("the system's store does not vouch for throwaway certificates") {
  const errc error = trusting({.system_store = true});
  CHECK((error == errc::tls_unknown_ca || error == errc::tls_no_anchors));
}

TEST_CASE("without an anchor nobody can be trusted") {
  CHECK(trusting({}) == errc::tls_no_anchors);
}

TEST_CASE("an anchor that cannot be read is said, also behind a good one, and nothing is sent") {
  const std::string ca = read_file(pki("ca.pem"));
  const std::string der = read_file(pki("ca.der"));
  std::string damaged = ca;
  damaged[100] = '?';
  for (const std::string& bad :
       {std::string{"garbage"}, std::string{"-----BEGIN CERTIFICATE-----"}, ca.substr(0, 200),
        damaged, ca + damaged, ca + ca.substr(0, 200), der.substr(0, 200), read_file(pki("ca.key")),
        std::string{"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}}) {
    CAPTURE(bad);
    tls_pair pair{{}, "", {.anchors = bad}};
    CHECK(pair.bind() == errc::tls_bad_anchors);
    CHECK(pair.tls.error() == errc::tls_bad_anchors);
    CHECK(pair.explained() == "a trust anchor cannot be read");
    CHECK(pair.tls.handshake() == io_status::failed);
    CHECK(pair.pipe.to_far.octets.empty());
  }
  CHECK(trusting({.anchors_file = "/nowhere/ca.pem"}) == errc::tls_bad_anchors);
}

TEST_CASE("many sessions share one set of anchors, also after it was given back") {
  const std::string ca = read_file(pki("ca.pem"));
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = ca}};
  for (int round = 0; round < 2; ++round) {
    {
      tls_pair first{{}, "", {}, &trust}, second{{.certificate = "unknown"}, "", {}, &trust},
          third{{}, "", {}, &trust};
      CHECK(first.bind() == errc::none);
      CHECK(second.connect() == errc::tls_unknown_ca);
      CHECK(third.connect() == errc::none);
      CHECK(first.handshake() == io_status::ok);
    }
    trust.release();
  }
}

TEST_CASE("a context of the caller's own is checked like ours, and stays the caller's") {
  const callers_context caller{"ca.pem"};
  WOLFSSL_CTX* own = caller.native;
  for (int round = 0; round < 2; ++round) {
    CHECK(trusting({.borrowed = own}) == errc::none);
    CHECK(trusting({.borrowed = own}, "unknown") == errc::tls_unknown_ca);
    CHECK(trusting({.borrowed = own}, "wrong_name") == errc::tls_name_mismatch);
    CHECK(trusting({.borrowed = own}, "expired") == errc::tls_expired);
  }
}

#ifdef OPENSSL_ALL
TEST_CASE("a context whose own callback accepts everybody changes nothing for us") {
  const callers_context own{"ca.pem"};
  wolfSSL_CTX_set_cert_verify_callback(
      own.native, [](WOLFSSL_X509_STORE_CTX*, void*) { return 1; }, nullptr);
  CHECK(trusting({.borrowed = own.native}) == errc::none);
  CHECK(trusting({.borrowed = own.native}, "unknown") == errc::tls_unknown_ca);
}
#endif

#if !defined(NO_PSK) && defined(WOLFSSL_TLS13)
TEST_CASE("a handshake that succeeds without a certificate is refused by the guard behind it") {
  const callers_context own{"ca.pem"};
  wolfSSL_CTX_set_psk_client_callback(
      own.native, [](WOLFSSL*, const char*, char* who, unsigned, unsigned char* key, unsigned) {
        who[0] = 'x';
        who[1] = '\0';
        return shared_key(key);
      });
  tls_pair pair{{.tls_1_3_only = true}, "", {.borrowed = own.native}};
  wolfSSL_set_psk_server_callback(
      pair.server.native(),
      [](WOLFSSL*, const char*, unsigned char* key, unsigned) { return shared_key(key); });
  CHECK(pair.connect() == errc::tls_unsafe);
  CHECK_FALSE(pair.tls.is_safe());
  CHECK(pair.tls.write_some(std::string_view{"x"}).status() == io_status::failed);
  CHECK(pair.server.accept());  // it was the handshake's end
}
#endif

TEST_CASE("a session that was never bound can do nothing, and says so") {
  char c = 'x';
  CHECK(unused.handshake() == io_status::failed);
  CHECK_FALSE(unused.is_safe());
  CHECK(unused.read_some({&c, 1}).status() == io_status::failed);
  CHECK(unused.write_some({&c, 1}).status() == io_status::failed);
  unused.close();
  CHECK(unused.error() == errc::none);
}
