// SPDX-License-Identifier: BSL-1.0
// HMAC (RFC 2104) by the known answers of RFC 2202 and RFC 4231.
#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/sasl/hmac.hpp>

#include "support/login_parts.hpp"
#include "support/wolfcrypt_hash.hpp"

using namespace mailmote;

namespace {

std::string counting_up(std::size_t n) {
  std::string s;
  for (std::size_t i = 1; i <= n; ++i) s += static_cast<char>(i);
  return s;
}

struct known_answer {
  std::string key;
  std::string message;
  std::string_view mac;
};

const std::string hi_there = "Hi There";
const std::string what = "what do ya want for nothing?";
const std::string larger_key = "Test Using Larger Than Block-Size Key - Hash Key First";
const std::string larger_key_and_data =
    "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";

// Whole, and in pieces of every size.
template <class Hash>
void check(const known_answer& answer) {
  const sasl::hmac<Hash> mac{answer.key};
  CHECK(test::hex(test::mac_of(mac, answer.message)) == answer.mac);
  for (std::size_t size = 1; size <= answer.message.size(); ++size) {
    Hash message = mac.begin();
    for (std::string_view rest = answer.message; !rest.empty();) {
      const std::string_view piece = rest.substr(0, size);
      message.update(piece);
      rest.remove_prefix(piece.size());
    }
    typename sasl::hmac<Hash>::digest result{};
    CHECK(mac.finish(message, result));
    CHECK(test::hex(result) == answer.mac);
  }
}

}  // namespace

TEST_CASE("HMAC-MD5 gives the answers of RFC 2202 section 2") {
  for (const known_answer& answer : {
           known_answer{std::string(16, '\x0b'), hi_there, "9294727a3638bb1c13f48ef8158bfc9d"},
           {"Jefe", what, "750c783e6ab0b503eaa86e310a5db738"},
           {std::string(16, '\xaa'), std::string(50, '\xdd'), "56be34521d144c88dbb8c733f0e8b3f6"},
           {counting_up(25), std::string(50, '\xcd'), "697eaf0aca3a3aea3a75164746ffaa79"},
           {std::string(16, '\x0c'), "Test With Truncation", "56461ef2342edc00f9bab995690efd4c"},
           {std::string(80, '\xaa'), larger_key, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
           {std::string(80, '\xaa'), larger_key_and_data, "6f630fad67cda0ee1fb1f562db3aa53e"},
       }) {
    check<test::md5>(answer);
  }
}

TEST_CASE("HMAC-SHA-1 gives the answers of RFC 2202 section 3") {
  for (const known_answer& answer : {
           known_answer{std::string(20, '\x0b'), hi_there,
                        "b617318655057264e28bc0b6fb378c8ef146be00"},
           {"Jefe", what, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
           {std::string(20, '\xaa'), std::string(50, '\xdd'),
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
           {counting_up(25), std::string(50, '\xcd'), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
           {std::string(20, '\x0c'), "Test With Truncation",
            "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
           {std::string(80, '\xaa'), larger_key, "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
           {std::string(80, '\xaa'), larger_key_and_data,
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
       }) {
    check<test::sha_1>(answer);
  }
}

TEST_CASE("HMAC-SHA-256 gives the answers of RFC 4231 section 4") {
  for (const known_answer& answer : {
           known_answer{std::string(20, '\x0b'), hi_there,
                        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
           {"Jefe", what, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
           {std::string(20, '\xaa'), std::string(50, '\xdd'),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
           {counting_up(25), std::string(50, '\xcd'),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
           {std::string(131, '\xaa'), larger_key,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
           {std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. "
            "The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
       }) {
    check<test::sha_256>(answer);
  }
}

TEST_CASE("a key of just one block is used as it is, and one octet more is hashed first") {
  const sasl::hmac<test::sha_256> whole{std::string(64, 'k')};
  CHECK(test::hex(test::mac_of(whole, what)) ==
        "63f12563e45dcef7c354a6ba71d0c713aa28eea869b5a199da814b225867f54c");
  const sasl::hmac<test::sha_256> longer{std::string(65, 'k')};
  CHECK(test::hex(test::mac_of(longer, what)) ==
        "58b6aa8aff9a0a75db8f453becc657e29cdde625b22acf3febfb296484223f22");
}

TEST_CASE("a new key takes the place of the old one") {
  sasl::hmac<test::sha_1> mac{std::string(80, '\xaa')};
  mac.set_key(std::string_view{"Jefe"});
  CHECK(test::hex(test::mac_of(mac, what)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  mac.forget();
  mac.set_key(std::string_view{"Jefe"});
  CHECK(test::hex(test::mac_of(mac, what)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}
