// SPDX-License-Identifier: BSL-1.0
// The hash function by which a certificate is named, for every signature algorithm.
#include <doctest/doctest.h>

#include <mailmote/tls/end_point.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include <support/pki.hpp>

using namespace mailmote;
using tls::end_point_hash;

namespace {

end_point_hash hash_of(std::string_view der) {
  return tls::end_point_hash_of({reinterpret_cast<const std::uint8_t*>(der.data()), der.size()});
}

// A certificate's bare frame, with this AlgorithmIdentifier.
std::string signed_with(std::string_view algorithm) {
  const auto element = [](char tag, std::string_view content) {
    return std::string{tag, static_cast<char>(content.size())}.append(content);
  };
  using namespace std::string_view_literals;
  return element('\x30', element('\x30', "\x02\x01\x01"sv) + element('\x30', algorithm) +
                             element('\x03', "\0\x55"sv));
}

std::string rsa(char number) {
  return std::string{"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01"} + number +
         std::string{"\x05\0", 2};
}
std::string ecdsa(char number) {
  return std::string{"\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03"} + number;
}
std::string pss(std::string_view parameters) {
  return std::string{"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"}.append(parameters);
}

}  // namespace

TEST_CASE(
    "a certificate is named by the hash that it is signed with, or by SHA-256 if it is weaker") {
  CHECK(hash_of(support::read_file(support::pki("good.der"))) == end_point_hash::sha_256);
  CHECK(hash_of(support::read_file(support::pki("rsa.der"))) == end_point_hash::sha_256);
  CHECK(hash_of(support::read_file(support::pki("sha384.der"))) == end_point_hash::sha_384);
  CHECK(hash_of(support::read_file(support::pki("sha512.der"))) == end_point_hash::sha_512);
  CHECK(hash_of(support::read_file(support::pki("pss.der"))) == end_point_hash::sha_384);

  CHECK(hash_of(signed_with(rsa(4))) == end_point_hash::sha_256);  // MD5
  CHECK(hash_of(signed_with(rsa(5))) == end_point_hash::sha_256);  // SHA-1
  CHECK(hash_of(signed_with(rsa(11))) == end_point_hash::sha_256);
  CHECK(hash_of(signed_with(rsa(12))) == end_point_hash::sha_384);
  CHECK(hash_of(signed_with(rsa(13))) == end_point_hash::sha_512);
  CHECK(hash_of(signed_with(rsa(14))) == end_point_hash::sha_224);
  CHECK(hash_of(signed_with(ecdsa(1))) == end_point_hash::sha_224);
  CHECK(hash_of(signed_with(ecdsa(2))) == end_point_hash::sha_256);
  CHECK(hash_of(signed_with(ecdsa(3))) == end_point_hash::sha_384);
  CHECK(hash_of(signed_with(ecdsa(4))) == end_point_hash::sha_512);
}

TEST_CASE("RSASSA-PSS says in its parameters which hash it is, and without them it is SHA-1") {
  using namespace std::string_view_literals;
  const auto naming = [](std::string_view algorithm) {
    const auto n = static_cast<char>(algorithm.size());
    const auto of = [&](char more) { return static_cast<char>(n + more); };
    std::string parameters{'\x30', of(6), '\xA0', of(4), '\x30', of(2), '\x06', n};
    return hash_of(signed_with(pss(parameters.append(algorithm))));
  };
  CHECK(naming("\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv) == end_point_hash::sha_256);
  CHECK(naming("\x60\x86\x48\x01\x65\x03\x04\x02\x02"sv) == end_point_hash::sha_384);
  CHECK(naming("\x60\x86\x48\x01\x65\x03\x04\x02\x03"sv) == end_point_hash::sha_512);
  CHECK(naming("\x60\x86\x48\x01\x65\x03\x04\x02\x04"sv) == end_point_hash::sha_224);
  CHECK(naming("\x60\x86\x48\x01\x65\x03\x04\x02\x08"sv) == end_point_hash::none);  // SHA3-256
  CHECK(naming("\x2B\x0E\x03\x02\x1A"sv) == end_point_hash::sha_256);
  CHECK(hash_of(signed_with(pss("\x30\0"sv))) == end_point_hash::sha_256);
  CHECK(hash_of(signed_with(pss("\x30\x05\xA2\x03\x02\x01\x20"sv))) == end_point_hash::sha_256);
  CHECK(hash_of(signed_with(pss(""))) == end_point_hash::none);
  CHECK(hash_of(signed_with(pss("\x30\x02\xA0\0"sv))) == end_point_hash::none);
}

TEST_CASE("a certificate without a known hash has no name") {
  using namespace std::string_view_literals;
  CHECK(hash_of(signed_with("\x06\x03\x2B\x65\x70"sv)) == end_point_hash::none);  // Ed25519
  CHECK(hash_of(signed_with(rsa(1))) == end_point_hash::none);
  CHECK(hash_of(signed_with(rsa(15))) == end_point_hash::none);
  CHECK(hash_of(signed_with(ecdsa(5))) == end_point_hash::none);
  CHECK(hash_of(signed_with("\x06\x07\x2A\x86\x48\xCE\x3D\x04\x01"sv)) == end_point_hash::sha_256);
  CHECK(hash_of(signed_with("\x06\x07\x2A\x86\x48\xCE\x3D\x04\x02"sv)) == end_point_hash::none);
  CHECK(hash_of(signed_with("")) == end_point_hash::none);
  CHECK(hash_of("") == end_point_hash::none);
  const std::string whole = signed_with(ecdsa(2));
  CHECK(hash_of(whole) == end_point_hash::sha_256);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    CHECK(hash_of(std::string_view{whole}.substr(0, n)) == end_point_hash::none);
  }
}
