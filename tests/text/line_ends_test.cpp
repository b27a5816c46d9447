// SPDX-License-Identifier: BSL-1.0
// Line ends of every kind become CRLF, however the text is cut (RFC 5321 section 2.3.8).
#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/text/line_ends.hpp>

#include "text/all_texts.hpp"
#include "text/with_crlf.hpp"

using namespace mailmote;

namespace {

// `text`, offered in pieces of `piece` octets, and taken in rooms of `room`.
std::string repaired(std::string_view text, std::size_t piece, std::size_t room) {
  text::line_ends ends;
  std::string all;
  std::string out(room, '?');
  for (std::size_t begin = 0;; begin += piece) {
    const bool last = begin >= text.size();
    std::string_view rest = last ? std::string_view{} : text.substr(begin, piece);
    for (;;) {
      const auto done = ends.repair(rest, out);
      rest.remove_prefix(done.read);
      all.append(out, 0, done.written);
      if (done.written < room) break;
    }
    CHECK(rest.empty());
    if (last) return all;
  }
}

}  // namespace

TEST_CASE("CRLF, CR and LF each end one line") {
  const struct {
    std::string_view text, wire;
  } cases[] = {
      {"", ""},
      {"no end", "no end"},
      {"unix\n", "unix\r\n"},
      {"mac\r", "mac\r\n"},
      {"mail\r\n", "mail\r\n"},
      {"\n\n", "\r\n\r\n"},
      {"\n\r", "\r\n\r\n"},
      {"\r\r\n", "\r\n\r\n"},  // CR CR LF is two
      {"\r\n\n", "\r\n\r\n"},
      {"\r\n\r\n", "\r\n\r\n"},
      {"a\rb\nc\r\nd", "a\r\nb\r\nc\r\nd"},
  };
  for (const auto& c : cases) CHECK(repaired(c.text, 100, 100) == c.wire);
}

TEST_CASE("every short text in every cutting and every room is repaired alike") {
  for_each_text("a.\r\n", 6, [](const std::string& text) {
    const std::string expected = with_crlf(text);
    REQUIRE(text::repaired_length(text) == whole_with_crlf(text).size());
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      for (std::size_t room = 1; room <= 3; ++room) {
        REQUIRE(repaired(text, piece, room) == expected);
      }
    }
  });
}

TEST_CASE("octets that are no line ends pass as they are") {
  std::string all_octets;
  for (int octet = 0; octet < 256; ++octet) all_octets += static_cast<char>(octet);
  CHECK(repaired(all_octets, 7, 5) == with_crlf(all_octets));
}

TEST_CASE("a full room stops the reading, and nothing is lost") {
  text::line_ends ends;
  char out[3];
  const auto done = ends.repair(std::string_view{"a\nb"}, out);
  CHECK(done.read == 2);
  CHECK(std::string_view{out, done.written} == "a\r\n");
}

TEST_CASE("a last line without an end gets one, and only that") {
  for_each_text("a\r\n", 4, [](const std::string& text) {
    for (std::size_t room = 1; room <= 3; ++room) {
      text::line_ends ends;
      std::string wire(100, '?');
      std::size_t written = ends.repair(text, wire).written;
      for (text::line_ends::progress last{0, 1}; last.written > 0; written += last.written) {
        last = ends.finish(std::span{wire}.subspan(written, room));
      }
      wire.resize(written);
      REQUIRE(wire == whole_with_crlf(text));
    }
  });
}
