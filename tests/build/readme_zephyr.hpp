// SPDX-License-Identifier: BSL-1.0
// What Zephyr declares of its sockets, as far as the README names it. Nothing of it runs here.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include <mailmote/port/bsd_socket.hpp>

struct zsock_pollfd {
  int fd;
  short events;
  short revents;
};
inline constexpr short ZSOCK_POLLOUT = 4;
inline constexpr int ZVFS_F_SETFL = 4, ZVFS_O_NONBLOCK = 0x4000;

int zsock_socket(int family, int type, int protocol);
int zsock_setsockopt(int socket, int level, int name, const void* value, socklen_t size);
int zsock_getsockopt(int socket, int level, int name, void* value, socklen_t* size);
int zsock_fcntl(int socket, int command, int flags);
int zsock_connect(int socket, const sockaddr* to, socklen_t size);
ssize_t zsock_recv(int socket, void* in, std::size_t size, int flags);
ssize_t zsock_send(int socket, const void* out, std::size_t size, int flags);
int zsock_close(int socket);
int zsock_poll(zsock_pollfd* ports, int count, int timeout);
