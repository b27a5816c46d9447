// SPDX-License-Identifier: BSL-1.0
// A message in memory, as a body.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/text/text_source.hpp>

#include "ground/read_to_end.hpp"
#include "text/all_texts.hpp"
#include "text/with_crlf.hpp"

using namespace mailmote;

TEST_CASE("a text knows beforehand how long it is once its lines end as they must") {
  CHECK(text_source{""}.length() == 0);
  CHECK(text_source{"hot"}.length() == 5);
  CHECK(text_source{"hot\n"}.length() == 5);
  CHECK(text_source{"hot\r\n"}.length() == 5);
}

TEST_CASE("every short text is read with its line ends repaired, in rooms of any size") {
  for_each_text("a.\r\n", 5, [](const std::string& text) {
    text_source source{text};
    const std::string expected = whole_with_crlf(text);
    REQUIRE(source.length() == expected.size());
    for (std::size_t room = 1; room <= expected.size() + 1; ++room) {
      REQUIRE(source.begin({}) == errc::none);
      REQUIRE(read_to_end(source, room) == expected);
    }
  });
}

TEST_CASE("a text can begin again in the middle of a line end") {
  text_source source{"hot\n"};
  CHECK(source.begin({}) == errc::none);
  char start[4];
  CHECK(source.read_some(start).count() == 4);
  CHECK(source.begin({}) == errc::none);
  CHECK(read_to_end(source, 100) == "hot\r\n");
}

TEST_CASE("a text that has ended goes on saying so") {
  text_source source{"hot"};
  CHECK(source.begin({}) == errc::none);
  CHECK(read_to_end(source, 2) == "hot\r\n");
  CHECK(read_to_end(source, 2) == "");
}

TEST_CASE("a text in ASCII goes to a server that has no extension at all, and needs none") {
  text_source source{"hot\n"};
  CHECK(source.begin({}) == errc::none);
  CHECK(source.needs().kind == body_kind::seven_bit);
  CHECK_FALSE(source.needs().utf8);
}

TEST_CASE("one octet over 127, wherever it stands, needs a server with 8BITMIME") {
  using namespace std::string_view_literals;
  for (std::size_t place = 0; place <= 5; ++place) {
    for (const char c : "\x80\xFF"sv) {
      std::string text = "hot\r\n";
      text.insert(place, 1, c);
      text_source source{text};
      CHECK(source.begin({}) == errc::eight_bit_needed);
      CHECK(source.begin({.utf8 = true, .binary = true}) == errc::eight_bit_needed);
      CHECK(source.begin({.eight_bit = true}) == errc::none);
      CHECK(source.needs().kind == body_kind::eight_bit);
      CHECK(read_to_end(source, 3) == whole_with_crlf(text));
    }
  }
}

TEST_CASE("a text does not become binary because the server would take that") {
  text_source source{"gr\xFC\xDF\x65\nhot"};
  CHECK(source.begin({.eight_bit = true, .utf8 = true, .binary = true}) == errc::none);
  CHECK(source.needs().kind == body_kind::eight_bit);
  CHECK(source.length() == 12);
  CHECK(read_to_end(source, 3) == "gr\xFC\xDF\x65\r\nhot\r\n");
}

TEST_CASE("a text that is binary goes untouched, and only where that is allowed") {
  using namespace std::string_view_literals;
  constexpr std::string_view octets = "\0\n\r\r\n.\xFF"sv;
  text_source source{octets, body_kind::binary};
  CHECK(source.begin({.eight_bit = true, .utf8 = true}) == errc::binary_needed);
  CHECK(source.begin({.binary = true}) == errc::none);
  CHECK(source.needs().kind == body_kind::binary);
  for (std::size_t room = 1; room <= octets.size() + 1; ++room) {
    CHECK(source.begin({.binary = true}) == errc::none);
    CHECK(source.length() == octets.size());
    CHECK(read_to_end(source, room) == octets);
  }
}

TEST_CASE("a text whose octets are encoded is read untouched, and as long as it is") {
  text_source source{"a\nb\r"};
  CHECK(source.begin({.verbatim = true}) == errc::none);
  CHECK(source.length() == 4);
  CHECK(read_to_end(source, 3) == "a\nb\r");
  CHECK(source.begin({}) == errc::none);
  CHECK(source.length() == 6);
  CHECK(read_to_end(source, 3) == "a\r\nb\r\n");
}
