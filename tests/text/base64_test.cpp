// SPDX-License-Identifier: BSL-1.0
// Octets as 64 printable characters and back (RFC 4648 section 4).
#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/text/base64.hpp>

using namespace mailmote;
using namespace std::string_literals;

namespace {

// `octets`, handed to the encoder in pieces of `piece`.
std::string encoded(std::string_view octets, std::size_t piece) {
  text::base64_encoder encoder;
  std::string all;
  for (std::size_t i = 0; i < octets.size(); i += piece) {
    const auto part = octets.substr(i, piece);
    std::string room(text::base64_length(part.size() + 2), '?');
    all += room.substr(0, encoder.encode(part, room));
  }
  std::string room(4, '?');
  return all + room.substr(0, encoder.finish(room));
}

std::optional<std::string> decoded(std::string_view characters) {
  text::base64_decoder decoder;
  std::string octets;
  for (const char c : characters) {
    char octet = 0;
    const int count = decoder.decode(c, octet);
    if (count < 0) return std::nullopt;
    if (count == 1) octets += octet;
  }
  return decoder.complete() ? std::optional{octets} : std::nullopt;
}

}  // namespace

TEST_CASE("the test vectors of RFC 4648 section 10 hold in both directions") {
  const struct {
    std::string octets, characters;
  } vectors[] = {{"", ""},
                 {"f", "Zg=="},
                 {"fo", "Zm8="},
                 {"foo", "Zm9v"},
                 {"foob", "Zm9vYg=="},
                 {"fooba", "Zm9vYmE="},
                 {"foobar", "Zm9vYmFy"}};
  for (const auto& v : vectors) {
    CAPTURE(v.octets);
    CHECK(encoded(v.octets, 100) == v.characters);
    CHECK(decoded(v.characters) == v.octets);
  }
}

TEST_CASE("the pieces that a text comes in do not show in its base64") {
  const std::string octets = "\0\x01 motes of every\xFF size\r\n"s;
  for (std::size_t length = 0; length <= octets.size(); ++length) {
    for (std::size_t piece = 1; piece <= length; ++piece) {
      const std::string text = octets.substr(0, length);
      CHECK(encoded(text, piece) == encoded(text, 100));
      CHECK(encoded(text, piece).size() == text::base64_length(length));
    }
  }
}

TEST_CASE("every pair of octets comes back as it was") {
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    const std::string octets{static_cast<char>(pair >> 8), static_cast<char>(pair & 255)};
    REQUIRE(decoded(encoded(octets, 2)) == octets);
  }
}

TEST_CASE("an encoder that has finished a text begins the next one afresh") {
  text::base64_encoder encoder;
  std::string room(8, '?');
  CHECK(encoder.encode(std::string_view{"f"}, room) == 0);
  CHECK(encoder.finish(room) == 4);
  CHECK(encoder.encode(std::string_view{"foo"}, room) == 4);
  CHECK(encoder.finish(room) == 0);
  CHECK(room.substr(0, 4) == "Zm9v");
}

TEST_CASE("what is no base64 is not guessed at") {
  for (const std::string text :
       {"Z",     "Zg",    "Zm8",    "Zg=",      "Z===",     "=",        "====",
        "Zg===", "Zm8==", "Zm9v=",  "Zm9v====", "Zg==Zg==", "Zg=g",     "Zm 8=",
        " Zm8=", "Zm8= ", "Zm8=\n", "Zm-_",     "Zm9\xFF",  "Username:"}) {
    CAPTURE(text);
    CHECK(decoded(text) == std::nullopt);
  }
  CHECK(decoded("Zm\0v"s) == std::nullopt);
}

TEST_CASE("exactly the 64 characters of the alphabet are taken") {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int octet = 0; octet < 256; ++octet) {
    CAPTURE(octet);
    const char c = static_cast<char>(octet);
    CHECK(decoded("AAA"s + c).has_value() == (alphabet.find(c) != std::string::npos || c == '='));
  }
}

TEST_CASE("the unused bits of the last character are the sender's business") {
  CHECK(decoded("Zh==") == "f");
  CHECK(decoded("Zm9=") == "fo");
}
