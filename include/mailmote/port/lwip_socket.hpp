// SPDX-License-Identifier: BSL-1.0
// lwip_socket.hpp: a TCP connection by lwIP's sockets, for tasks (NO_SYS=0, LWIP_SOCKET=1).
//
// Knows:          lwip_socket and its kin, and errno.
// Does not know:  the state of a connection (bsd_socket.hpp); how names are looked up.
// Bounds:         nothing is kept.
#pragma once

#include <lwip/opt.h>

#if LWIP_SOCKET && LWIP_COMPAT_SOCKETS == 1
#error mailmote: macros named send and connect spoil any C++; set LWIP_COMPAT_SOCKETS to 0 or 2
#endif

#if LWIP_SOCKET
#include <lwip/errno.h>
#include <lwip/sockets.h>
#include <lwip/sys.h>

#include <algorithm>

#include <mailmote/port/bsd_socket.hpp>

namespace mailmote::lwip {

struct socket_api {
  using handle = int;
  static constexpr handle none = -1;

  struct address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&storage); }
  };

  static handle open(const address& to) noexcept {
    const handle socket = lwip_socket(to.any()->sa_family, SOCK_STREAM, 0);
    if (socket < 0) return none;
    const int on = 1;
    (void)lwip_setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)lwip_fcntl(socket, F_SETFL, O_NONBLOCK);
    return socket;
  }
  static int connect(handle socket, const address& to) noexcept {
    return lwip_connect(socket, to.any(), to.size);
  }
  static ssize_t recv(handle socket, char* in, std::size_t size) noexcept {
    return lwip_recv(socket, in, size, 0);
  }
  static ssize_t send(handle socket, const char* out, std::size_t size) noexcept {
    return lwip_send(socket, out, size, 0);
  }
  static void close(handle socket) noexcept { lwip_close(socket); }
  static bool is_writable(handle socket) noexcept {
    pollfd port{socket, POLLOUT, 0};
    return lwip_poll(&port, 1, 0) > 0;
  }
  static int pending_error(handle socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return lwip_getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  static int last_error() noexcept { return errno; }
  static bool is_under_way(int error) noexcept { return error == EINPROGRESS; }
  static bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

  static void wait(handle socket, interest wants, milliseconds timeout) noexcept {
    pollfd port{socket, 0, 0};
    port.events = static_cast<short>((wants.read ? POLLIN : 0) | (wants.write ? POLLOUT : 0));
    const milliseconds at_most = std::min(timeout, longest_timeout);
    lwip_poll(&port, 1, timeout == no_timeout ? -1 : static_cast<int>(at_most));
  }
  static milliseconds now() noexcept { return sys_now(); }
};

using socket_stream = bsd::socket_stream<socket_api>;

}  // namespace mailmote::lwip
#endif  // LWIP_SOCKET
