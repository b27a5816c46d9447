// SPDX-License-Identifier: BSL-1.0
// lwIP's sockets as a byte stream: the library of a distribution, with its own TCP/IP thread.
#include <lwip/netif.h>
#include <lwip/tcpip.h>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/lwip_socket.hpp>

#include "port/socket_peer.hpp"

namespace {

using mailmote::errc;
using stream_type = mailmote::lwip::socket_stream;
static_assert(mailmote::byte_stream<stream_type> && mailmote::waiter<stream_type>);

// One card, which leads nowhere but to itself.
ip4_addr_t own_ip4() {
  ip4_addr_t address;
  IP4_ADDR(&address, 10, 0, 0, 1);
  return address;
}

netif* start_lwip() {
  static netif card;
  tcpip_init(nullptr, nullptr);
  LOCK_TCPIP_CORE();
  const ip4_addr_t address = own_ip4();
  ip4_addr_t mask;
  IP4_ADDR(&mask, 255, 0, 0, 0);
  netif_add(
      &card, &address, &mask, &address, nullptr,
      [](netif* it) {
        it->mtu = 1500;
        it->output = [](netif*, pbuf*, const ip4_addr_t*) { return err_t{ERR_OK}; };
        return err_t{ERR_OK};
      },
      tcpip_input);
  netif_set_default(&card);
  netif_set_link_up(&card);
  netif_set_up(&card);
  UNLOCK_TCPIP_CORE();
  return &card;
}

struct lwip_calls {
  static constexpr auto socket = ::lwip_socket;
  static constexpr auto bind = ::lwip_bind;
  static constexpr auto getsockname = ::lwip_getsockname;
  static constexpr auto listen = ::lwip_listen;
  static constexpr auto accept = ::lwip_accept;
  static constexpr auto send = ::lwip_send;
  static constexpr auto recv = ::lwip_recv;
  static constexpr auto shutdown = ::lwip_shutdown;
  static constexpr auto setsockopt = ::lwip_setsockopt;
  static constexpr auto close = ::lwip_close;

  static in_addr_t own_address() {
    static const netif* const card = start_lwip();
    return netif_ip4_addr(card)->addr;
  }
  static void make_non_blocking(int socket) {
    REQUIRE(::lwip_fcntl(socket, F_SETFL, O_NONBLOCK) == 0);
  }
  static void await_octets(int socket) {
    if (socket < 0) return sys_msleep(1);
    pollfd port{socket, POLLIN, 0};
    ::lwip_poll(&port, 1, 1);
  }
};

struct socket_link : socket_peer<lwip_calls> {
  static constexpr contract::abilities can{};
  explicit socket_link(contract::peer kind) : socket_peer{kind} {
    stream_type::address to;
    *reinterpret_cast<sockaddr_in*>(&to.storage) = here();
    to.size = sizeof here();
    REQUIRE(stream_.connect(to) == errc::none);
  }
  ~socket_link() { stream_.close(); }
  auto& stream() { return stream_; }

 private:
  stream_type stream_;
};

}  // namespace

TEST_CASE("lwip::socket_stream keeps the contract") { contract::check<socket_link>(); }
