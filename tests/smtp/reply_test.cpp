// SPDX-License-Identifier: BSL-1.0
// Replies as servers write them, good and bad (RFC 5321 section 4.2, RFC 3463, RFC 2034).
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/smtp/reply.hpp>

using namespace mailmote;
using smtp::reply_parser;
using event = smtp::reply_parser::event;

namespace {

static_assert(sizeof(reply_parser) <= 112);  // however long the reply

// Feeds `octets` until something ends the reply, and answers with that; `fed` says how far it got.
event read(reply_parser& parser, std::string_view octets, std::size_t* fed = nullptr) {
  event last = event::none;
  std::size_t n = 0;
  while (n < octets.size() && last < event::complete) last = parser.feed(octets[n++]);
  if (fed != nullptr) *fed = n;
  return last;
}

reply_parser reply_of(std::string_view octets) {
  reply_parser parser;
  std::size_t fed = 0;
  CAPTURE(octets);
  CHECK(read(parser, octets, &fed) == event::complete);
  CHECK(fed == octets.size());
  return parser;
}

enhanced_code enhanced_of(std::string_view octets) { return reply_of(octets).enhanced(); }

std::string text_of(std::string_view octets) { return std::string{reply_of(octets).text()}; }

event outcome_of(std::string_view octets) {
  reply_parser parser;
  return read(parser, octets);
}

}  // namespace

TEST_CASE("replies of every shape that servers write are read") {
  const struct {
    std::string_view octets;
    unsigned code;
    std::string_view text;
  } cases[] = {
      {"250 ok\r\n", 250, "ok"},
      {"250 ok\n", 250, "ok"},  // LF alone
      {"250\r\n", 250, ""},     // no text, no space
      {"250 \r\n", 250, ""},
      {"334 \r\n", 334, ""},
      {"250  two spaces\r\n", 250, "two spaces"},
      {"250    \r\n", 250, ""},  // blank text
      {"220-mx.example.org\r\n220-no spam\r\n220 ready\r\n", 220, "mx.example.org no spam ready"},
      {"250-\r\n250 ok\r\n", 250, "ok"},
      {"250-a\r\n250-\r\n250\r\n", 250, "a"},
      {"250-a\n250 b\r\n", 250, "a b"},
      {"250 -\r\n", 250, "-"},
      {"250 250 ok\r\n", 250, "250 ok"},
      {"251 will forward\r\n", 251, "will forward"},
      {"100 \r\n", 100, ""},
      {"599 \r\n", 599, ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.octets);
    const reply_parser reply = reply_of(c.octets);
    CHECK(reply.code() == c.code);
    CHECK(reply.text() == c.text);
  }
}

TEST_CASE("what does not begin with a code is no reply, and is noticed at once") {
  for (const std::string_view octets : {"\r", "\n", " ", "x", "2x", "25x", "25\r", "25\n", "2 ",
                                        "-", "HTTP/1.1", "\x16", "250x", "2500", "250.", "250\t"}) {
    CAPTURE(octets);
    reply_parser parser;
    std::size_t fed = 0;
    CHECK(read(parser, octets, &fed) == event::malformed);
    CHECK(fed <= 4);
  }
  CHECK(outcome_of({"\0", 1}) == event::malformed);
  CHECK(outcome_of({"250\0", 4}) == event::malformed);
}

TEST_CASE("a code of a class that does not exist makes no reply") {
  for (unsigned code = 0; code < 1'000; ++code) {
    std::string digits = std::to_string(code);
    digits.insert(0, 3 - digits.size(), '0');
    const bool exists = code >= 100 && code < 600;
    CHECK(outcome_of(digits + " x\r\n") == (exists ? event::complete : event::malformed));
  }
}

TEST_CASE("a reply whose lines disagree about the code is none") {
  CHECK(outcome_of("250-a\r\n251 b\r\n") == event::malformed);
  CHECK(outcome_of("250-a\r\n550-b\r\n250 c\r\n") == event::malformed);
  CHECK(outcome_of("250-a\r\n\r\n") == event::malformed);
  CHECK(outcome_of("250-a\r\nb\r\n") == event::malformed);
}

TEST_CASE("several replies in one packet are taken one by one") {
  reply_parser parser;
  std::string_view octets = "250 one\r\n550-two\r\n550 too\r\n354 three\r\n";
  for (const unsigned code : {250u, 550u, 354u}) {
    std::size_t fed = 0;
    CHECK(parser.between_replies());
    CHECK(read(parser, octets, &fed) == event::complete);
    CHECK(parser.code() == code);
    octets.remove_prefix(fed);
  }
  CHECK(octets.empty());
  CHECK(parser.text() == "three");
}

TEST_CASE("an end of the stream inside a reply can be told from one before it") {
  const std::string_view octets = "250-mx\r\n250 ok\r\n";
  reply_parser parser;
  CHECK(parser.between_replies());
  for (const char c : octets.substr(0, octets.size() - 1)) {
    CHECK(parser.feed(c) != event::complete);
    CHECK_FALSE(parser.between_replies());
  }
  CHECK(parser.feed('\n') == event::complete);
  CHECK(parser.between_replies());
}

TEST_CASE("the text of every line is handed on, and what is no text is not") {
  reply_parser parser;
  std::vector<std::string> lines(1);
  for (const char c : std::string_view{"250-mx\r\n250- SIZE 1\xFF\n250-\r\n250 A=B \r\n"}) {
    const event e = parser.feed(c);
    if (e == event::text) lines.back() += c;
    if (e == event::line_end) lines.emplace_back();
  }
  CHECK(lines == std::vector<std::string>{"mx", "SIZE 1\xFF", "", "A=B "});
}

TEST_CASE("the code of a line is known while its text is read") {
  reply_parser parser;
  for (const char c : std::string_view{"334 abc"}) {
    if (parser.feed(c) == event::text) CHECK(parser.line_code() == 334);
  }
}

TEST_CASE("an enhanced code is read from the beginning of the text") {
  CHECK(enhanced_of("250 2.1.5 ok\r\n") == enhanced_code{2, 1, 5});
  CHECK(enhanced_of("452 4.5.3 too many\r\n") == enhanced_code{4, 5, 3});
  CHECK(enhanced_of("550 5.7.509 DMARC\r\n") == enhanced_code{5, 7, 509});
  CHECK(enhanced_of("550 5.999.999\r\n") == enhanced_code{5, 999, 999});
  CHECK(enhanced_of("250  2.0.0 two spaces\r\n") == enhanced_code{2, 0, 0});
  CHECK(enhanced_of("250-2.1.5 one\r\n250 2.1.5 two\r\n") == enhanced_code{2, 1, 5});
}

TEST_CASE("what only resembles an enhanced code is part of the text") {
  for (const std::string_view octets :
       {"250\r\n", "250 ok\r\n", "250 2\r\n", "250 2.\r\n", "250 2.1\r\n", "250 2.1.\r\n",
        "250 2.1.5x\r\n", "250 2.1.5.6\r\n", "250 2..5\r\n", "250 .1.5\r\n", "250 2.1000.5\r\n",
        "250 2.1.5000\r\n", "250 2,1,5\r\n", "250 x2.1.5\r\n", "250-\r\n250 2.1.5 ok\r\n",
        "220 192.0.2.7 ready\r\n"}) {
    CAPTURE(octets);
    CHECK(enhanced_of(octets) == enhanced_code{});
  }
}

TEST_CASE("an enhanced code of another class than the reply's is not believed") {
  CHECK(enhanced_of("250 5.1.1 ok\r\n") == enhanced_code{});
  CHECK(enhanced_of("550 2.1.5 no\r\n") == enhanced_code{});
  CHECK(enhanced_of("354 3.0.0 go\r\n") == enhanced_code{});
  CHECK(enhanced_of("550 4.2.2 full\r\n") == enhanced_code{});
}

TEST_CASE("an enhanced code is the reply's own and not its predecessor's") {
  reply_parser parser;
  CHECK(read(parser, "550 5.1.1 no such user\r\n") == event::complete);
  CHECK(read(parser, "550 no\r\n") == event::complete);
  CHECK(parser.enhanced() == enhanced_code{});
}

TEST_CASE("people are shown the beginning of a long text") {
  const std::string text(600, 'x');
  CHECK(text_of("550 " + text + "\r\n") == text.substr(0, smtp::max_kept_text));
  CHECK(text_of("550-" + text + "\r\n550 more\r\n") == text.substr(0, smtp::max_kept_text));
}

TEST_CASE("what could play tricks on a terminal is shown as a question mark") {
  CHECK(text_of("550 \x1B[2Jgr\xFC\xDF\x07\x7F\tend\r\n") == "?[2Jgr?????end");
  CHECK(text_of({"550 a\0b\r\n", 9}) == "a?b");
}

TEST_CASE("a carriage return inside a line ends nothing and shows nowhere") {
  CHECK(text_of("250 a\rb\r\n") == "ab");
  CHECK(text_of("250 a\r\r\n") == "a");
}

TEST_CASE("the words that explain a failure outlive the replies after it") {
  reply_parser parser;
  CHECK(read(parser, "550 5.7.1 not you\r\n") == event::complete);
  parser.hold_text(true);
  CHECK(read(parser, "503 MAIL first\r\n") == event::complete);
  CHECK(parser.text() == "5.7.1 not you");
  CHECK(parser.code() == 503);
  parser.hold_text(false);
  CHECK(read(parser, "221 bye\r\n") == event::complete);
  CHECK(parser.text() == "bye");
}

TEST_CASE("the enhanced code of a reply is its own while another's words are held") {
  reply_parser parser;
  CHECK(read(parser, "550 5.7.1 not you\r\n") == event::complete);
  parser.hold_text(true);
  CHECK(read(parser, "503 5.5.1 MAIL first\r\n") == event::complete);
  CHECK(parser.enhanced() == enhanced_code{5, 5, 1});
  CHECK(read(parser, "503 MAIL first\r\n") == event::complete);
  CHECK(parser.enhanced() == enhanced_code{});
}

TEST_CASE("words that are not the reason can be forgotten") {
  reply_parser parser = reply_of("550 no\r\n");
  parser.forget_text();
  CHECK(parser.text() == "");
}

TEST_CASE("two megabytes of reply are survived in the same few bytes") {
  const std::string line = "250-" + std::string(506, 'x') + "\r\n";
  reply_parser parser;
  std::size_t octets = 0;
  for (; octets + line.size() + 6 <= smtp::max_reply_octets; octets += line.size()) {
    REQUIRE(read(parser, line) == event::line_end);
  }
  CHECK(octets > 2'000'000);
  CHECK(read(parser, "250 \r\n") == event::complete);
  CHECK(parser.code() == 250);
}

TEST_CASE("a reply may have exactly so many octets and not one more") {
  for (const std::size_t excess : {0u, 1u}) {
    reply_parser parser;
    std::string octets = "250 ";
    octets.resize(smtp::max_reply_octets - 1 + excess, 'x');
    CHECK(read(parser, octets + '\n') == (excess == 0 ? event::complete : event::endless));
  }
}

TEST_CASE("a reply of lines without end does end") {
  reply_parser parser;
  std::size_t octets = 0;
  event last = event::none;
  for (; last != event::endless && octets < 3u << 20; octets += 5) last = read(parser, "250-\n");
  CHECK(last == event::endless);
  CHECK(octets <= smtp::max_reply_octets + 5);
}
