// SPDX-License-Identifier: BSL-1.0
// The letters and digits of protocols, octet by octet.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/text/ascii.hpp>

using namespace mailmote;

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

}  // namespace

TEST_CASE("every octet is of the classes that ASCII puts it in, whatever the locale") {
  for (int octet = 0; octet < 256; ++octet) {
    CAPTURE(octet);
    const char c = static_cast<char>(octet);
    const bool digit = digits.find(c) != std::string_view::npos;
    const bool letter = (std::string{lower} + std::string{upper}).find(c) != std::string::npos;
    CHECK(ascii::is_digit(c) == digit);
    CHECK(ascii::is_letter(c) == letter);
    CHECK(ascii::is_alphanumeric(c) == (letter || digit));
    CHECK(ascii::is_non_ascii(c) == (octet > 127));
    CHECK(ascii::is_control(c) == (octet < 32 || octet == 127));
    CHECK(ascii::is_printable(c) == (octet >= 32 && octet < 127));
    CHECK(ascii::has_control({&c, 1}) == ascii::is_control(c));
    CHECK(ascii::has_non_ascii({&c, 1}) == ascii::is_non_ascii(c));
  }
}

TEST_CASE("capital letters become small ones, and nothing else changes") {
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const std::size_t letter = upper.find(c);
    CHECK(ascii::to_lower(c) == (letter == std::string_view::npos ? c : lower[letter]));
  }
}

TEST_CASE("case does not matter, and everything else does") {
  CHECK(ascii::equal_ignoring_case("", ""));
  CHECK(ascii::equal_ignoring_case("StartTLS", "STARTtls"));
  CHECK_FALSE(ascii::equal_ignoring_case("PLAIN", "PLAI"));
  CHECK_FALSE(ascii::equal_ignoring_case("PLAIN", "PLAIM"));
  CHECK_FALSE(ascii::equal_ignoring_case("[]^@", "{}~`"));  // one bit apart, as letters are
  CHECK_FALSE(ascii::equal_ignoring_case("\xC4", "\xE4"));  // Latin-1's, which are not ours
}

TEST_CASE("one control or foreign octet is found wherever it hides") {
  for (std::size_t place = 0; place < 5; ++place) {
    std::string text = "motes";
    text[place] = '\0';
    CHECK(ascii::has_control(text));
    text[place] = '\xFF';
    CHECK(ascii::has_non_ascii(text));
    CHECK_FALSE(ascii::has_control(text));
  }
  CHECK_FALSE(ascii::has_control(""));
  CHECK_FALSE(ascii::has_non_ascii(""));
}
