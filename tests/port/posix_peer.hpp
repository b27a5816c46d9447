// SPDX-License-Identifier: BSL-1.0
// The other end of a connection over 127.0.0.1.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "port/socket_peer.hpp"

struct posix_calls {
  static constexpr auto socket = ::socket;
  static constexpr auto bind = ::bind;
  static constexpr auto getsockname = ::getsockname;
  static constexpr auto listen = ::listen;
  static constexpr auto accept = ::accept;
  static constexpr auto send = ::send;
  static constexpr auto recv = ::recv;
  static constexpr auto shutdown = ::shutdown;
  static constexpr auto setsockopt = ::setsockopt;
  static constexpr auto close = ::close;

  static in_addr_t own_address() { return htonl(INADDR_LOOPBACK); }
  static void make_non_blocking(int socket) {
    REQUIRE(::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL, 0) | O_NONBLOCK) == 0);
  }
  static void await_octets(int socket) {  // a millisecond at most
    pollfd port{socket, POLLIN, 0};
    ::poll(&port, 1, 1);
  }
};

using posix_peer = socket_peer<posix_calls>;
