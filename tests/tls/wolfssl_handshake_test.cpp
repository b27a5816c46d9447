// SPDX-License-Identifier: BSL-1.0
// Which servers are trusted, and what is said of the others.
#include <doctest/doctest.h>

#include <string>

#include <tls/tls_pair.hpp>

using namespace mailmote;
using namespace support;

namespace {

struct verdict {
  errc error;
  std::string words;
  friend bool operator==(const verdict&, const verdict&) = default;
};

verdict meet(const char* certificate, std::string_view host = "mail.example.test",
             std::int64_t now = in_2025, const char* anchors = "ca.pem") {
  tls_pair pair{{.certificate = certificate}, anchors};
  REQUIRE(pair.server.is_ready());
  pair.tls.set_time(now);
  const errc error = pair.connect(host);
  CHECK(pair.tls.is_safe() == (error == errc::none));
  CHECK(pair.tls.error() == error);
  if (error != errc::none) {  // nothing goes out, and nothing is taken for an answer
    char c = 'x';
    CHECK(pair.tls.write_some({&c, 1}).status() == io_status::failed);
    CHECK(pair.tls.read_some({&c, 1}).status() == io_status::failed);
    CHECK(pair.tls.handshake() == io_status::failed);
    CHECK(pair.server.read().empty());
  }
  return {error, pair.explained()};
}

const verdict trusted{errc::none, "no error"};

// No suite in common: said by the server's alert, or by the library before that.
bool is_disagreement(errc error) {
  return error == errc::tls_alert || error == errc::tls_no_common_cipher;
}

}  // namespace

TEST_CASE("a server with the right certificate is trusted by name and by address") {
  CHECK(meet("good") == trusted);
  CHECK(meet("good", "MAIL.example.TEST.") == trusted);
  CHECK(meet("good", "localhost") == trusted);
  CHECK(meet("good", "127.0.0.1") == trusted);
  CHECK(meet("good", "::1") == trusted);
  CHECK(meet("good", "0:0:0:0:0:0:0:1") == trusted);
  CHECK(meet("wildcard") == trusted);
  CHECK(meet("chain") == trusted);
  CHECK(meet("rsa", "mail.example.test", in_2025, "rsa_ca.pem") == trusted);
  CHECK(meet("good", "mail.example.test", in_2025, "ca.der") == trusted);
}

TEST_CASE("a certificate for another name or address is not enough") {
  CHECK(meet("wrong_name") ==
        verdict{errc::tls_name_mismatch,
                "the server's certificate is for mail.other.test, not mail.example.test"});
  CHECK(meet("good", "example.test") ==
        verdict{errc::tls_name_mismatch,
                "the server's certificate is for mail.example.test, not example.test"});
  CHECK(meet("wildcard", "a.mail.example.test") ==
        verdict{errc::tls_name_mismatch,
                "the server's certificate is for *.example.test, not a.mail.example.test"});
  CHECK(meet("wildcard", "localhost").error == errc::tls_name_mismatch);
  CHECK(
      meet("good", "127.0.0.2") ==
      verdict{errc::tls_ip_mismatch, "the server's certificate is not for the address 127.0.0.2"});
  CHECK(meet("good", "::2").error == errc::tls_ip_mismatch);
  CHECK(meet("good", "::ffff:127.0.0.1").error == errc::tls_ip_mismatch);
  CHECK(meet("wildcard", "127.0.0.1").error == errc::tls_ip_mismatch);
}

TEST_CASE("a server for another name is refused by wolfSSL too, in case we should err") {
  tls_pair pair{{.certificate = "wrong_name"}};
  CHECK(pair.connect() == errc::tls_name_mismatch);
  CHECK(pair.tls.native_error() != 0);
}

TEST_CASE("a server's own certificate as an anchor excuses neither its date nor its name") {
  const errc late = meet("expired", "mail.example.test", in_2025, "expired.pem").error;
  CHECK((late == errc::tls_expired || late == errc::tls_unknown_ca));  // not every build uses it
  const errc other = meet("good", "mail.other.test", in_2025, "good.pem").error;
  CHECK((other == errc::tls_name_mismatch || other == errc::tls_unknown_ca));
}

TEST_CASE("with wolfSSL's own clock dead, a chain is refused at worst, and the reason is named") {
  REQUIRE(wc_SetTimeCb([](time_t* t) -> time_t { return t != nullptr ? *t = 0 : 0; }) == 0);
  const verdict good = meet("good"), expired = meet("expired"), chain = meet("chain"),
                unknown = meet("chain_leaf");
  REQUIRE(wc_SetTimeCb(nullptr) == 0);
  CHECK(good == trusted);
  CHECK(expired.error == errc::tls_expired);
  CHECK(unknown ==
        verdict{errc::tls_unknown_ca, "no trust anchor vouches for the server's certificate"});
  if (chain != trusted) {  // with WOLFSSL_ALT_CERT_CHAINS
    CHECK(chain ==
          verdict{errc::tls_unknown_ca,
                  "no intermediate certificate was used: the TLS library's own clock is wrong"});
  }
}

TEST_CASE("the common name of a certificate is nobody's name") {
  CHECK(meet("common_name") ==
        verdict{errc::tls_name_mismatch, "the server's certificate is not for mail.example.test"});
}

TEST_CASE("a certificate is judged by the time that the caller gives, on either side") {
  const verdict expired{errc::tls_expired, "the server's certificate expired on 2020-12-31"};
  const verdict early{errc::tls_not_yet_valid,
                      "the server's certificate is not valid before 2089-01-01"};
  CHECK(meet("expired") == expired);
  CHECK(meet("expired", "mail.example.test", in_2020) == trusted);
  CHECK(meet("future") == early);
  CHECK(meet("future", "mail.example.test", in_2089) == trusted);
  CHECK(meet("good", "mail.example.test", in_2019) ==
        verdict{errc::tls_not_yet_valid, "the last trust anchor is not valid before 2020-01-01"});
  CHECK(meet("good", "mail.example.test", 0).error == errc::tls_not_yet_valid);
  CHECK(meet("chain_expired") == expired);
}

TEST_CASE("a certificate is valid from its first second to its last") {
  constexpr std::int64_t first = 1577836800, last = 3786911999;
  CHECK(meet("good", "mail.example.test", first) == trusted);
  CHECK(meet("good", "mail.example.test", last) == trusted);
  CHECK(meet("good", "mail.example.test", first - 1).error == errc::tls_not_yet_valid);
  CHECK(meet("good", "mail.example.test", last + 1).error == errc::tls_expired);
}

TEST_CASE("a wrong date hides nothing that is worse") {
  CHECK(meet("expired", "mail.example.test", in_2020, "other_ca.pem").error ==
        errc::tls_unknown_ca);
  CHECK(meet("future", "mail.example.test", in_2089, "other_ca.pem").error == errc::tls_unknown_ca);
  CHECK(meet("expired", "mail.other.test", in_2020).error == errc::tls_name_mismatch);
  CHECK(meet("future", "mail.other.test", in_2089).error == errc::tls_name_mismatch);
}

TEST_CASE("a certificate that no anchor vouches for is not enough") {
  CHECK(meet("unknown") ==
        verdict{errc::tls_unknown_ca, "no trust anchor vouches for the server's certificate"});
  CHECK(meet("good", "mail.example.test", in_2025, "other_ca.pem").error == errc::tls_unknown_ca);
  CHECK(meet("chain", "mail.example.test", in_2025, "other_ca.pem").error == errc::tls_unknown_ca);
  const verdict by_itself = meet("self_signed");  // lean builds have one error for both
  if (by_itself.error != errc::tls_unknown_ca) {
    CHECK(by_itself ==
          verdict{errc::tls_self_signed, "the server's certificate vouches only for itself"});
  }
  CHECK(meet("forged") == verdict{errc::tls_bad_signature, "a signature of the server's is wrong"});
}

TEST_CASE("a certificate for clients is none for a server") {
  CHECK(meet("client_only") ==
        verdict{errc::tls_bad_certificate, "the server's certificate is not valid for this use"});
}

#ifdef HAVE_ANON
TEST_CASE("a server that has no certificate, and offers anonymous suites, is refused") {
  tls_pair pair{{.certificate = "", .tls_1_2_only = true}};
  REQUIRE(pair.server.is_ready());
  CHECK(is_disagreement(pair.connect()));
  CHECK_FALSE(pair.tls.is_safe());
}

TEST_CASE("whoever insists on danger never gets a suite without a certificate") {
  tls_pair nobody{
      {.certificate = "", .tls_1_2_only = true}, "", {.dangerously_accept_any_certificate = true}};
  CHECK(nobody.connect() != errc::none);
}
#endif

TEST_CASE("suites without forward secrecy or an AEAD are not agreed on") {
  int refused = 0;
  for (const char* suites :
       {"ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA", "DHE-RSA-AES128-GCM-SHA256"}) {
    CAPTURE(suites);
    tls_pair pair{{.certificate = "rsa", .suites = suites, .tls_1_2_only = true}, "rsa_ca.pem"};
    if (!pair.server.is_ready()) continue;  // a build without that suite
    ++refused;
    CHECK(is_disagreement(pair.connect()));
  }
#ifdef OPENSSL_EXTRA
  CHECK(refused == 3);
#else
  CHECK(refused > 0);
#endif
}

TEST_CASE("each suite that is offered works") {
  struct row {
    const char* suite;
    const char* certificate;
    const char* anchors;
  };
  constexpr row table[] = {
      {"ECDHE-ECDSA-AES128-GCM-SHA256", "good", "ca.pem"},
      {"ECDHE-RSA-AES128-GCM-SHA256", "rsa", "rsa_ca.pem"},
      {"TLS13-AES128-GCM-SHA256", "good", "ca.pem"},
#ifdef HAVE_CHACHA
      {"ECDHE-ECDSA-CHACHA20-POLY1305", "good", "ca.pem"},
      {"ECDHE-RSA-CHACHA20-POLY1305", "rsa", "rsa_ca.pem"},
      {"TLS13-CHACHA20-POLY1305-SHA256", "good", "ca.pem"},
#endif
#ifdef WOLFSSL_SHA384
      {"ECDHE-ECDSA-AES256-GCM-SHA384", "good", "ca.pem"},
      {"ECDHE-RSA-AES256-GCM-SHA384", "rsa", "rsa_ca.pem"},
      {"TLS13-AES256-GCM-SHA384", "rsa", "rsa_ca.pem"},
#endif
  };
  for (const row& r : table) {
    CAPTURE(r.suite);
    const bool is_1_3 = std::string_view{r.suite}.starts_with("TLS13");
    tls_pair pair{{.certificate = r.certificate,
                   .suites = r.suite,
                   .tls_1_2_only = !is_1_3,
                   .tls_1_3_only = is_1_3},
                  r.anchors};
    REQUIRE(pair.server.is_ready());
    CHECK(pair.connect() == errc::none);
    CHECK(std::string{pair.server.version()} == (is_1_3 ? "TLSv1.3" : "TLSv1.2"));
    CHECK(pair.tls.write_some(std::string_view{"EHLO mote\r\n"}).count() == 11);
    CHECK(pair.server.read() == "EHLO mote\r\n");
  }
}

TEST_CASE("a server below the minimum version is refused, and one at it is not") {
  tls_pair old{{.tls_1_2_only = true}, "ca.pem", {.minimum = wolfssl::version::tls_1_3}};
  CHECK(old.connect() == errc::tls_version);
  CHECK(old.explained() == "the server has no TLS version that is allowed");
  tls_pair recent{{.tls_1_3_only = true}, "ca.pem", {.minimum = wolfssl::version::tls_1_3}};
  CHECK(recent.connect() == errc::none);
}

#ifndef NO_OLD_TLS
TEST_CASE("a server that has nothing above TLS 1.1 is refused") {
  tls_pair old{{.tls_1_1_only = true}};
  REQUIRE(old.server.is_ready());
  const errc error = old.connect();
  CHECK((error == errc::tls_alert || error == errc::tls_version));
}
#endif

TEST_CASE("a server that speaks plain text is named as that") {
  tls_pair pair;
  REQUIRE(pair.bind() == errc::none);
  CHECK(pair.tls.handshake() == io_status::want_read);
  (void)pair.pipe.far.write_some(std::string_view{"220 mx.example.test ESMTP\r\n"});
  CHECK(pair.tls.handshake() == io_status::failed);
  CHECK(pair.tls.error() == errc::tls_not_tls);
  CHECK(pair.explained() == "the server does not speak TLS on this port");
  CHECK(pair.tls.native_error() == -311);
}

TEST_CASE("a server that hangs up instead of answering is no server") {
  tls_pair pair;
  REQUIRE(pair.bind() == errc::none);
  CHECK(pair.tls.handshake() == io_status::want_read);
  pair.pipe.far.close();
  CHECK(pair.tls.handshake() == io_status::failed);
  CHECK(pair.tls.error() == errc::tls_truncated);
}

TEST_CASE("without a time no certificate can be judged") {
  memory_pipe pipe;
  const std::string anchors = read_file(pki("ca.pem"));
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = anchors}};
  wolfssl::scoped<wolfssl::session> tls{trust};
  CHECK(tls.bind(pipe.near, "mail.example.test") == errc::tls_no_time);
  CHECK(tls.handshake() == io_status::failed);
  CHECK(tls.error() == errc::tls_no_time);
  CHECK(pipe.to_far.octets.empty());
}

TEST_CASE("a host that is no name and no address is refused before anything is sent") {
  tls_pair pair;
  for (const std::string_view host : {"", ".", "a..b", "mail example test", "[::1]"}) {
    CAPTURE(host);
    CHECK(pair.bind(host) == errc::bad_host);
    CHECK(pair.tls.handshake() == io_status::failed);
  }
  CHECK(pair.pipe.to_far.octets.empty());
}

TEST_CASE("the host's name goes out in the first flight, and an address does not") {
  tls_pair named;
  REQUIRE(named.bind("mail.example.test.") == errc::none);
  (void)named.tls.handshake();
  CHECK(named.pipe.to_far.octets.find(std::string{"\0\0\x11mail.example.test", 20}) !=
        std::string::npos);
  tls_pair addressed;
  REQUIRE(addressed.bind("127.0.0.1") == errc::none);
  (void)addressed.tls.handshake();
  CHECK(addressed.pipe.to_far.octets.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("whoever insists on danger gets it") {
  tls_pair anybody{{.certificate = "unknown"}, "", {.dangerously_accept_any_certificate = true}};
  CHECK(anybody.connect("mail.elsewhere.test") == errc::none);
}

TEST_CASE(
    "an intermediate is forgotten when its time is over, though the server no longer shows it") {
  const std::string anchors = read_file(pki("ca.pem"));
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = anchors}};
  const auto meets = [&](const char* certificate, std::int64_t now) {
    tls_pair pair{{.certificate = certificate}, "ca.pem", {}, &trust};
    pair.tls.set_time(now);
    return pair.connect();
  };
  CHECK(meets("chain_leaf", in_2025) == errc::tls_unknown_ca);
  CHECK(meets("chain", in_2025) == errc::none);
  CHECK(meets("chain_leaf", in_2025) == errc::none);  // wolfSSL has kept the intermediate
  CHECK(meets("chain_leaf", in_2070) == errc::tls_unknown_ca);
  CHECK(meets("chain", in_2070) == errc::tls_expired);
  CHECK(meets("chain_leaf", in_2070) == errc::tls_unknown_ca);
  CHECK(meets("chain_expired", in_2025) == errc::tls_expired);
  CHECK(meets("chain_expired_leaf", in_2025) == errc::tls_unknown_ca);
  CHECK(meets("good", in_2025) == errc::none);
}

TEST_CASE("an intermediate that was refused vouches for nobody later, though wolfSSL has kept it") {
  const std::string anchors = read_file(pki("ca.pem"));
  for (const std::string chain : {"client_chain", "narrow_chain"}) {
    CAPTURE(chain);
    wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = anchors}};
    const auto meets = [&](const std::string& certificate) {
      tls_pair pair{{.certificate = certificate}, "", {}, &trust};
      return pair.connect();
    };
    const errc whole = chain == "narrow_chain" ? errc::none : errc::tls_bad_certificate;
    CHECK(meets(chain + "_leaf") == errc::tls_unknown_ca);
    CHECK(meets(chain) == whole);
    CHECK(meets(chain + "_leaf") == errc::tls_unknown_ca);
    CHECK(meets(chain) == whole);
  }

  // Nor for one that is in the middle of its own handshake.
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = anchors}};
  tls_pair waits{{.certificate = "narrow_chain_leaf"}, "", {}, &trust};
  tls_pair spoils{{.certificate = "narrow_chain"}, "", {}, &trust};
  REQUIRE(waits.bind() == errc::none);
  CHECK(spoils.connect() == errc::none);
  CHECK(waits.handshake() == io_status::failed);
  CHECK(waits.tls.error() == errc::tls_unknown_ca);

  callers_context own{"ca.pem"};
  wolfssl::scoped<wolfssl::context> borrowed{wolfssl::context_settings{.borrowed = own.native}};
  tls_pair first{{.certificate = "client_chain"}, "", {}, &borrowed};
  CHECK(first.connect() == errc::tls_bad_certificate);
  tls_pair second{{.certificate = "client_chain_leaf"}, "", {}, &borrowed};
  CHECK(second.connect() == errc::tls_bad_certificate);
}

TEST_CASE("an intermediate that a borrowed context has kept is refused when its time is over") {
  const callers_context own{"ca.pem"};
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.borrowed = own.native}};
  const auto meets = [&](const char* certificate, std::int64_t now) {
    tls_pair pair{{.certificate = certificate}, "ca.pem", {}, &trust};
    pair.tls.set_time(now);
    return verdict{pair.connect(), pair.explained()};
  };
  const verdict over{errc::tls_expired, "the server's certificate expired on 2059-12-31"};
  CHECK(meets("good", in_2070) == trusted);
  CHECK(meets("chain", in_2025) == trusted);
  CHECK(meets("chain_leaf", in_2025) == trusted);  // wolfSSL has kept the intermediate
  CHECK(meets("chain_leaf", in_2070) == over);
  CHECK(meets("good", in_2070) == over);
  CHECK(meets("chain_leaf", in_2019).error == errc::tls_not_yet_valid);
  trust.release();
  CHECK(meets("chain_leaf", in_2070) == over);
  CHECK(meets("chain_leaf", in_2025) == trusted);
}

TEST_CASE("an intermediate is forgotten also where the server that showed it was refused") {
  const callers_context own{"ca.pem"};
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.borrowed = own.native}};
  const auto meets = [&](const char* certificate, const char* host, std::int64_t now) {
    tls_pair pair{{.certificate = certificate}, "ca.pem", {}, &trust};
    pair.tls.set_time(now);
    return pair.connect(host);
  };
  CHECK(meets("chain", "mail.other.test", in_2025) == errc::tls_name_mismatch);
  CHECK(meets("chain_leaf", "mail.example.test", in_2025) == errc::none);
  CHECK(meets("chain_leaf", "mail.example.test", in_2070) == errc::tls_expired);
}
