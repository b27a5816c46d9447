// SPDX-License-Identifier: BSL-1.0
// The other end of a connection, for the contract of streams, by any API of sockets like BSD's: its
// calls are the static functions of `Calls`.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/stream_contract.hpp"

// Listens at a free port, or holds one where nobody does.
template <class Calls>
class socket_peer {
 public:
  explicit socket_peer(contract::peer kind) : listener_{Calls::socket(AF_INET, SOCK_STREAM, 0)} {
    here_.sin_family = AF_INET;
    here_.sin_addr.s_addr = Calls::own_address();
    socklen_t size = sizeof here_;
    REQUIRE(Calls::bind(listener_, any(), size) == 0);
    REQUIRE(Calls::getsockname(listener_, reinterpret_cast<sockaddr*>(&here_), &size) == 0);
    if (kind == contract::peer::listens) {
      REQUIRE(Calls::listen(listener_, 1) == 0);
      Calls::make_non_blocking(listener_);
    }
  }
  socket_peer(const socket_peer&) = delete;
  socket_peer& operator=(const socket_peer&) = delete;
  ~socket_peer() {
    if (socket_ >= 0) Calls::close(socket_);
    Calls::close(listener_);
  }

  const sockaddr_in& here() const { return here_; }

  void step() {
    accept();
    Calls::await_octets(socket_);
  }
  std::size_t send(std::string_view text) {
    accept();
    const ssize_t n = Calls::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  std::string receive(std::size_t most) {
    accept();
    std::string room(most, '\0');
    const ssize_t n = Calls::recv(socket_, room.data(), most, 0);
    has_ended_ = has_ended_ || n == 0;
    room.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return room;
  }
  void end() {
    accept();
    REQUIRE(Calls::shutdown(socket_, SHUT_WR) == 0);
  }
  void reset() {
    accept();
    const linger abort{1, 0};
    REQUIRE(Calls::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort) == 0);
    Calls::close(socket_);
    socket_ = -1;
  }
  bool has_ended() {
    (void)receive(1);
    return has_ended_;
  }

 private:
  const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&here_); }
  void accept() {
    if (socket_ >= 0) return;
    socket_ = Calls::accept(listener_, nullptr, nullptr);
    if (socket_ >= 0) Calls::make_non_blocking(socket_);
  }

  sockaddr_in here_{};
  int listener_;
  int socket_ = -1;
  bool has_ended_ = false;
};
