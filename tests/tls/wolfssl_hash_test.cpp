// SPDX-License-Identifier: BSL-1.0
// The hash functions of logins: known answers, in pieces, copied half-way, and used again.
#include <doctest/doctest.h>

#include <mailmote/sasl/hash.hpp>
#include <mailmote/sasl/hmac.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>

using namespace mailmote;

namespace {

std::string hex(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    text += "0123456789abcdef"[(c >> 4) & 15];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

template <class Hash>
std::string finished(Hash& hash) {
  std::array<char, Hash::size> out{};
  (void)hash.finish(out);
  return hex({out.data(), out.size()});
}

template <class Hash>
std::string of(std::string_view text, std::size_t piece = 1'000'000) {
  Hash hash;
  for (; !text.empty(); text = text.substr(piece < text.size() ? piece : text.size())) {
    hash.update(text.substr(0, piece));
  }
  return finished(hash);
}

// RFC 1321 A.5, FIPS 180-4's examples, and RFC 2202/4231's HMAC of "what do ya want for nothing?".
struct known {
  std::string_view empty, abc, long_text, hmac;
};

constexpr std::string_view long_text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

template <class Hash>
void check(const known& expected) {
  static_assert(sasl::hash<Hash>);
  static_assert(std::is_trivially_copyable_v<Hash>);
  static_assert(std::is_trivially_destructible_v<Hash>);
  static constinit Hash unused{};  // does nothing before main
  CHECK(finished(unused) == expected.empty);
  CHECK(of<Hash>("abc") == expected.abc);
  for (std::size_t piece = 1; piece <= long_text.size(); ++piece) {
    CAPTURE(piece);
    CHECK(of<Hash>(long_text, piece) == expected.long_text);
  }

  Hash first;
  first.update(long_text.substr(0, 20));
  Hash second = first;
  second.update(long_text.substr(20));
  first.update(std::string_view{"other"});
  Hash third;
  third = second;
  CHECK(finished(second) == expected.long_text);
  CHECK(finished(third) == expected.long_text);
  second.update(std::string_view{"abc"});
  CHECK(finished(second) == expected.abc);
  const std::string other = finished(first);
  CHECK(other != expected.long_text);
  CHECK(other == of<Hash>(std::string{long_text.substr(0, 20)} + "other"));

  const sasl::hmac<Hash> jefe{std::string_view{"Jefe"}};
  typename sasl::hmac<Hash>::digest digest{};
  CHECK(jefe.of(std::string_view{"what do ya want for nothing?"}, digest));
  CHECK(hex({digest.data(), digest.size()}) == expected.hmac);
}

}  // namespace

#ifndef NO_MD5
TEST_CASE("wolfCrypt's MD5 is the one of RFC 1321") {
  check<wolfssl::md5>({.empty = "d41d8cd98f00b204e9800998ecf8427e",
                       .abc = "900150983cd24fb0d6963f7d28e17f72",
                       .long_text = "8215ef0796a20bcaaae116d3876c664a",
                       .hmac = "750c783e6ab0b503eaa86e310a5db738"});
}
#endif

#ifndef NO_SHA
TEST_CASE("wolfCrypt's SHA-1 is the one of FIPS 180-4") {
  check<wolfssl::sha_1>({.empty = "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                         .abc = "a9993e364706816aba3e25717850c26c9cd0d89d",
                         .long_text = "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
                         .hmac = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"});
}
#endif

TEST_CASE("wolfCrypt's SHA-256 is the one of FIPS 180-4") {
  check<wolfssl::sha_256>(
      {.empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       .abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
       .long_text = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
       .hmac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"});
}

TEST_CASE("of what was hashed, nothing stays when it is finished") {
  wolfssl::sha_256 hash;
  const auto holds = [&](std::string_view text) {
    return std::string_view{reinterpret_cast<const char*>(&hash), sizeof hash}.find(text) !=
           std::string_view::npos;
  };
  // The words of a block may be kept in the order of the processor's octets.
  hash.update(std::string_view{"zzzzzzzzzzzzzzzzzzzzzzzzz"});
  CHECK(holds("zzzzzzzz"));
  std::array<char, 32> out{};
  CHECK(hash.finish(out));
  CHECK_FALSE(holds("zz"));
  CHECK_FALSE(holds({out.data(), 8}));
}

#if defined(WOLFSSL_SMALL_STACK) && defined(USE_WOLFSSL_MEMORY)
TEST_CASE("where wolfCrypt has no heap left, a result is zeros, and the next is right again") {
  const auto nothing = [](std::size_t) -> void* { return nullptr; };
  wolfssl::sha_256 hash;
  REQUIRE(wolfSSL_SetAllocators(nothing, std::free, std::realloc) == 0);
  hash.update(std::string_view{"abc"});
  std::array<char, 32> out{};
  CHECK_FALSE(hash.finish(out));
  const std::string without = hex({out.data(), out.size()});
  REQUIRE(wolfSSL_SetAllocators(std::malloc, std::free, std::realloc) == 0);
  CHECK(without == std::string(64, '0'));
  hash.update(std::string_view{"abc"});
  CHECK(finished(hash) == of<wolfssl::sha_256>("abc"));
}
#endif
