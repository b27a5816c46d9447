// SPDX-License-Identifier: BSL-1.0
// posix_socket.hpp: opens a TCP socket that never blocks, signals, dawdles or is inherited.
//
// Knows:          how each system of the POSIX family spells that.
// Does not know:  where the socket will be connected to.
// Bounds:         one socket a call.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace mailmote::posix {

// What send(2) needs lest a lost peer raises SIGPIPE. Where there is no such flag, there is an
// option of the socket.
#ifdef MSG_NOSIGNAL
inline constexpr int send_flags = MSG_NOSIGNAL;
#else
inline constexpr int send_flags = 0;
#endif

// A new socket, or -1 with errno. Without Nagle's algorithm, which holds flights back.
inline int open_socket(int family) noexcept {
#ifdef SOCK_CLOEXEC
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
#else
  const int fd = ::socket(family, SOCK_STREAM, 0);
  if (fd < 0) return fd;
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
  ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return fd;
}

}  // namespace mailmote::posix
