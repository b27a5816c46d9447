// SPDX-License-Identifier: BSL-1.0
// A server that asks who we are: the certificate in every form, and what is wrong with the others.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tls/tls_pair.hpp>

using namespace mailmote;
using namespace support;

#ifndef WOLFSSL_NO_CLIENT_AUTH

namespace {

constexpr std::string_view garbage =
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

// What becomes of a connection to a server that demands a certificate of `ca`; "in" when it takes us.
std::string meets(const tls::anchor_text& certificate, const tls::anchor_text& key,
                  tls_server_settings server = {}) {
  server.client_anchors = "ca";
  tls_pair pair{server, "ca.pem", {.certificate = certificate, .key = key}};
  const errc error = pair.connect();
  if (error == errc::tls_bad_client_certificate) {
    CHECK(pair.pipe.to_far.octets.empty());
    return "unfit";
  }
  if (error != errc::none) return error == errc::tls_alert ? "alert" : "failed";
  // What its own write says of a handshake that it has broken off differs between versions.
  (void)pair.server.write("220 who goes there\r\n");
  io_status end = io_status::ok;
  const std::string told = pair.read_all(&end);
  if (end == io_status::failed) return pair.tls.error() == errc::tls_alert ? "alert" : "failed";
  return told == "220 who goes there\r\n" ? "in" : "silent";
}

struct own {
  std::string certificate, key;
  explicit own(const char* name)
      : certificate{read_file(pki(name) + ".pem")}, key{read_file(pki(name) + ".key")} {}
};

}  // namespace

TEST_CASE("a server that demands a certificate takes ours, over either version of TLS") {
  const own mote{"client_only"};
  CHECK(meets(mote.certificate, mote.key, {.tls_1_2_only = true}) == "in");
  CHECK(meets(mote.certificate, mote.key, {.tls_1_3_only = true}) == "in");
  const own chain{"client_chain"};
  CHECK(meets(chain.certificate, chain.key) == "in");
}

TEST_CASE("a client's certificate and key may be DER, the key in either form") {
  const std::string der = read_file(pki("good.der"));
  const std::vector<std::uint8_t> octets(der.begin(), der.end());
  const std::string key = read_file(pki("key.der"));
  const std::string pkcs8 = read_file(pki("key_pkcs8.der"));
  const own good{"good"};
  REQUIRE(key.size() < 130);  // its length is in the short form
  CHECK(meets(der, key) == "in");
  CHECK(meets(octets, pkcs8) == "in");
  CHECK(meets(der, good.key) == "in");
  CHECK(meets(good.certificate, key) == "in");
}

TEST_CASE("a server that demands a certificate, and gets none or an unknown one, sends an alert") {
  const own stranger{"unknown"};
  CHECK(meets({}, {}, {.tls_1_3_only = true}) == "alert");
  CHECK(meets({}, {}, {.tls_1_2_only = true}) != "in");  // wolfSSL's server goes away in silence
  CHECK(meets(stranger.certificate, stranger.key, {.tls_1_2_only = true}) == "alert");
  CHECK(meets(stranger.certificate, stranger.key, {.tls_1_3_only = true}) == "alert");
}

TEST_CASE(
    "a certificate or key that is damaged, missing, or another's is told before a connection") {
  const own mote{"client_only"};
  const own other{"good"};
  CHECK(meets(mote.certificate, {}) == "unfit");
  CHECK(meets({}, mote.key) == "unfit");
  CHECK(meets("what is this?", mote.key) == "unfit");
  CHECK(meets(garbage, mote.key) == "unfit");
  CHECK(meets(mote.certificate, "what is this?") == "unfit");
  CHECK(meets(mote.certificate, mote.certificate) == "unfit");
#ifndef NO_CHECK_PRIVATE_KEY
  CHECK(meets(read_file(pki("rsa.pem")), read_file(pki("rsa_chain.key"))) == "unfit");
  CHECK(meets(mote.certificate, read_file(pki("rsa.key"))) == "unfit");
#endif
  // Some builds of wolfSSL do not compare EC keys: then the server does.
  const std::string verdict = meets(mote.certificate, other.key);
  CHECK((verdict == "unfit" || verdict == "alert"));
}

TEST_CASE("a server that asks nobody is not shown our certificate, and all is well") {
  const own mote{"client_only"};
  tls_pair pair{{}, "ca.pem", {.certificate = mote.certificate, .key = mote.key}};
  CHECK(pair.connect() == errc::none);
}

#else

TEST_CASE("a wolfSSL that cannot show a client's certificate says so, before a connection") {
  tls_pair pair{{}, "ca.pem", {.certificate = "c", .key = "k"}};
  CHECK(pair.connect() == errc::tls_setup);
}

#endif
