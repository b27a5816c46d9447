// SPDX-License-Identifier: BSL-1.0
// Both ends of a connection over lwIP's loop interface, in time that the test makes.
#pragma once

#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <mailmote/port/lwip.hpp>

#include "support/stream_contract.hpp"

inline u32_t lwip_time = 0;  // milliseconds

inline ip_addr_t loopback() { return IPADDR4_INIT_BYTES(127, 0, 0, 1); }

inline void run_lwip(int steps = 1) {
  for (; steps > 0; --steps) {
    lwip_time += 10;
    netif_poll_all();
    sys_check_timeouts();
  }
}

// A peer that listens. lwIP's state is one a process, so each has a port of its own.
class lwip_peer {
 public:
  explicit lwip_peer(contract::peer kind) : port_{++last_port} {
    static const bool begun = (lwip_init(), true);
    REQUIRE(begun);
    if (kind == contract::peer::refuses) return;
    tcp_pcb* const pcb = tcp_new();
    const ip_addr_t here = loopback();
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
    if (socket_ != nullptr) reset();
    if (listener_ != nullptr) tcp_close(listener_);
    run_lwip(20);
  }

  u16_t port() const { return port_; }
  void step() { run_lwip(); }

  std::size_t send(std::string_view text) {
    await();
    const auto size = static_cast<u16_t>(std::min<std::size_t>(tcp_sndbuf(socket_), text.size()));
    if (size == 0 || tcp_write(socket_, text.data(), size, TCP_WRITE_FLAG_COPY) != ERR_OK) return 0;
    tcp_output(socket_);
    return size;
  }
  std::string receive(std::size_t most) {
    await();
    const std::string piece = came_.substr(0, most);
    came_.erase(0, piece.size());
    if (socket_ != nullptr) tcp_recved(socket_, static_cast<u16_t>(piece.size()));
    return piece;
  }
  void end() {
    await();
    REQUIRE(tcp_shutdown(socket_, 0, 1) == ERR_OK);
  }
  void reset() {
    await();
    tcp_pcb* const pcb = socket_;
    socket_ = nullptr;
    tcp_arg(pcb, nullptr);
    tcp_err(pcb, nullptr);
    tcp_abort(pcb);
  }
  bool has_ended() const { return has_ended_; }
  bool was_reset() const { return was_reset_; }

 private:
  void await() {
    for (int i = 0; i < 100 && socket_ == nullptr; ++i) run_lwip();
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

struct lwip_link : lwip_peer {
  static constexpr contract::abilities can{};
  explicit lwip_link(contract::peer kind) : lwip_peer{kind} {
    REQUIRE(stream_.connect(loopback(), port()) == mailmote::errc::none);
  }
  ~lwip_link() { stream_.close(); }
  auto& stream() { return stream_; }

 private:
  mailmote::lwip::tcp_stream stream_;
};
