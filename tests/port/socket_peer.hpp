// SPDX-License-Identifier: BSL-1.0
// The other end of a connection over 127.0.0.1, for the contract of streams.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/stream_contract.hpp"

// Listens at a free port, or holds one where nobody does.
class socket_peer {
 public:
  explicit socket_peer(contract::peer kind) : listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    here_.sin_family = AF_INET;
    here_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here_;
    REQUIRE(::bind(listener_, any(), size) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&here_), &size) == 0);
    if (kind == contract::peer::listens) {
      REQUIRE(::listen(listener_, 1) == 0);
      make_non_blocking(listener_);
    }
  }
  socket_peer(const socket_peer&) = delete;
  socket_peer& operator=(const socket_peer&) = delete;
  ~socket_peer() {
    if (socket_ >= 0) ::close(socket_);
    ::close(listener_);
  }

  const sockaddr_in& here() const { return here_; }

  void step() {
    accept();
    pollfd port{socket_, POLLIN, 0};
    ::poll(&port, 1, 1);
  }
  std::size_t send(std::string_view text) {
    accept();
    const ssize_t n = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  std::string receive(std::size_t most) {
    accept();
    std::string room(most, '\0');
    const ssize_t n = ::recv(socket_, room.data(), most, 0);
    was_reset_ = was_reset_ || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    has_ended_ = has_ended_ || (n == 0 && !was_reset_);
    room.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return room;
  }
  void end() {
    accept();
    REQUIRE(::shutdown(socket_, SHUT_WR) == 0);
  }
  void reset() {
    accept();
    const linger abort{1, 0};
    REQUIRE(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort) == 0);
    ::close(socket_);
    socket_ = -1;
  }
  bool has_ended() {
    (void)receive(1);
    return has_ended_;
  }

 private:
  const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&here_); }
  static void make_non_blocking(int socket) {
    REQUIRE(::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL, 0) | O_NONBLOCK) == 0);
  }
  void accept() {
    if (socket_ >= 0) return;
    socket_ = ::accept(listener_, nullptr, nullptr);
    if (socket_ >= 0) make_non_blocking(socket_);
  }

  sockaddr_in here_{};
  int listener_;
  int socket_ = -1;
  bool has_ended_ = false;
  bool was_reset_ = false;
};
