// SPDX-License-Identifier: BSL-1.0
// The other end of a connection, by lwIP's raw API. How lwIP runs is a `World`:
//
//   struct world {
//     static void start();          lwIP, once
//     static ip_addr_t address();   where it reaches itself
//     static void run();            lets it make progress
//     struct lock;                  held while its core is called
//   };
#pragma once

#include <lwip/netif.h>
#include <lwip/tcp.h>

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "support/stream_contract.hpp"

// Listens, or does not. lwIP's state is one a process, so each has a port of its own.
template <class World>
class lwip_peer {
  using lock = typename World::lock;

 public:
  explicit lwip_peer(contract::peer kind) : port_{++last_port} {
    World::start();
    if (kind == contract::peer::refuses) return;
    const lock core;
    tcp_pcb* const pcb = tcp_new();
    const ip_addr_t here = World::address();
    REQUIRE(tcp_bind(pcb, &here, port_) == ERR_OK);
    listener_ = tcp_listen(pcb);
    REQUIRE(listener_ != nullptr);
    tcp_arg(listener_, this);
    tcp_accept(listener_, [](void* self, tcp_pcb* accepted, err_t) {
      static_cast<lwip_peer*>(self)->accept(accepted);
      return err_t{ERR_OK};
    });
  }
  lwip_peer(const lwip_peer&) = delete;
  lwip_peer& operator=(const lwip_peer&) = delete;
  ~lwip_peer() {
    {
      const lock core;
      if (socket_ != nullptr) abort();
      if (listener_ != nullptr) tcp_close(listener_);
    }
    for (int i = 0; i < 20; ++i) World::run();
  }

  u16_t port() const { return port_; }
  void step() { World::run(); }

  std::size_t send(std::string_view text) {
    await();
    const lock core;
    const auto size = static_cast<u16_t>(std::min<std::size_t>(tcp_sndbuf(socket_), text.size()));
    if (size == 0 || tcp_write(socket_, text.data(), size, TCP_WRITE_FLAG_COPY) != ERR_OK) return 0;
    tcp_output(socket_);
    return size;
  }
  std::string receive(std::size_t most) {
    await();
    const lock core;
    const std::string piece = came_.substr(0, most);
    came_.erase(0, piece.size());
    if (socket_ != nullptr) tcp_recved(socket_, static_cast<u16_t>(piece.size()));
    return piece;
  }
  void end() {
    await();
    const lock core;
    REQUIRE(tcp_shutdown(socket_, 0, 1) == ERR_OK);
  }
  void reset() {
    await();
    const lock core;
    abort();
  }
  bool has_ended() const {
    const lock core;
    return has_ended_;
  }
  bool was_reset() const {
    const lock core;
    return was_reset_;
  }

 private:
  bool is_accepted() const {
    const lock core;
    return socket_ != nullptr;
  }
  void await() {
    for (int i = 0; i < 100 && !is_accepted(); ++i) World::run();
  }
  void abort() {
    tcp_pcb* const pcb = socket_;
    socket_ = nullptr;
    tcp_arg(pcb, nullptr);
    tcp_err(pcb, nullptr);
    tcp_abort(pcb);
  }
  void accept(tcp_pcb* pcb) {
    socket_ = pcb;
    tcp_arg(pcb, this);
    tcp_recv(pcb, [](void* self, tcp_pcb*, pbuf* more, err_t) {
      if (self != nullptr) static_cast<lwip_peer*>(self)->take(more);
      return err_t{ERR_OK};
    });
    tcp_err(pcb, [](void* self, err_t) {
      if (self == nullptr) return;
      static_cast<lwip_peer*>(self)->socket_ = nullptr;
      static_cast<lwip_peer*>(self)->was_reset_ = true;
    });
  }
  void take(pbuf* more) {
    if (more == nullptr) {
      has_ended_ = true;
      return;
    }
    std::string piece(more->tot_len, '\0');
    pbuf_copy_partial(more, piece.data(), more->tot_len, 0);
    came_ += piece;
    pbuf_free(more);
  }

  static inline u16_t last_port = 1000;
  u16_t port_;
  tcp_pcb* listener_ = nullptr;
  tcp_pcb* socket_ = nullptr;
  std::string came_;  // received, and not yet acknowledged to be read
  bool has_ended_ = false;
  bool was_reset_ = false;
};
