// SPDX-License-Identifier: BSL-1.0
// No text ends its mail early, and every text arrives (RFC 5321 sections 4.5.2 and 2.3.8).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/smtp/dot_stuffing.hpp>

#include "text/all_texts.hpp"
#include "text/with_crlf.hpp"

using namespace mailmote;
using smtp::dot_stuffer;

namespace {

static_assert(sizeof(dot_stuffer) == 1);

std::string stuff(dot_stuffer& stuffer, std::string_view text) {
  std::string out(dot_stuffer::max_growth * text.size(), '?');
  return out.substr(0, stuffer.stuff(text, out));
}

std::string finish(dot_stuffer& stuffer) {
  std::string out(dot_stuffer::max_end, '?');
  return out.substr(0, stuffer.finish(out));
}

// What goes out when `text` comes in pieces of `piece` octets.
std::string stuffed(std::string_view text, std::size_t piece = 100) {
  dot_stuffer stuffer;
  std::string wire;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    wire += stuff(stuffer, text.substr(0, piece));
  }
  return wire + finish(stuffer);
}

// The oracle: one line at a time, as RFC 5321 4.5.2 tells it.
std::string by_the_book(std::string_view text) {
  std::string lines = with_crlf(text);
  if (!lines.empty() && !lines.ends_with("\r\n")) lines += "\r\n";
  std::string wire;
  while (!lines.empty()) {
    const std::string line = lines.substr(0, lines.find("\r\n") + 2);
    lines.erase(0, line.size());
    wire += line.starts_with('.') ? '.' + line : line;
  }
  return wire + ".\r\n";
}

}  // namespace

TEST_CASE("a dot that begins a line is doubled, and no other") {
  CHECK(stuffed(".") == "..\r\n.\r\n");
  CHECK(stuffed("..\r\n") == "...\r\n.\r\n");
  CHECK(stuffed("a.b.\r\n.c\r\n") == "a.b.\r\n..c\r\n.\r\n");
  CHECK(stuffed("\r\n.\r\n") == "\r\n..\r\n.\r\n");
}

TEST_CASE("a text ends with one line end and the lone dot") {
  CHECK(stuffed("") == ".\r\n");
  CHECK(stuffed("hot") == "hot\r\n.\r\n");
  CHECK(stuffed("hot\r\n") == "hot\r\n.\r\n");
  CHECK(stuffed("hot\r\n\r\n") == "hot\r\n\r\n.\r\n");
  CHECK(stuffed("hot\r") == "hot\r\n.\r\n");
  CHECK(stuffed("hot\n") == "hot\r\n.\r\n");
}

TEST_CASE("no line end that some server might believe in smuggles a second mail in") {
  CHECK(stuffed("a\n.\nMAIL") == "a\r\n..\r\nMAIL\r\n.\r\n");
  CHECK(stuffed("a\r.\rMAIL") == "a\r\n..\r\nMAIL\r\n.\r\n");
  CHECK(stuffed("a\n.\r\nMAIL") == "a\r\n..\r\nMAIL\r\n.\r\n");
  CHECK(stuffed("a\r\n.\rMAIL") == "a\r\n..\r\nMAIL\r\n.\r\n");
}

TEST_CASE("every short text goes out by the book, however it is cut") {
  for_each_text("a.\r\n", 6, [](const std::string& text) {
    const std::string expected = by_the_book(text);
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      REQUIRE(stuffed(text, piece) == expected);
    }
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      dot_stuffer stuffer;
      std::string wire = stuff(stuffer, text.substr(0, cut));
      wire += stuff(stuffer, text.substr(cut));
      REQUIRE(wire + finish(stuffer) == expected);
    }
  });
}

TEST_CASE("a server finds the end of every short text at its end and nowhere before") {
  for_each_text("a.\r\n", 6, [](const std::string& text) {
    const std::string wire = "\r\n" + stuffed(text);
    REQUIRE(wire.find("\r\n.\r\n") == wire.size() - 5);
    for (std::size_t i = 0; i < wire.size(); ++i) {
      if (wire[i] == '\r') REQUIRE(wire[i + 1] == '\n');
      if (wire[i] == '\n') REQUIRE(wire[i - 1] == '\r');
    }
  });
}

TEST_CASE("reading and writing share one buffer, and nothing is overtaken") {
  for_each_text(".\r\n", 7, [](const std::string& text) {
    std::string buffer(dot_stuffer::max_growth * text.size(), '?');
    const auto end = std::span{buffer}.last(text.size());
    text.copy(end.data(), text.size());
    dot_stuffer stuffer;
    const std::size_t n = stuffer.stuff(end, buffer);
    REQUIRE(buffer.substr(0, n) + finish(stuffer) == by_the_book(text));
  });
}

TEST_CASE("octets of every value pass") {
  std::string text;
  for (int octet = 0; octet < 256; ++octet) text += static_cast<char>(octet);
  CHECK(stuffed(text, 3) == by_the_book(text));
}

TEST_CASE("the next mail begins afresh") {
  dot_stuffer stuffer;
  CHECK(stuff(stuffer, "hot") == "hot");
  CHECK(finish(stuffer) == "\r\n.\r\n");
  CHECK(stuff(stuffer, ".") == "..");
}
