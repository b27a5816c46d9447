// SPDX-License-Identifier: BSL-1.0
// posix_api.hpp: POSIX's sockets, as bsd_socket.hpp asks for them; ESP-IDF has the same names.
//
// Knows:          <sys/socket.h>, <poll.h> and errno, and how each system spells that a socket never
//                 blocks, signals, dawdles or is inherited.
// Does not know:  the state of a connection.
// Bounds:         nothing is kept.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <mailmote/io.hpp>

namespace mailmote::posix {

// An IPv6 or IPv4 address, with its port.
union address {
  sockaddr_in6 v6;
  sockaddr_in v4;
  sockaddr any;

  socklen_t size() const { return any.sa_family == AF_INET6 ? sizeof v6 : sizeof v4; }
};

struct api {
  using handle = int;
  using address = posix::address;
  static constexpr handle none = -1;

  static handle open(const address& to) noexcept {
#ifdef SOCK_CLOEXEC
    const handle socket = ::socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
    const handle socket = ::socket(to.any.sa_family, SOCK_STREAM, 0);
    if (socket != none) ::fcntl(socket, F_SETFL, O_NONBLOCK);
#ifdef FD_CLOEXEC
    if (socket != none) ::fcntl(socket, F_SETFD, FD_CLOEXEC);
#endif
#endif
    if (socket == none) return none;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    ::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return socket;
  }
  static int connect(handle socket, const address& to) noexcept {
    return ::connect(socket, &to.any, to.size());
  }
  static ssize_t recv(handle socket, char* in, std::size_t size) noexcept {
    return ::recv(socket, in, size, 0);
  }
  static ssize_t send(handle socket, const char* out, std::size_t size) noexcept {
#ifdef MSG_NOSIGNAL
    return ::send(socket, out, size, MSG_NOSIGNAL);
#else
    return ::send(socket, out, size, 0);
#endif
  }
  static void close(handle socket) noexcept { ::close(socket); }

  static bool is_writable(handle socket) noexcept {
    pollfd port{socket, POLLOUT, 0};
    return ::poll(&port, 1, 0) > 0;
  }
  static int pending_error(handle socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  static int last_error() noexcept { return errno; }
  static bool is_under_way(int error) noexcept { return error == EINPROGRESS; }
  static bool would_block(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  }

  // Returns early when a signal comes.
  static void wait(handle socket, interest wants, milliseconds timeout) noexcept {
    pollfd port{socket, 0, 0};
    port.events = static_cast<short>((wants.read ? POLLIN : 0) | (wants.write ? POLLOUT : 0));
    const milliseconds at_most = std::min(timeout, longest_timeout);
    ::poll(&port, 1, timeout == no_timeout ? -1 : static_cast<int>(at_most));
  }
  static milliseconds now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<milliseconds>(t.tv_sec) * 1000 +
           static_cast<milliseconds>(t.tv_nsec / 1'000'000);
  }
};

}  // namespace mailmote::posix
