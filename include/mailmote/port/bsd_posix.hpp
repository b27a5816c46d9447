// SPDX-License-Identifier: BSL-1.0
// bsd_posix.hpp: POSIX's own names for the calls of sockets, which ESP-IDF has too.
//
// Knows:          <sys/socket.h>, <poll.h>, and errno.
// Does not know:  the state of a connection (bsd_socket.hpp).
// Bounds:         nothing is kept; one address holds IPv4 or IPv6.
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

#include <mailmote/port/bsd_socket.hpp>

namespace mailmote::bsd {

struct posix_api {
  using handle = int;
  static constexpr handle none = -1;

  // As getaddrinfo gives it.
  struct address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&storage); }
  };

  static handle open(const address& to) noexcept {
    const handle socket = ::socket(to.any()->sa_family, SOCK_STREAM, 0);
    if (socket < 0) return none;
    const int on = 1;
    (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    (void)::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
#ifdef FD_CLOEXEC
    (void)::fcntl(socket, F_SETFD, FD_CLOEXEC);
#endif
    if (::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL, 0) | O_NONBLOCK) == 0) return socket;
    ::close(socket);
    return none;
  }
  static int connect(handle socket, const address& to) noexcept {
    return ::connect(socket, to.any(), to.size);
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

}  // namespace mailmote::bsd
