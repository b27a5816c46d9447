// SPDX-License-Identifier: BSL-1.0
// What can go out as it is, wherever in a long text the first thing stands that cannot.
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <mailmote/smtp/dot_stuffing.hpp>
#include <mailmote/text/clean_run.hpp>
#include <mailmote/text/line_ends.hpp>

#include "text/all_texts.hpp"
#include "text/with_crlf.hpp"

using namespace mailmote;

namespace {

constexpr std::size_t longest = 2 * text::detail::block + 3;

// The oracle: line ends that are whole, no dot behind one; at a CR it ends before, unless LF follows.
std::size_t by_the_book(char before, std::string_view in) {
  std::size_t n = 0;
  for (; n < in.size(); ++n) {
    const char last = n == 0 ? before : in[n - 1];
    if ((in[n] == '\n') != (last == '\r') || (in[n] == '.' && last == '\n')) break;
  }
  return n > 0 && in[n - 1] == '\r' ? n - 1 : n;
}

// Each short text at each place of a long line, with as much of the line behind it.
template <class Visitor>
void for_each_long_text(Visitor visit) {
  for_each_text("a.\r\n", 4, [&](const std::string& text) {
    for (std::size_t at = 0; at <= longest; ++at) {
      visit(std::string(at, 'a') + text + std::string(longest - at, 'a'));
    }
  });
}

constexpr std::string_view lines = "a\r\n.b\r\n";
static_assert(text::clean_run('\n', lines) == (text::detail::is_wide ? 3 : 0));

}  // namespace

TEST_CASE("the longest beginning without work is found, wherever the work is") {
  for_each_long_text([](const std::string& text) {
    for (const char before : {'a', '\r', '\n'}) {
      const std::size_t expected = text::detail::is_wide ? by_the_book(before, text) : 0;
      REQUIRE(text::clean_run(before, text) == expected);
    }
  });
}

TEST_CASE("octets of every value are clean in a long text, but those of line ends") {
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    for (std::size_t at = 0; at <= longest; ++at) {
      const std::string text = std::string(at, 'a') + c + std::string(longest - at, 'a');
      const std::size_t expected = c == '\r' || c == '\n' ? at : text.size();
      REQUIRE(text::clean_run('a', text) == (text::detail::is_wide ? expected : 0));
    }
  }
}

TEST_CASE("a long text is repaired and stuffed as a short one is") {
  for_each_long_text([](const std::string& text) {
    const std::string expected = with_crlf(text);
    std::string repaired(2 * text.size(), '?');
    text::line_ends ends;
    const auto done = ends.repair(text, repaired);
    REQUIRE(done.read == text.size());
    repaired.resize(done.written);
    if (repaired.ends_with('\r')) repaired += '\n';  // which is owed
    REQUIRE(repaired == expected);
    REQUIRE(text::repaired_length(text) == whole_with_crlf(text).size());

    std::string stuffed = expected;
    if (stuffed.starts_with('.')) stuffed.insert(0, 1, '.');
    for (std::size_t at = 0; (at = stuffed.find("\n.", at)) != std::string::npos; at += 3) {
      stuffed.insert(at + 1, 1, '.');
    }
    // Read from the end of the buffer that it is written to, as message_writer does.
    std::string buffer(smtp::dot_stuffer::max_growth * text.size(), '?');
    const auto end = std::span{buffer}.last(text.size());
    text.copy(end.data(), text.size());
    smtp::dot_stuffer stuffer;
    REQUIRE(buffer.substr(0, stuffer.stuff(end, buffer)) == stuffed);
  });
}

TEST_CASE("a text longer than its room is repaired piece by piece") {
  std::string text;
  for (int line = 0; line < 40; ++line)
    text += std::string(static_cast<std::size_t>(line), '.') + "\r\n";
  for (std::size_t room = 1; room < longest; ++room) {
    text::line_ends ends;
    std::string_view rest = text;
    std::string all;
    std::string out(room, '?');
    while (!rest.empty()) {
      const auto done = ends.repair(rest, out);
      rest.remove_prefix(done.read);
      all.append(out, 0, done.written);
    }
    if (all.ends_with('\r')) all += '\n';
    REQUIRE(all == text);
  }
}
