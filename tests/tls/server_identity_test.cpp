// SPDX-License-Identifier: BSL-1.0
// Which certificates are for which hosts: RFC 9525, as a table.
#include <mailmote/tls/server_identity.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>

using namespace mailmote;

namespace {

// A certificate with these alternative names, each given with its GeneralName tag.
struct names {
  std::string der;
  names& add(std::uint8_t tag, std::string_view name) {
    der += static_cast<char>(tag);
    der += static_cast<char>(name.size());
    der += name;
    return *this;
  }
  names& dns(std::string_view name) { return add(0x82, name); }
  names& ip(std::string_view name) { return add(0x87, name); }

  errc judge(std::string_view host) const {
    tls::certificate certificate;
    certificate.alternative_names = {reinterpret_cast<const std::uint8_t*>(der.data()), der.size()};
    std::string_view shown_name;
    return tls::judge_identity(certificate, tls::reference_identity{host}, shown_name);
  }
};

bool is_host(std::string_view name) { return tls::is_host(tls::without_root(name)); }

using namespace std::string_view_literals;
constexpr std::string_view loopback6 = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"sv;
constexpr std::string_view mapped = "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\x7F\0\0\1"sv;

}  // namespace

TEST_CASE("a name in a certificate covers just the hosts that RFC 9525 lets it cover") {
  struct row {
    std::string_view presented, host;
    bool covered;
  };
  constexpr row table[] = {
      {"mail.example.test", "mail.example.test", true},
      {"MAIL.Example.Test", "mail.example.TEST", true},
      {"mail.example.test", "mail.example.test.", true},
      {"mail.example.test.", "mail.example.test", false},
      {"mail.example.test", "mail.example.test.evil.test", false},
      {"mail.example.test", "xmail.example.test", false},
      {"mail.example.test", "example.test", false},
      {"example.test", "mail.example.test", false},
      {"localhost", "localhost", true},
      {"localhost", "localhost.", true},
      {"localhost", "localhos", false},
      {"xn--bcher-kva.example.test", "XN--BCHER-KVA.example.test", true},
      {"a_b.example.test", "a_b.example.test", true},

      {"*.example.test", "mail.example.test", true},
      {"*.EXAMPLE.test", "mail.example.TEST.", true},
      {"*.example.test", "xn--bcher-kva.example.test", true},
      {"*.example.test", "example.test", false},
      {"*.example.test", "a.mail.example.test", false},
      {"*.test", "example.test", false},
      {"*", "localhost", false},
      {"*.", "localhost.", false},
      {"*.localhost", "mail.localhost", false},
      {"m*.example.test", "mail.example.test", false},
      {"*l.example.test", "mail.example.test", false},
      {"m*l.example.test", "mail.example.test", false},
      {"mail.*.test", "mail.example.test", false},
      {"*.*.test", "mail.example.test", false},
      {"**.example.test", "mail.example.test", false},
      {"xn--*.example.test", "xn--mail.example.test", false},
      {"*.example.test.", "mail.example.test", false},
      {"*example.test", "mailexample.test", false},

      {"", "mail.example.test", false},
      {"mail.example.test\0.evil.test"sv, "mail.example.test", false},
      {" mail.example.test", "mail.example.test", false},
  };
  for (const row& r : table) {
    CAPTURE(r.presented);
    CAPTURE(r.host);
    CHECK(tls::covers(r.presented, tls::without_root(r.host)) == r.covered);
  }
}

TEST_CASE("a host is a domain name of letters, digits, hyphens and underscores") {
  const std::string longest = std::string(251, 'a') + ".b";
  CHECK(is_host("mail.example.test"));
  CHECK(is_host("mail.example.test."));
  CHECK(is_host("localhost"));
  CHECK(is_host("4.3.2.1.example"));
  CHECK(is_host(longest));
  CHECK_FALSE(is_host(longest + "b"));
  for (const std::string_view bad :
       {""sv, "."sv, ".."sv, "a..b"sv, ".a"sv, "a.."sv, "a b"sv, "a\r\nb"sv, "a\0b"sv,
        "b\xC3\xBC"
        "cher"sv,
        "[::1]"sv, "*.example.test"sv, "a/b"sv, "a@b"sv}) {
    CAPTURE(bad);
    CHECK_FALSE(is_host(bad));
  }
}

TEST_CASE("any of several names will do, and other kinds of names are passed over") {
  const names n = names{}
                      .add(0x81, "ops@mail.example.test")
                      .dns("a.test")
                      .ip("\x7F\0\0\1"sv)
                      .add(0x86, "https://mail.example.test")
                      .dns("mail.example.test");
  CHECK(n.judge("mail.example.test") == errc::none);
  CHECK(n.judge("a.test") == errc::none);
  CHECK(n.judge("127.0.0.1") == errc::none);
  CHECK(n.judge("ops@mail.example.test") == errc::tls_name_mismatch);
  CHECK(n.judge("b.test") == errc::tls_name_mismatch);
}

TEST_CASE("an address matches the same address in binary, and nothing else") {
  const names v4 = names{}.ip("\x7F\0\0\1"sv);
  CHECK(v4.judge("127.0.0.1") == errc::none);
  CHECK(v4.judge("127.0.0.2") == errc::tls_ip_mismatch);
  CHECK(v4.judge("::ffff:127.0.0.1") == errc::tls_ip_mismatch);
  const names v6 = names{}.ip(loopback6);
  CHECK(v6.judge("::1") == errc::none);
  CHECK(v6.judge("0:0:0:0:0:0:0:1") == errc::none);
  CHECK(v6.judge("0000:0::0.0.0.1") == errc::none);
  CHECK(v6.judge("::2") == errc::tls_ip_mismatch);
  CHECK(names{}.ip(mapped).judge("127.0.0.1") == errc::tls_ip_mismatch);
  CHECK(names{}.dns("127.0.0.1").judge("127.0.0.1") == errc::tls_ip_mismatch);
  CHECK(names{}.add(0x86, "127.0.0.1").judge("127.0.0.1") == errc::tls_ip_mismatch);
  CHECK(names{}.ip("\x7F\0\0\1\xFF\0\0\0"sv).judge("127.0.0.1") == errc::tls_ip_mismatch);
}

TEST_CASE("without an alternative name nothing matches, whatever the common name says") {
  CHECK(names{}.judge("mail.example.test") == errc::tls_name_mismatch);
  CHECK(names{}.judge("127.0.0.1") == errc::tls_ip_mismatch);
}

TEST_CASE("a list of names that is broken behind the right one is refused all the same") {
  names n = names{}.dns("mail.example.test");
  n.der +=
      "\x82\x7F"
      "abc";
  CHECK(n.judge("mail.example.test") == errc::tls_bad_certificate);
  CHECK(n.judge("127.0.0.1") == errc::tls_bad_certificate);
}
