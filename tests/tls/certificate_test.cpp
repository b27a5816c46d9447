// SPDX-License-Identifier: BSL-1.0
// What is read out of a certificate, and that a damaged one never is.
#include <mailmote/tls/certificate.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include <mailmote/tls/server_identity.hpp>

#include <support/pki.hpp>

using namespace mailmote;
using tls::octets;

namespace {

constexpr std::int64_t start_of_2020 = 1577836800;
constexpr std::int64_t end_of_2089 = 3786911999;

octets view(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}

// In memory of its very size, so that a sanitizer sees a read beyond it.
bool reads(std::string_view der, tls::certificate& out) {
  const std::unique_ptr<std::uint8_t[]> exact{new std::uint8_t[der.size() + (der.empty() ? 1 : 0)]};
  std::copy(der.begin(), der.end(), exact.get());
  out = tls::read_certificate({exact.get(), der.size()});
  return out.is_readable;
}

std::string element(char tag, const std::string& content) {
  std::string whole(1, tag);
  if (content.size() >= 256) {
    whole += '\x82';
    whole += static_cast<char>(content.size() >> 8);
  } else if (content.size() >= 128) {
    whole += '\x81';
  }
  whole += static_cast<char>(content.size() & 0xFF);
  return whole + content;
}

bool reads_time(char tag, std::string_view text, std::int64_t& seconds) {
  const std::string whole = element(tag, std::string{text});
  octets run = view(whole);
  return tls::der::take_time(run, seconds) && run.empty();
}

// A certificate of the bare minimum, with these extensions (each a whole element).
std::string with_extensions(const std::string& extensions) {
  const std::string algorithm = element('\x30', element('\x06', "\x2A\x03"));
  const std::string dates = element('\x17', "200101000000Z") + element('\x17', "491231235959Z");
  const std::string tbs = element('\xA0', element('\x02', "\x02")) + element('\x02', "\x01") +
                          algorithm + element('\x30', "") + element('\x30', dates) +
                          element('\x30', "") + element('\x30', algorithm) +
                          (extensions.empty() ? "" : element('\xA3', element('\x30', extensions)));
  return element('\x30', element('\x30', tbs) + algorithm + element('\x03', std::string(2, '\0')));
}

bool is_for(const tls::certificate& certificate, std::string_view host) {
  std::string_view shown_name;
  return tls::judge_identity(certificate, tls::reference_identity{host}, shown_name) == errc::none;
}

// The name that is told to whom meant another host.
std::string shown_name(const tls::certificate& certificate) {
  std::string_view name;
  CHECK(tls::judge_identity(certificate, tls::reference_identity{"mail.other.test"}, name) ==
        errc::tls_name_mismatch);
  return std::string{name};
}

std::string alternative_names(const std::string& names) {
  return element('\x30', element('\x06', "\x55\x1D\x11") + element('\x04', element('\x30', names)));
}

}  // namespace

TEST_CASE("the dates, the key and the names of a certificate are read") {
  const std::string der = support::read_file(support::pki("good.der"));
  const tls::certificate certificate = tls::read_certificate(view(der));
  REQUIRE(certificate.is_readable);
  CHECK(certificate.dates.from == start_of_2020);
  CHECK(certificate.dates.until == end_of_2089);
  CHECK(is_for(certificate, "mail.example.test"));
  CHECK(is_for(certificate, "localhost"));
  CHECK(is_for(certificate, "127.0.0.1"));
  CHECK(is_for(certificate, "::1"));
  CHECK(shown_name(certificate) == "mail.example.test");
}

TEST_CASE("a certificate without names is read, and has none") {
  const std::string der = support::read_file(support::pki("ca.der"));
  const tls::certificate certificate = tls::read_certificate(view(der));
  REQUIRE(certificate.is_readable);
  CHECK(certificate.alternative_names.empty());
  CHECK(shown_name(certificate).empty());
}

TEST_CASE("a certificate that is cut short anywhere, or goes on, is refused") {
  const std::string der = support::read_file(support::pki("good.der"));
  REQUIRE(der.size() > 300);
  tls::certificate certificate;
  for (std::size_t size = 0; size < der.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(reads(std::string_view{der}.substr(0, size), certificate));
  }
  CHECK(reads(der, certificate));
  CHECK_FALSE(reads(der + '\0', certificate));
  CHECK_FALSE(reads(der + der, certificate));
}

TEST_CASE(
    "a flipped bit never makes the reader leave the certificate, or find another host in it") {
  const std::string good = support::read_file(support::pki("good.der"));
  int refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string der = good;
      der[i] = static_cast<char>(der[i] ^ (1 << bit));
      tls::certificate certificate;
      const bool read = reads(der, certificate);
      refused += !read;
      // Within the certificate: the copy is gone, so look where the views point by their size alone.
      REQUIRE(certificate.alternative_names.size() < der.size());
      if (!read) continue;
      certificate = tls::read_certificate(view(der));
      REQUIRE(certificate.is_readable);
      REQUIRE_FALSE(is_for(certificate, "mail.other.test"));
    }
  }
  CHECK(refused > 500);  // the structure itself: headers, dates, object identifiers
}

TEST_CASE("only the strict form of DER is read") {
  tls::certificate certificate;
  REQUIRE(reads(with_extensions(""), certificate));
  CHECK(certificate.dates.until == 2524607999);  // 2049 is the last year of two digits
  const std::string name = element('\x82', "a.example.test");
  REQUIRE(reads(with_extensions(alternative_names(name)), certificate));
  CHECK(certificate.alternative_names.size() == name.size());

  std::string der = with_extensions("");
  CHECK_FALSE(reads(std::string{"\x30\x80"} + der.substr(2), certificate));  // indefinite length
  const std::string content = der.substr(2);
  REQUIRE(content.size() < 128);
  CHECK_FALSE(reads("\x30\x81" + std::string(1, static_cast<char>(content.size())) + content,
                    certificate));  // a length that has a shorter form
  CHECK_FALSE(reads(std::string{"\x30\x84\0\0\0\x05"
                                "abcde",
                                11},
                    certificate));
  CHECK_FALSE(reads(std::string{"\x3F\x30\0", 3}, certificate));  // a tag of several octets
  CHECK_FALSE(reads(std::string{"\0\0", 2}, certificate));        // end of contents
}

TEST_CASE("two lists of names, an empty one, or something behind one, is refused") {
  tls::certificate certificate;
  const std::string list = alternative_names(element('\x82', "a.example.test"));
  const std::string other =
      element('\x30', element('\x06', "\x55\x1D\x13") + element('\x01', "\xFF") +
                          element('\x04', element('\x30', "")));
  CHECK(reads(with_extensions(other + list), certificate));
  CHECK(reads(with_extensions(list + other), certificate));
  CHECK_FALSE(reads(with_extensions(list + list), certificate));
  CHECK_FALSE(reads(with_extensions(alternative_names("")), certificate));
  CHECK_FALSE(reads(with_extensions(list + std::string{"\x05\0", 2}), certificate));
  CHECK_FALSE(
      reads(with_extensions(element('\x30', element('\x06', "\x55\x1D\x11"))), certificate));
}

TEST_CASE("both forms of time are read, and only as RFC 5280 writes them") {
  std::int64_t t = 0;
  CHECK((reads_time('\x17', "700101000000Z", t) && t == 0));
  CHECK((reads_time('\x17', "500101000000Z", t) && t == -631152000));
  CHECK((reads_time('\x17', "491231235959Z", t) && t == 2524607999));
  CHECK((reads_time('\x17', "000229120000Z", t) && t == 951825600));
  CHECK((reads_time('\x18', "20890101000000Z", t) && t == 3755376000));
  CHECK((reads_time('\x18', "99991231235959Z", t) && t == 253402300799));
  for (const std::string_view bad :
       {"", "Z", "700101000000", "7001010000Z", "700101000000+0000", "70010100000 Z",
        "7O0101000000Z", "700001000000Z", "701301000000Z", "700100000000Z", "700132000000Z",
        "700229000000Z", "700101240000Z", "700101006000Z", "700101000060Z", "19700101000000Z",
        "-10101000000Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(reads_time('\x17', bad, t));
  }
  for (const std::string_view bad : {"700101000000Z", "20890101000000", "20890101000000.5Z",
                                     "20890229000000Z", "2089010100000aZ"}) {
    CAPTURE(bad);
    CHECK_FALSE(reads_time('\x18', bad, t));
  }
}
