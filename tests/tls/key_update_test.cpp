// SPDX-License-Identifier: BSL-1.0
// The server asks for new keys while our writes are blocked: no octet is lost, and none goes twice.
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include <tls/tls_pair.hpp>

using namespace mailmote;
using namespace support;

namespace {

constexpr tls_server_settings only_1_3{.tls_1_3_only = true};

// Numbered lines, so that what is missing or doubled shows.
std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text +=
        "line " + std::to_string(1000 + i) + " " + std::string(66, static_cast<char>('a' + i % 26));
    text += "\r\n";
  }
  return text;
}

struct conversation {
  tls_pair pair{only_1_3};
  std::string_view rest;    // of the mail, not yet taken
  std::string received;     // by the server
  std::string heard;        // by us
  std::size_t blocked = 0;  // octets that were offered and must be again

  conversation() {
    REQUIRE(pair.connect() == errc::none);
    (void)pair.read_all();
  }

  void start(std::string_view mail) {
    rest = mail;
    received.clear();
    heard.clear();
  }

  void write(std::size_t most = unlimited) {
    most = most < blocked ? blocked : most;
    const std::size_t size = rest.size() < most ? rest.size() : most;
    if (size == 0) return;
    const io_result result = pair.tls.write_some({rest.data(), size});
    REQUIRE((result.ok() || result.status() == io_status::want_write));
    rest.remove_prefix(result.count());
    blocked = result.ok() ? 0 : size;
  }

  void read() {
    io_status end = io_status::ok;
    heard += pair.read_all(&end);
    REQUIRE((end == io_status::want_read || end == io_status::want_write));
  }

  // The server reads; then there is room for `octets` more, and no further.
  void allow(std::size_t octets) {
    received += pair.server.read();
    pair.pipe.to_far.capacity = pair.pipe.to_far.octets.size() + octets;
  }

  void finish() {
    pair.pipe.to_far.capacity = unlimited;
    for (int turn = 0; turn < 100 && !rest.empty(); ++turn) write(78);
    read();
    received += pair.server.read();
  }
};

}  // namespace

TEST_CASE(
    "a request for new keys that is answered under back-pressure costs no octet of the mail") {
  const std::string mail = lines(4);
  conversation c;
  // Room for `before` octets when the first line is written (its record has 100), for `between` more
  // when the answer falls due (27), and for `after` more when the write is tried again.
  for (std::size_t before = 0; before <= 130; ++before) {
    for (const std::size_t between : {0u, 1u, 13u, 26u, 27u, 28u, 54u, 99u, 100u, 127u, 128u}) {
      for (const std::size_t after : {0u, 1u, 26u, 27u, 28u, 60u, 128u}) {
        CAPTURE(before);
        CAPTURE(between);
        CAPTURE(after);
        c.start(mail);
        c.allow(before);
        c.write(78);
        REQUIRE(c.pair.server.update_keys());
        REQUIRE(c.pair.server.write("250 ok\r\n"));
        c.allow(between);
        c.read();
        REQUIRE(c.heard == "250 ok\r\n");
        c.allow(after);
        c.write(78);
        REQUIRE(c.pair.server.update_keys());
        c.read();
        c.finish();
        REQUIRE(c.received == mail);
      }
    }
  }
}

TEST_CASE("requests for new keys all through a mail cost no octet of it") {
  const std::string mail = lines(12);
  for (std::size_t room = 1; room < 260; room += room < 30 ? 1 : 13) {
    CAPTURE(room);
    conversation c;
    c.start(mail);
    std::string said;
    for (int turn = 0; turn < 20000 && !c.rest.empty(); ++turn) {
      c.allow(room);
      c.write(turn % 3 == 0 ? 78 : 200);
      if (turn % 5 == 0) REQUIRE(c.pair.server.update_keys());
      const std::string reply = "250 " + std::to_string(turn) + "\r\n";
      REQUIRE(c.pair.server.write(reply));
      said += reply;
      c.read();
    }
    c.finish();
    REQUIRE(c.received == mail);
    REQUIRE(c.heard == said);
  }
}

TEST_CASE("a server that asks for new keys again and again, and reads nothing, waits for us") {
  const std::string mail = lines(3);
  for (const bool write_is_blocked : {false, true}) {
    CAPTURE(write_is_blocked);
    conversation c;
    c.start(mail);
    c.allow(0);
    if (write_is_blocked) c.write(78);
    for (int i = 0; i < 50; ++i) {
      // Each is a request of its own: the library must not take the next for an answer.
      REQUIRE(c.pair.server.update_keys());
      c.received += c.pair.server.read();
    }
    REQUIRE(c.pair.server.write("250 ok\r\n"));
    io_status end = io_status::ok;
    CHECK(c.pair.read_all(&end).empty());
    CHECK(end == io_status::want_write);
    CHECK(c.pair.pipe.to_near.octets.size() > 1000);  // still on the way
    c.pair.pipe.to_far.capacity = unlimited;
    for (int i = 0; i < 50; ++i) {
      c.write(78);
      c.read();
      c.received += c.pair.server.read();
    }
    CHECK(c.heard == "250 ok\r\n");
    CHECK(c.received == mail);
  }
}
