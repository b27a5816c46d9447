// SPDX-License-Identifier: BSL-1.0
// A message that comes from flash, a file or a UART, as a body.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/text/stream_source.hpp>

#include "ground/read_to_end.hpp"
#include "text/all_texts.hpp"
#include "text/with_crlf.hpp"

using namespace mailmote;

namespace {

// Gives at most `most` octets at a time, and says "not yet" before each piece.
struct uart {
  explicit uart(std::string_view octets, std::size_t most = 1'000) : text{octets}, at_once{most} {}

  io_result read_some(std::span<char> out) noexcept {
    ready = !ready;
    if (!ready) return io_status::want_read;
    const std::size_t n = std::min({at_once, out.size(), text.size() - position});
    text.copy(out.data(), n, position);
    position += n;
    return n > 0 ? io_result::moved(n) : at_end;
  }

  std::string_view text;
  std::size_t at_once;
  std::size_t position = 0;
  bool ready = true;
  io_result at_end = io_status::closed;
};

struct flash : uart {
  using uart::uart;
  bool rewind() noexcept {
    position = 0;
    return !worn_out;
  }
  bool worn_out = false;
};

}  // namespace

TEST_CASE("a message is the same however its reader cuts it and whatever room it gets") {
  for_each_text("a.\r\n", 5, [](const std::string& text) {
    const std::string expected = whole_with_crlf(text);
    for (std::size_t at_once = 1; at_once <= 3; ++at_once) {
      for (std::size_t room = 1; room <= 3; ++room) {
        uart reader{text, at_once};
        stream_source source{reader};
        REQUIRE(source.begin({}) == errc::none);
        REQUIRE(read_to_end(source, room) == expected);
      }
    }
  });
}

TEST_CASE("a message longer than what is held back comes through whole") {
  std::string text;
  for (int line = 0; line < 100; ++line)
    text += std::string(static_cast<std::size_t>(line), 'x') + '\n';
  uart reader{text};
  stream_source source{reader};
  CHECK(source.begin({}) == errc::none);
  CHECK(read_to_end(source, 1'000) == with_crlf(text));
}

TEST_CASE("not yet is not the end") {
  uart reader{"hot"};
  stream_source source{reader};
  CHECK(source.begin({}) == errc::none);
  char room[8];
  CHECK(source.read_some(room).status() == io_status::want_read);
  CHECK(source.read_some(room).count() == 3);
  CHECK(source.read_some(room).status() == io_status::want_read);
  CHECK(source.read_some(room).count() == 2);  // the last line's end
  CHECK(source.read_some(room).status() == io_status::want_read);
  CHECK(source.read_some(room).status() == io_status::closed);
}

TEST_CASE("a reader that breaks is not taken for one that ends") {
  uart reader{"hot"};
  reader.at_end = io_status::failed;
  stream_source source{reader};
  CHECK(source.begin({}) == errc::none);
  char room[8];
  io_result result = source.read_some(room);
  while (result.ok() || result.status() == io_status::want_read) result = source.read_some(room);
  CHECK(result.status() == io_status::failed);
}

TEST_CASE("what cannot be read twice says so when a second try needs it") {
  uart reader{"hot"};
  stream_source source{reader};
  CHECK(source.begin({}) == errc::none);
  CHECK(source.begin({}) == errc::source_spent);
}

TEST_CASE("a reader that can go back is read again from its first octet") {
  flash reader{"hot\n"};
  stream_source source{reader};
  for (std::size_t taken = 0; taken < 5; ++taken) {
    CHECK(source.begin({}) == errc::none);
    char c;
    for (std::size_t i = 0; i < taken;) i += source.read_some({&c, 1}).count();
    CHECK(source.begin({}) == errc::none);
    CHECK(read_to_end(source, 3) == "hot\r\n");
  }
}

TEST_CASE("a reader that fails to go back has nothing to send") {
  flash reader{"hot"};
  reader.worn_out = true;
  stream_source source{reader};
  CHECK(source.begin({}) == errc::source_spent);
}

TEST_CASE("a message from a stream is as long as its owner says, or nobody knows") {
  uart reader{"hot"};
  CHECK(stream_source{reader}.length() == unknown_length);
  CHECK(stream_source{reader, 3}.length() == 3);
}

TEST_CASE("a message from a stream, of which nobody knows what is in it, goes to any server") {
  uart reader{"gr\xFC\xDF\x65\n"};
  stream_source source{reader};
  CHECK(source.begin({}) == errc::none);
  CHECK(source.needs().kind == body_kind::unknown);  // and so is announced where it can be
  CHECK_FALSE(source.needs().utf8);
  CHECK(read_to_end(source, 3) == "gr\xFC\xDF\x65\r\n");
}

TEST_CASE("a message from a stream goes where its owner's word for it lets it") {
  using kind = body_kind;
  const auto begun = [](kind which, body_limits limits) {
    uart reader{"hot"};
    return stream_source{reader, unknown_length, which}.begin(limits);
  };
  CHECK(begun(kind::seven_bit, {}) == errc::none);
  CHECK(begun(kind::eight_bit, {.utf8 = true, .binary = true}) == errc::eight_bit_needed);
  CHECK(begun(kind::eight_bit, {.eight_bit = true}) == errc::none);
  CHECK(begun(kind::binary, {.eight_bit = true, .utf8 = true}) == errc::binary_needed);
  CHECK(begun(kind::binary, {.binary = true}) == errc::none);
  uart reader{"hot"};
  for (const kind which : {kind::seven_bit, kind::unknown, kind::eight_bit, kind::binary}) {
    CHECK(stream_source{reader, 5, which}.needs().kind == which);
  }
}

TEST_CASE("a message that may not go to this server is not spent") {
  uart reader{"a\nb\r"};
  stream_source source{reader, 4, body_kind::binary};
  CHECK(source.begin({}) == errc::binary_needed);
  CHECK(source.begin({.binary = true}) == errc::none);
  CHECK(read_to_end(source, 3) == "a\nb\r");
}
