// SPDX-License-Identifier: BSL-1.0
// bsd_lwip.hpp: lwIP's sockets, by the names that it always has (NO_SYS=0, LWIP_SOCKET=1).
//
// Knows:          lwip_socket and its kin, and errno.
// Does not know:  the state of a connection (bsd_socket.hpp); time: a task's own waiter does.
// Bounds:         nothing is kept; one address holds IPv4 or IPv6.
#pragma once

#include <lwip/errno.h>
#include <lwip/sockets.h>

#include <mailmote/port/bsd_socket.hpp>

namespace mailmote::bsd {

struct lwip_api {
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
    if (lwip_fcntl(socket, F_SETFL, O_NONBLOCK) == 0) return socket;
    lwip_close(socket);
    return none;
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
};

}  // namespace mailmote::bsd
