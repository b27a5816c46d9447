// SPDX-License-Identifier: BSL-1.0
// A proven session as a byte stream: over slow, tiny and failing streams, and at its end.
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include <tls/tls_pair.hpp>

using namespace mailmote;
using namespace support;

namespace {

constexpr tls_server_settings only_1_2{.tls_1_2_only = true};
constexpr tls_server_settings only_1_3{.tls_1_3_only = true};

std::string pattern(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('!' + i * 7 % 90);
  return text;
}

// Sends all of it, the server reading along; the first thing that is no progress ends it.
bool send(tls_pair& pair, std::string_view text, std::string& received) {
  while (!text.empty()) {
    const io_result result = pair.tls.write_some(text);
    if (result.ok()) text.remove_prefix(result.count());
    if (!result.ok() && result.status() != io_status::want_write) return false;
    received += pair.server.read();
  }
  return true;
}

}  // namespace

TEST_CASE("a mail goes out and a reply comes in, whatever the stream below is like") {
  const std::string mail = pattern(40000), reply = pattern(20000);
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, unlimited}) {
      for (const bool stutters : {false, true}) {
        for (const std::size_t capacity : {std::size_t{1}, std::size_t{1000}, unlimited}) {
          if (at_once == 1 && capacity == 1) continue;  // as 7 and 1
          CAPTURE(at_once);
          CAPTURE(stutters);
          CAPTURE(capacity);
          tls_pair pair{with};
          pair.pipe.near.most_at_once = pair.pipe.far.most_at_once = at_once;
          pair.pipe.near.stutters = stutters;
          pair.pipe.to_far.capacity = capacity;
          REQUIRE(pair.connect() == errc::none);

          std::string received;
          REQUIRE(send(pair, mail, received));
          received += pair.server.read();
          CHECK(received == mail);

          REQUIRE(pair.server.write(reply));
          pair.server.goodbye();
          std::string heard;
          for (io_status end = io_status::ok; end != io_status::closed;) {
            heard += pair.read_all(&end);
            REQUIRE(end != io_status::failed);
          }
          CHECK(heard == reply);
        }
      }
    }
  }
}

TEST_CASE("a stream that is not writable while we read is waited for in the right direction") {
  tls_pair pair;
  pair.pipe.to_far.capacity = 100;
  REQUIRE(pair.bind() == errc::none);
  CHECK(pair.tls.handshake() == io_status::want_write);
  CHECK(pair.tls.handshake() == io_status::want_write);
  pair.pipe.to_far.capacity = unlimited;
  CHECK(pair.tls.handshake() == io_status::want_read);
  CHECK(pair.handshake() == io_status::ok);
  char c;
  CHECK(pair.tls.read_some({&c, 1}).status() == io_status::want_read);
  pair.pipe.to_far.capacity = 0;
  CHECK(pair.tls.write_some(std::string_view{"x"}).status() == io_status::want_write);
  CHECK(pair.tls.read_some({&c, 1}).status() == io_status::want_read);
}

TEST_CASE("a stream that has nothing yet is asked once, not again and again") {
  tls_pair pair;
  REQUIRE(pair.bind() == errc::none);
  CHECK(pair.tls.handshake() == io_status::want_read);
  const std::size_t before = pair.pipe.near.calls;
  CHECK(pair.tls.handshake() == io_status::want_read);
  CHECK(pair.pipe.near.calls == before + 1);
  REQUIRE(pair.handshake() == io_status::ok);
  (void)pair.read_all();
  const std::size_t later = pair.pipe.near.calls;
  (void)pair.read_all();
  CHECK(pair.pipe.near.calls == later + 1);
}

TEST_CASE("replies are read while a write is blocked, so nobody waits for nobody") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    tls_pair pair{with};
    REQUIRE(pair.connect() == errc::none);
    pair.pipe.to_far.capacity = 10;
    const std::string mail = pattern(500);
    CHECK(pair.tls.write_some(mail).status() == io_status::want_write);
    REQUIRE(pair.server.write("250 first\r\n"));
    CHECK(pair.read_all() == "250 first\r\n");
    CHECK(pair.tls.write_some(mail).status() == io_status::want_write);
    REQUIRE(pair.server.write("250 second\r\n"));
    CHECK(pair.read_all() == "250 second\r\n");
    std::string received;
    REQUIRE(send(pair, mail, received));
    CHECK(received + pair.server.read() == mail);
  }
}

TEST_CASE("a blocked write may come again with more behind it, and each octet goes once") {
  tls_pair pair;
  REQUIRE(pair.connect() == errc::none);
  pair.pipe.to_far.capacity = 10;
  CHECK(pair.tls.write_some(std::string_view{"abc"}).status() == io_status::want_write);
  pair.pipe.to_far.capacity = unlimited;
  CHECK(pair.tls.write_some(std::string_view{"abcdef"}).count() == 3);
  CHECK(pair.tls.write_some(std::string_view{"def"}).count() == 3);
  CHECK(pair.server.read() == "abcdef");
}

TEST_CASE("the server's goodbye is an end, and a connection cut off is none") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    tls_pair polite{with};
    REQUIRE(polite.connect() == errc::none);
    REQUIRE(polite.server.write("221 bye\r\n"));
    polite.server.goodbye();
    polite.pipe.far.close();
    io_status end = io_status::ok;
    CHECK(polite.read_all(&end) == "221 bye\r\n");
    CHECK(end == io_status::closed);
    CHECK(polite.read_all(&end).empty());
    CHECK(end == io_status::closed);
    CHECK(polite.tls.error() == errc::none);

    tls_pair rude{with};
    REQUIRE(rude.connect() == errc::none);
    REQUIRE(rude.server.write("221 bye\r\n"));
    rude.pipe.far.close();
    CHECK(rude.read_all(&end) == "221 bye\r\n");
    CHECK(end == io_status::failed);
    CHECK(rude.tls.error() == errc::tls_truncated);
    CHECK(rude.explained() == "the connection ended without TLS's goodbye");
    CHECK(rude.tls.write_some(std::string_view{"x"}).status() == io_status::failed);
  }
}

TEST_CASE("a connection that is cut off at any octet of a reply is no end") {
  std::string record;
  for (std::size_t cut = 0;; ++cut) {
    tls_pair pair{only_1_3};
    REQUIRE(pair.connect() == errc::none);
    (void)pair.read_all();  // the tickets
    REQUIRE(pair.server.write("250 ok\r\n"));
    const std::size_t whole = pair.pipe.to_near.octets.size();
    if (cut == whole) break;
    pair.pipe.to_near.octets.resize(cut);
    pair.pipe.far.close();
    io_status end = io_status::ok;
    CHECK(pair.read_all(&end).empty());
    CHECK(end == io_status::failed);
    REQUIRE(pair.tls.error() == errc::tls_truncated);
  }
}

TEST_CASE("we say goodbye when the session is closed, and never wait for it") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    tls_pair pair{with};
    REQUIRE(pair.connect() == errc::none);
    CHECK(pair.tls.write_some(std::string_view{"QUIT\r\n"}).count() == 6);
    pair.tls.close();
    CHECK_FALSE(pair.tls.is_safe());
    CHECK(pair.server.read() == "QUIT\r\n");
    CHECK(pair.server.said_goodbye());
    pair.tls.close();
    CHECK(pair.tls.write_some(std::string_view{"x"}).status() == io_status::failed);

    tls_pair blocked{with};
    REQUIRE(blocked.connect() == errc::none);
    blocked.pipe.to_far.capacity = 0;
    CHECK(blocked.tls.write_some(std::string_view{"QUIT\r\n"}).status() == io_status::want_write);
    blocked.tls.close();
    CHECK(blocked.pipe.to_far.octets.empty());
  }
}

TEST_CASE("what a blocked write could not send is not sent by the goodbye") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    for (const std::size_t left : {0u, 1u, 10u, 24u}) {  // octets of its record that were taken
      tls_pair pair{with};
      REQUIRE(pair.connect() == errc::none);
      pair.pipe.to_far.capacity = left;
      CHECK(pair.tls.write_some(std::string_view{".\r\n"}).status() == io_status::want_write);
      pair.pipe.to_far.capacity = unlimited;
      pair.tls.close();
      CHECK(pair.pipe.to_far.octets.size() == left);
      CHECK(pair.server.read().empty());
    }
  }
}

TEST_CASE("a record that was changed on its way ends the session, in both directions, for good") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    tls_pair pair{with};
    REQUIRE(pair.connect() == errc::none);
    (void)pair.read_all();
    REQUIRE(pair.server.write("250 ok\r\n"));
    pair.pipe.to_near.octets.back() = static_cast<char>(pair.pipe.to_near.octets.back() ^ 1);
    REQUIRE(pair.server.write("250 ok\r\n"));
    io_status end = io_status::ok;
    CHECK(pair.read_all(&end).empty());
    CHECK(end == io_status::failed);
    CHECK(pair.tls.error() == errc::tls_failed);
    CHECK(pair.read_all(&end).empty());
    CHECK(end == io_status::failed);
    pair.pipe.to_far.octets.clear();
    CHECK(pair.tls.write_some(std::string_view{"MAIL"}).status() == io_status::failed);
    CHECK(pair.pipe.to_far.octets.empty());
  }
}

TEST_CASE("plain text in the middle of a session is not taken for an answer") {
  tls_pair pair;
  REQUIRE(pair.connect() == errc::none);
  (void)pair.read_all();
  (void)pair.pipe.far.write_some(std::string_view{"250 ok\r\n"});
  io_status end = io_status::ok;
  CHECK(pair.read_all(&end).empty());
  CHECK(end == io_status::failed);
  CHECK(pair.tls.error() == errc::tls_failed);
}

TEST_CASE("wherever the stream fails, the session is not safe before the peer is proven") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    bool succeeded = false;
    std::size_t operations = 0;
    for (; !succeeded; ++operations) {
      REQUIRE(operations < 1000);
      tls_pair pair{with};
      pair.pipe.near.most_at_once = 200;
      pair.pipe.near.fail_at = operations;
      const errc error = pair.connect();
      if (error == errc::none) {
        succeeded = true;
        CHECK(pair.tls.is_safe());
      } else {
        REQUIRE(error == errc::stream_failed);
        REQUIRE_FALSE(pair.tls.is_safe());
        REQUIRE(pair.tls.write_some(std::string_view{"x"}).status() == io_status::failed);
      }
    }
    CHECK(operations > 10);
  }
}

TEST_CASE("wherever the stream fails after that, it is said, and nothing more is written") {
  for (const tls_server_settings& with : {only_1_2, only_1_3}) {
    const std::string mail = pattern(300);
    bool succeeded = false;
    for (std::size_t operations = 0; !succeeded; ++operations) {
      REQUIRE(operations < 1000);
      tls_pair pair{with};
      REQUIRE(pair.connect() == errc::none);
      pair.pipe.near.most_at_once = 40;
      pair.pipe.near.fail_at = pair.pipe.near.calls + operations;
      std::string received;
      bool sent = send(pair, mail, received);
      REQUIRE(pair.server.write("250 ok\r\n"));
      io_status end = io_status::ok;
      const std::string heard = pair.read_all(&end);
      if (end == io_status::want_read) {
        succeeded = true;
        CHECK(sent);
        CHECK(heard == "250 ok\r\n");
      } else {
        REQUIRE(end == io_status::failed);
        REQUIRE(pair.tls.error() == errc::stream_failed);
        REQUIRE((heard.empty() || heard == "250 ok\r\n"));
      }
    }
  }
}

TEST_CASE("a session serves one connection after another") {
  const std::string anchors = read_file(pki("ca.pem"));
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = anchors}};
  memory_pipe pipes[3];
  wolfssl::scoped<wolfssl::session> tls{trust};
  tls.set_time(in_2025);
  for (memory_pipe& pipe : pipes) {
    tls_server server{pipe.far, {}};
    REQUIRE(tls.bind(pipe.near, "mail.example.test") == errc::none);
    CHECK_FALSE(tls.is_safe());
    while (tls.handshake() == io_status::want_read) (void)server.accept();
    REQUIRE(tls.is_safe());
    CHECK(tls.write_some(std::string_view{"EHLO\r\n"}).count() == 6);
    CHECK(server.read() == "EHLO\r\n");
  }
}
