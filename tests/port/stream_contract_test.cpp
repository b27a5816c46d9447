// SPDX-License-Identifier: BSL-1.0
// The ports that run on this machine's own sockets keep the contract of a byte_stream.
#include <mailmote/port/posix.hpp>
#include <mailmote/run.hpp>

#include "port/socket_peer.hpp"
#include "support/stream_contract.hpp"

namespace {

using mailmote::errc;
using bsd_stream = mailmote::bsd::socket_stream<mailmote::posix::api>;

static_assert(mailmote::byte_stream<bsd_stream> && mailmote::waiter<bsd_stream>);

struct posix_link : socket_peer {
  static constexpr contract::abilities can{.closes_unread_in_order = false};
  explicit posix_link(contract::peer kind) : socket_peer{kind} {
    mailmote::posix::address_list list;
    list.items[0].v4 = here();
    list.size = 1;
    REQUIRE(stream_.connect(list) == errc::none);
  }
  auto& stream() { return stream_; }

 private:
  mailmote::posix::tcp_stream stream_;
};

struct bsd_link : socket_peer {
  static constexpr contract::abilities can{.closes_unread_in_order = false};
  explicit bsd_link(contract::peer kind) : socket_peer{kind} {
    REQUIRE(stream_.connect({.v4 = here()}) == errc::none);
  }
  ~bsd_link() { stream_.close(); }
  auto& stream() { return stream_; }

 private:
  bsd_stream stream_;
};

}  // namespace

TEST_CASE("posix::tcp_stream keeps the contract") { contract::check<posix_link>(); }

TEST_CASE("bsd::socket_stream keeps the contract, with POSIX's calls") {
  contract::check<bsd_link>();
}

TEST_CASE("a socket that cannot even be opened is a failed stream") {
  bsd_stream stream;
  mailmote::posix::address to{};
  to.any.sa_family = 255;
  CHECK(stream.connect(to) == errc::stream_failed);
  CHECK(stream.native_error() != 0);
  char octet;
  CHECK(stream.read_some({&octet, 1}).status() == mailmote::io_status::failed);
}
