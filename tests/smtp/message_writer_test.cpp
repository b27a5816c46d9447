// SPDX-License-Identifier: BSL-1.0
// A message on its way from its source to the wire, through a buffer of any size.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/smtp/message_writer.hpp>
#include <mailmote/text/text_source.hpp>

#include "text/all_texts.hpp"

using namespace mailmote;
using smtp::message_writer;
using state = smtp::message_writer::state;

namespace {

// Gives at most `at_once` octets a time, "not yet" before each piece, and `last` in the end.
struct slow_source final : body_source {
  explicit slow_source(std::string_view octets, std::size_t most = 1,
                       io_result end = io_status::closed)
      : text{octets}, at_once{most}, last{end} {}

  errc begin(body_limits) noexcept override { return errc::none; }
  std::uint64_t length() const noexcept override { return unknown_length; }
  io_result read_some(std::span<char> out) noexcept override {
    ready = !ready;
    if (!ready) return text.size() % 2 == 0 ? io_status::want_read : io_status::want_write;
    if (text.empty()) return last;
    const std::size_t n = std::min({at_once, text.size(), out.size()});
    text.copy(out.data(), n);
    text.remove_prefix(n);
    return io_result::moved(n);
  }

  std::string_view text;
  std::size_t at_once;
  io_result last;
  bool ready = true;
};

// Gives as many octets as anybody asks for, up to `left`.
struct generator final : body_source {
  explicit generator(std::uint64_t octets) : left{octets} {}
  errc begin(body_limits) noexcept override { return errc::none; }
  std::uint64_t length() const noexcept override { return unknown_length; }
  io_result read_some(std::span<char> out) noexcept override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left));
    left -= n;
    std::fill_n(out.begin(), n, 'x');
    return n > 0 ? io_result::moved(n) : io_status::closed;
  }
  std::uint64_t left;
};

// All that `writer` writes, in rooms of `room` octets.
std::string drain(message_writer& writer, std::size_t room) {
  std::string wire;
  while (writer.now() == state::writing || writer.now() == state::waiting) {
    writer.resume();
    std::string buffer(room, '?');
    const std::size_t n = writer.write(buffer);
    REQUIRE(n <= room);
    wire.append(buffer, 0, n);
  }
  return wire;
}

std::string written(body_source& body, std::uint64_t length, std::size_t room) {
  message_writer writer;
  CHECK(body.begin({}) == errc::none);
  writer.begin(&body, length);
  const std::string wire = drain(writer, room);
  CHECK(writer.now() == state::written);
  CHECK(writer.error() == errc::none);
  return wire;
}

// The error that a message ends with that is said to have `length` octets.
errc failure(body_source& body, std::uint64_t length, std::size_t room) {
  message_writer writer;
  CHECK(body.begin({}) == errc::none);
  writer.begin(&body, length);
  const std::string wire = drain(writer, room);
  CHECK(writer.now() == state::failed);
  CHECK(wire.find("\r\n.\r\n") == std::string::npos);  // no server takes that for a whole mail
  return writer.error();
}

// How many octets of a generator's are on the wire when the writer has done with it.
std::uint64_t octets_of(message_writer& writer) {
  std::string buffer(65'536, '?');
  std::uint64_t octets = 0;
  while (writer.now() == state::writing) octets += writer.write(buffer);
  return octets;
}

}  // namespace

TEST_CASE("a message is the same on the wire through a buffer of any size") {
  const std::string text = "Subject: hot\r\n\r\n.\r\n..\r\n" + std::string(60, '.') + "\r\n\r\nend";
  const std::string wire =
      "Subject: hot\r\n\r\n..\r\n...\r\n" + std::string(61, '.') + "\r\n\r\nend\r\n.\r\n";
  for (std::size_t room = message_writer::min_room; room <= 200; ++room) {
    CAPTURE(room);
    text_source memory{text};
    CHECK(written(memory, memory.length(), room) == wire);
    for (const std::size_t at_once : {1u, 2u, 7u, 100u}) {
      slow_source uart{text, at_once};
      CHECK(written(uart, unknown_length, room) == wire);
    }
  }
}

TEST_CASE("every short text comes out the same from memory, a slow source and a fast one") {
  for_each_text("a.\r\n", 5, [](const std::string& text) {
    text_source memory{text};
    const std::string wire = written(memory, memory.length(), 1'000);
    for (const std::size_t room : {8u, 9u, 10u, 16u}) {
      REQUIRE(written(memory, memory.length(), room) == wire);
      for (const std::size_t at_once : {2u, 1'000u}) {  // and nobody repairs their line ends
        slow_source uart{text, at_once};
        REQUIRE(written(uart, unknown_length, room) == wire);
      }
    }
  });
}

TEST_CASE("an empty message is a lone dot") {
  text_source nothing{""};
  CHECK(written(nothing, 0, 8) == ".\r\n");
}

TEST_CASE("where no message may follow, a lone dot does") {
  message_writer writer;
  writer.begin(nullptr, 0);
  CHECK(drain(writer, 8) == ".\r\n");
  CHECK(writer.now() == state::written);
}

TEST_CASE("a source that is not ready is waited for, and what it gave goes out meanwhile") {
  slow_source uart{"hot"};
  message_writer writer;
  writer.begin(&uart, unknown_length);
  std::string buffer(64, '?');
  uart.ready = false;
  CHECK(writer.write(buffer) == 1);
  CHECK(buffer.substr(0, 1) == "h");
  CHECK(writer.now() == state::waiting);
  CHECK(writer.write(buffer) == 0);
  writer.resume();
  CHECK(writer.now() == state::writing);
  CHECK(writer.write(buffer) == 1);
  CHECK(buffer.substr(0, 1) == "o");
}

TEST_CASE("without room for one piece nothing is read and nothing is lost") {
  text_source memory{"hot"};
  CHECK(memory.begin({}) == errc::none);
  message_writer writer;
  writer.begin(&memory, memory.length());
  for (std::size_t room = 0; room < message_writer::min_room; ++room) {
    std::string buffer(room, '?');
    CHECK(writer.write(buffer) == 0);
    CHECK(writer.now() == state::writing);
  }
  CHECK(drain(writer, 8) == "hot\r\n.\r\n");
}

TEST_CASE("a source that is longer or shorter than it said completes no mail") {
  for (const std::size_t room : {8u, 16u, 512u}) {
    for (const std::uint64_t length : {0u, 1u, 6u, 8u, 9u, 1'000u}) {
      CAPTURE(length);
      slow_source uart{"hot.\r\n.", 3};
      CHECK(failure(uart, length, room) == errc::source_length);
    }
    slow_source uart{"hot.\r\n.", 3};
    CHECK(written(uart, 7, room) == "hot.\r\n..\r\n.\r\n");
  }
}

TEST_CASE("a source that breaks completes no mail, wherever it breaks") {
  const std::string_view text = "hot\r\n.\r\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    slow_source uart{text.substr(0, length), 3, io_status::failed};
    CHECK(failure(uart, unknown_length, 8) == errc::source_failed);
  }
}

TEST_CASE("a source that claims to have filled more than its room is not believed") {
  slow_source liar{"hot", 3, io_result::moved(1'000)};
  CHECK(failure(liar, unknown_length, 64) == errc::source_failed);
}

TEST_CASE("a source that says it moved nothing is not asked for ever") {
  slow_source stuck{"hot", 3, io_result::moved(0)};
  CHECK(failure(stuck, unknown_length, 64) == errc::source_failed);
}

TEST_CASE("a message of any size passes through the same buffer") {
  generator sensor{20'000'000};
  message_writer writer;
  writer.begin(&sensor, 20'000'000);
  CHECK(octets_of(writer) == 20'000'005);
  CHECK(writer.now() == state::written);
}

TEST_CASE("a source that goes on is stopped where it said it would end") {
  generator sensor{1'000'000};
  message_writer writer;
  writer.begin(&sensor, 100'000);
  CHECK(octets_of(writer) <= 100'000);
  CHECK(writer.now() == state::failed);
  CHECK(writer.error() == errc::source_length);
}
