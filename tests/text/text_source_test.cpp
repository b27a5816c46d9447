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

TEST_CASE("a text goes out as it is to a server that has no extension at all") {
  using namespace std::string_view_literals;
  text_source source{"\0 gr\xFC\xDF\x65\n"sv};
  CHECK(source.begin({}) == errc::none);
  CHECK(read_to_end(source, 3) == "\0 gr\xFC\xDF\x65\r\n"sv);
}
