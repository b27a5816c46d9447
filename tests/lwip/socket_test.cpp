// SPDX-License-Identifier: BSL-1.0
// lwIP's sockets as a byte stream: the library of a distribution, with its own TCP/IP thread.
extern "C" {  // its options do not say so themselves
#include <lwip/opt.h>
}
#include <lwip/tcpip.h>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/lwip_socket.hpp>

#include "lwip_peer.hpp"

namespace {

using mailmote::errc;
using stream_type = mailmote::lwip::socket_stream;
static_assert(mailmote::byte_stream<stream_type> && mailmote::waiter<stream_type>);

struct world {
  struct lock {
    lock() { LOCK_TCPIP_CORE(); }
    ~lock() { UNLOCK_TCPIP_CORE(); }
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;
  };

  static ip_addr_t address() { return IPADDR4_INIT_BYTES(10, 0, 0, 1); }
  static void run() { sys_msleep(1); }
  static void start() {
    static const bool begun = (tcpip_init(nullptr, nullptr), add_card(), true);
    REQUIRE(begun);
  }

 private:
  // It leads nowhere but to itself.
  static void add_card() {
    static netif card;
    const lock core;
    const ip_addr_t own = address();
    const ip4_addr_t mask{htonl(0xFF000000)};
    const auto begin = [](netif* it) {
      it->mtu = 1500;
      it->output = [](netif*, pbuf*, const ip4_addr_t*) { return err_t{ERR_OK}; };
      return err_t{ERR_OK};
    };
    netif_add(&card, ip_2_ip4(&own), &mask, ip_2_ip4(&own), nullptr, begin, tcpip_input);
    netif_set_default(&card);
    netif_set_link_up(&card);
    netif_set_up(&card);
  }
};

struct socket_link : lwip_peer<world> {
  static constexpr contract::abilities can{.closes_unread_in_order = false};
  explicit socket_link(contract::peer kind) : lwip_peer{kind} {
    stream_type::address to;
    auto& v4 = *reinterpret_cast<sockaddr_in*>(&to.storage);
    const ip_addr_t own = world::address();
    v4.sin_family = AF_INET;
    v4.sin_port = lwip_htons(port());
    v4.sin_addr.s_addr = ip_2_ip4(&own)->addr;
    to.size = sizeof v4;
    REQUIRE(stream_.connect(to) == errc::none);
  }
  ~socket_link() { stream_.close(); }
  auto& stream() { return stream_; }

 private:
  stream_type stream_;
};

}  // namespace

TEST_CASE("lwip::socket_stream keeps the contract") { contract::check<socket_link>(); }
