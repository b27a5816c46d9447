// SPDX-License-Identifier: BSL-1.0
// Which octets are characters (RFC 3629 section 4), and what becomes of the others.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <mailmote/text/utf8.hpp>

using namespace mailmote;
using text::is_utf8;

namespace {

std::string repaired(std::string_view s) {
  std::string whole;
  while (!s.empty()) whole += text::take_character(s);
  return whole;
}

std::string repaired_by_octets(std::string_view s) {
  text::utf8_repairer repairer;
  std::string whole;
  char out[text::utf8_repairer::max_growth];
  for (const char c : s) whole.append(out, repairer.push(c, out));
  whole.append(out, repairer.finish(out));
  CHECK(repairer.has_found_faults() != is_utf8(s));
  return whole;
}

}  // namespace

TEST_CASE("every code point of Unicode is a character, and no surrogate is") {
  for (std::uint32_t point = 0; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 61) {
    std::string s;
    const auto tail = [&](int shift) { s += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
      s += static_cast<char>(point);
    } else if (point < 0x800) {
      s += static_cast<char>(0xC0 | (point >> 6));
      tail(0);
    } else if (point < 0x10000) {
      s += static_cast<char>(0xE0 | (point >> 12));
      tail(6);
      tail(0);
    } else {
      s += static_cast<char>(0xF0 | (point >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
    const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
    REQUIRE(is_utf8(s) != is_surrogate);
    if (!is_surrogate) REQUIRE(text::first_character(s).length == s.size());
  }
}

TEST_CASE("overlong forms, lone octets and what is over the end are no characters") {
  for (const std::string_view s : {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF",
                                   "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                   "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x94", "a\xC3z"}) {
    CHECK_FALSE(is_utf8(s));
  }
}

TEST_CASE("the longest beginning of a character becomes one U+FFFD, as Unicode's table 3-8 shows") {
  const std::string_view broken = "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64";
  CHECK(repaired(broken) == "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
}

TEST_CASE("a text that comes octet by octet is repaired the same way") {
  const std::string_view octets = "a\x80\xC2\xE2\x82\xF0\x9F\xED\xA0\xF4";
  std::string s;
  for (std::size_t n = 0; n < 20'000; ++n) {  // every text of up to four of these
    s.clear();
    for (std::size_t rest = n; rest > 0; rest /= 11) {
      if (rest % 11 > 0) s += octets[rest % 11 - 1];
    }
    REQUIRE(repaired_by_octets(s) == repaired(s));
    REQUIRE(is_utf8(repaired(s)));
  }
}
