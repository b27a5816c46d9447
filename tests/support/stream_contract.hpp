// SPDX-License-Identifier: BSL-1.0
// The contract of a byte_stream (io.hpp), as checks for the author of a port. A link is
//
//   struct link {
//     explicit link(contract::peer);       the stream begins to connect to a peer that listens, or to
//                                          a port that refuses
//     auto& stream();                      the byte_stream under test
//     void step();                         lets the network make progress; may wait a millisecond
//     std::size_t send(std::string_view);  by the peer: how many octets were taken, 0 for "not now"
//     std::string receive(std::size_t);    by the peer: what came, at most so much
//     void end();                          the peer says no more, and listens on
//     void reset();                        the peer breaks the connection
//     bool has_ended();                    whether the peer has been told that no more comes
//     static constexpr contract::abilities can{};
//   };
//
// and the test is TEST_CASE("...") { contract::check<link>(); }. Each part begins with a new link.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <mailmote/io.hpp>

namespace contract {

using mailmote::io_result;
using mailmote::io_status;

enum class peer { listens, refuses };

// What an API may be unable to do, and says so.
struct abilities {
  bool tells_resets = true;            // from an orderly end
  bool writes_after_end = true;        // when the peer says no more
  bool never_blocks = true;            // in a write
  bool closes_unread_in_order = true;  // with octets that nobody has read; else it may reset
};

inline constexpr int patience = 20'000;  // steps until something must have happened

// Octets that differ wherever one is lost or doubled.
inline std::string octets(std::size_t size) {
  std::string all(size, '\0');
  std::uint32_t state = 1;
  for (char& c : all) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return all;
}

inline bool is_status(io_status status) {
  return status == io_status::want_read || status == io_status::want_write ||
         status == io_status::closed || status == io_status::failed;
}

// One call, held to rule 3.
template <class Link>
io_result read(Link& link, std::span<char> room) {
  const io_result result = link.stream().read_some(room);
  if (result.ok()) {
    REQUIRE(result.count() >= 1);
    REQUIRE(result.count() <= room.size());
  } else {
    REQUIRE(is_status(result.status()));
  }
  return result;
}

template <class Link>
io_result write(Link& link, std::string_view text) {
  const io_result result = link.stream().write_some(text);
  if (result.ok()) {
    REQUIRE(result.count() >= 1);
    REQUIRE(result.count() <= text.size());
  } else {
    REQUIRE(is_status(result.status()));
  }
  if constexpr (requires { link.stream().flush(); }) link.stream().flush();
  return result;
}

// Reads until the stream says something other than "not yet"; what came is added to `all`.
template <class Link>
io_status drain(Link& link, std::string& all, std::size_t most, std::size_t room_size = 4096) {
  std::string room(room_size, '\0');
  for (int idle = 0; idle < patience && all.size() < most;) {
    const io_result result =
        read(link, std::span{room}.first(std::min(room_size, most - all.size())));
    if (result.ok()) {
      all.append(room, 0, result.count());
      idle = 0;
      continue;
    }
    if (result.status() == io_status::closed || result.status() == io_status::failed) {
      return result.status();
    }
    link.step();
    ++idle;
  }
  return all.size() == most ? io_status::ok : io_status::want_read;
}

// Rule 4: one that is still connecting answers want_write to both.
template <class Link>
void connect(Link& link) {
  char octet;
  for (int tries = 0; tries < patience; ++tries) {
    const io_result result = read(link, {&octet, 1});
    if (result.status() == io_status::want_read) return;
    REQUIRE(result.status() == io_status::want_write);
    link.step();
  }
  FAIL("it does not connect");
}

template <class Link>
void writes_once_connected() {
  Link link{peer::listens};
  std::size_t sent = 0;
  for (int tries = 0; tries < patience && sent == 0; ++tries) {
    const io_result result = write(link, "E");
    REQUIRE((result.ok() || result.status() == io_status::want_write));
    sent = result.count();
    link.step();
  }
  std::string came;
  for (int i = 0; i < patience && came.empty(); ++i) {
    link.step();
    came = link.receive(100);
  }
  CHECK(came == "E");
}

// For mailmote::run: it returns when there is something to read, and when the time has passed.
template <class Link>
void waits_for_octets() {
  if constexpr (mailmote::waiter<
                    std::remove_reference_t<decltype(std::declval<Link&>().stream())>>) {
    Link link{peer::listens};
    connect(link);
    const mailmote::milliseconds begin = link.stream().now();
    link.stream().wait({.read = true}, 20);
    CHECK(link.stream().now() - begin < 10'000);
    REQUIRE(link.send("x") == 1);
    link.stream().wait({.read = true}, mailmote::no_timeout);
    char octet;
    CHECK(read(link, {&octet, 1}).count() == 1);
  }
}

// Rule 6, and that nothing is written any more.
template <class Link>
void stays(Link& link, io_status status) {
  char octet;
  for (int i = 0; i < 3; ++i) {
    CHECK(read(link, {&octet, 1}).status() == status);
    link.step();
  }
}

template <class Link>
void fails_for_good(Link& link) {
  constexpr io_status broken = Link::can.tells_resets ? io_status::failed : io_status::closed;
  stays(link, broken);
  for (int i = 0; i < 3; ++i) CHECK(write(link, "x").status() == io_status::failed);
  stays(link, broken);
}

template <class Link>
void carries_both_ways(std::size_t room) {
  Link link{peer::listens};
  connect(link);
  const std::string text = octets(std::min<std::size_t>(room * 3000, 200'000));

  std::string came;
  std::size_t sent = 0;
  for (int idle = 0; came.size() < text.size() && idle < patience; ++idle) {
    const auto rest = std::string_view{text}.substr(sent, room);
    if (!rest.empty()) {
      const io_result result = write(link, rest);
      REQUIRE((result.ok() || result.status() == io_status::want_write));
      sent += result.count();
      if (result.ok()) idle = 0;
    }
    link.step();
    came += link.receive(8192);
  }
  CHECK(came == text);

  came.clear();
  sent = 0;
  std::string piece(room, '\0');
  for (int idle = 0; came.size() < text.size() && idle < patience; ++idle) {
    sent += link.send(std::string_view{text}.substr(sent));
    link.step();
    for (int i = 0; i < 5; ++i) {
      const io_result result = read(link, piece);
      REQUIRE((result.ok() || result.status() == io_status::want_read));
      came.append(piece, 0, result.count());
      if (result.ok()) idle = 0;
    }
  }
  CHECK(came == text);
}

// A peer that does not listen: the stream says so, at last, and loses nothing.
template <class Link>
void waits_for_a_slow_peer() {
  Link link{peer::listens};
  connect(link);
  const std::string text = octets(100'000);
  std::size_t sent = 0;
  int refusals = 0;
  while (refusals < 200) {
    const std::size_t at = sent % text.size();
    const io_result result = write(link, std::string_view{text}.substr(at, 4096));
    sent += result.count();
    REQUIRE(sent < 100'000'000);
    if (result.ok()) {
      refusals = 0;
      continue;
    }
    REQUIRE(result.status() == io_status::want_write);
    ++refusals;
    link.step();
  }
  std::size_t came = 0;
  for (int idle = 0; came < sent && idle < patience; ++idle) {
    const std::string piece = link.receive(8192);
    for (const char c : piece) {
      if (c != text[came % text.size()]) FAIL("another octet");
      ++came;
    }
    if (!piece.empty()) idle = 0;
    link.step();
  }
  CHECK(came == sent);
  CHECK(write(link, "x").ok());  // and there is room again
}

template <class Link>
void makes_a_fast_peer_wait() {
  Link link{peer::listens};
  connect(link);
  const std::string text = octets(100'000);
  std::size_t sent = 0;
  for (int refusals = 0; refusals < 200;) {
    const std::size_t n = link.send(std::string_view{text}.substr(sent % text.size()));
    sent += n;
    REQUIRE(sent < 100'000'000);
    refusals = n == 0 ? refusals + 1 : 0;
    link.step();
  }
  link.end();  // behind all of it
  std::string came;
  CHECK(drain(link, came, sent + 1) == io_status::closed);
  bool is_same = came.size() == sent;
  for (std::size_t i = 0; i < came.size(); ++i)
    is_same = is_same && came[i] == text[i % text.size()];
  CHECK(is_same);
}

template <class Link>
void ends_in_order() {
  Link link{peer::listens};
  connect(link);
  REQUIRE(link.send("221 bye\r\n") == 9);
  link.end();
  std::string came;
  CHECK(drain(link, came, 1000, 4) == io_status::closed);
  CHECK(came == "221 bye\r\n");
  stays(link, io_status::closed);
  if (!Link::can.writes_after_end) return;
  REQUIRE(write(link, "QUIT\r\n").count() == 6);
  came.clear();
  for (int i = 0; i < patience && came.size() < 6; ++i) {
    link.step();
    came += link.receive(100);
  }
  CHECK(came == "QUIT\r\n");
  stays(link, io_status::closed);
}

template <class Link>
void notices_a_reset() {
  Link link{peer::listens};
  connect(link);
  link.reset();
  std::string came;
  constexpr io_status broken = Link::can.tells_resets ? io_status::failed : io_status::closed;
  CHECK(drain(link, came, 1000) == broken);
  CHECK(came.empty());
  fails_for_good(link);
}

template <class Link>
void notices_a_reset_while_writing() {
  Link link{peer::listens};
  connect(link);
  link.reset();
  io_result result = io_status::want_write;
  for (int i = 0; i < patience && result.status() != io_status::failed; ++i) {
    link.step();
    result = write(link, "x");
  }
  CHECK(result.status() == io_status::failed);
  for (int i = 0; i < 3; ++i) CHECK(write(link, "x").status() == io_status::failed);
}

template <class Link>
void fails_where_nobody_listens() {
  Link link{peer::refuses};
  char octet;
  io_status status = io_status::want_write;
  for (int i = 0; i < patience && status == io_status::want_write; ++i) {
    status = read(link, {&octet, 1}).status();
    link.step();
  }
  if (Link::can.tells_resets) CHECK(status == io_status::failed);
  fails_for_good(link);
}

template <class Link>
void closes_in_order() {
  Link link{peer::listens};
  connect(link);
  if constexpr (requires { link.stream().close(); }) {
    if (Link::can.closes_unread_in_order) REQUIRE(link.send("unread") == 6);
    for (int i = 0; i < 5; ++i) link.step();
    REQUIRE(write(link, "QUIT\r\n").count() == 6);
    std::string came;
    for (int i = 0; i < patience && came.size() < 6; ++i) {
      link.step();
      came += link.receive(100);
    }
    CHECK(came == "QUIT\r\n");
    link.stream().close();
    link.stream().close();
    for (int i = 0; i < patience && !link.has_ended(); ++i) link.step();
    CHECK(link.has_ended());
    CHECK(write(link, "x").status() == io_status::failed);
  }
}

template <class Link>
void check() {
  using stream = std::remove_reference_t<decltype(std::declval<Link&>().stream())>;
  static_assert(mailmote::byte_stream<stream>);
  if constexpr (requires(stream & s) { s.close(); })
    static_assert(noexcept(std::declval<stream&>().close()));
  if constexpr (requires(stream & s) { s.flush(); })
    static_assert(noexcept(std::declval<stream&>().flush()));
  SUBCASE("what is written while it connects goes out") { writes_once_connected<Link>(); }
  SUBCASE("octets are waited for") { waits_for_octets<Link>(); }
  SUBCASE("octets arrive, one by one") { carries_both_ways<Link>(1); }
  SUBCASE("octets arrive, seven at a time") { carries_both_ways<Link>(7); }
  SUBCASE("octets arrive, 64 KB at a time") { carries_both_ways<Link>(65'536); }
  if (Link::can.never_blocks) {
    SUBCASE("a slow peer is waited for") { waits_for_a_slow_peer<Link>(); }
  }
  SUBCASE("a fast peer must wait") { makes_a_fast_peer_wait<Link>(); }
  SUBCASE("an orderly end comes behind all that was sent") { ends_in_order<Link>(); }
  SUBCASE("a reset is noticed by a read") { notices_a_reset<Link>(); }
  SUBCASE("a reset is noticed by a write") { notices_a_reset_while_writing<Link>(); }
  SUBCASE("a port that refuses") { fails_where_nobody_listens<Link>(); }
  SUBCASE("closing is orderly") { closes_in_order<Link>(); }
}

}  // namespace contract
