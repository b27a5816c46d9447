// SPDX-License-Identifier: BSL-1.0
// lwip.hpp: a TCP connection by lwIP's raw API.
//
// Knows:          lwIP's callbacks and pbufs, with or without altcp; versions 2.1 and 2.2.
// Does not know:  what is sent, or who runs lwIP's timers and feeds it packets.
// Bounds:         24 octets of its own on a 32-bit machine; it holds at most TCP_WND octets of received pbufs.
//
// lwIP's defaults cut a mail of 10 KB into ten flights. What a mail wants of lwipopts.h:
//
//   TCP_MSS 1460                      536 otherwise: three times as many packets
//   TCP_SND_BUF (4 * TCP_MSS)         a mail of this size is one flight
//   TCP_WND (4 * TCP_MSS)             a server's certificates come in one
//   MEM_SIZE (TCP_SND_BUF + 3 * 1024) what is written is copied there: 1600 would be a flight each
//   TCP_SND_QUEUELEN, MEMP_NUM_TCP_SEG, PBUF_POOL_SIZE: as lwIP derives or demands them
//   LWIP_DNS 1                        for connect by name
#pragma once

#include <lwip/altcp.h>  // without LWIP_ALTCP its names are those of lwip/tcp.h
#include <lwip/def.h>
#include <lwip/dns.h>
#include <lwip/pbuf.h>

#include <algorithm>

#include <mailmote/io.hpp>

namespace mailmote::lwip {

// A byte_stream. All calls are made where lwIP's may be made: in the super-loop with NO_SYS=1, else
// in the TCP/IP thread or with its core locked. Nothing is registered for exit: one that does not
// live for ever is closed, and no longer awaited, before it goes, for lwIP knows its address.
class tcp_stream {
 public:
  constexpr tcp_stream() = default;
  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;

  // Starts to connect. errc::stream_failed: lwIP has no memory for it, or no route.
  errc connect(const ip_addr_t& address, u16_t port) noexcept {
    close();
    port_ = port;
    return began(start(address));
  }

#if LWIP_DNS
  // Looks `host` up first, without blocking; it ends in NUL, and lives until the connection stands.
  errc connect(const char* host, u16_t port) noexcept {
    close();
    port_ = port;
    ip_addr_t address;
    const err_t found = dns_gethostbyname(host, &address, on_found, this);
    if (found == ERR_INPROGRESS) {
      host_ = host;
      ++look_ups_;
    }
    return began(found == ERR_OK ? start(address) : found);
  }
#endif

  // Whether a look-up is under way, which lwIP cannot call off: close does not change it.
  bool is_awaited() const noexcept { return look_ups_ > 0; }

  // In good order: what was written is still sent, by lwIP alone. Ready for the next connect.
  void close() noexcept {
    if (altcp_pcb* const pcb = drop(); pcb != nullptr && altcp_close(pcb) != ERR_OK)
      altcp_abort(pcb);
  }

  // With a reset. Ready for the next connect.
  void abort() noexcept {
    if (altcp_pcb* const pcb = drop(); pcb != nullptr) altcp_abort(pcb);
  }

  // Only what was read makes room for more. What came before a failure can still be read.
  io_result read_some(std::span<char> in) noexcept {
    if (received_ == nullptr)
      return has_ended_ ? io_status::closed : when_idle(io_status::want_read);
    const auto size = static_cast<u16_t>(std::min<std::size_t>(in.size(), received_->tot_len));
    pbuf_copy_partial(received_, in.data(), size, 0);
    received_ = pbuf_free_header(received_, size);
    if (pcb_ != nullptr) altcp_recved(pcb_, size);
    return io_result::moved(size);
  }

  // At most a segment a call, into lwIP's buffer. It goes out at flush.
  io_result write_some(std::span<const char> out) noexcept {
    if (pcb_ == nullptr || !is_open_) return when_idle(io_status::want_write);
    const std::size_t room = std::min<std::size_t>(altcp_sndbuf(pcb_), altcp_mss(pcb_));
    const auto size = static_cast<u16_t>(std::min(out.size(), room));
    if (size == 0) return io_status::want_write;
    const err_t error = altcp_write(pcb_, out.data(), size, TCP_WRITE_FLAG_COPY);
    if (error == ERR_OK) return io_result::moved(size);
    if (error == ERR_MEM) return io_status::want_write;
    error_ = error;
    altcp_abort(let_go());
    return io_status::failed;
  }

  // The client says so at the end of each poll: packets are cut from all that it wrote.
  void flush() noexcept {
    if (is_open_) altcp_output(pcb_);
  }

  // lwIP's reason for the failure, or ERR_OK; ERR_VAL: the host has no address.
  err_t native_error() const noexcept { return error_; }

 private:
  io_status when_idle(io_status when_open) const {
    if (is_open_) return when_open;
    return pcb_ != nullptr || host_ != nullptr ? io_status::want_write : io_status::failed;
  }

  errc began(err_t error) {
    error_ = error == ERR_INPROGRESS ? err_t{ERR_OK} : error;
    return error_ == ERR_OK ? errc::none : errc::stream_failed;
  }

  err_t start(const ip_addr_t& address) {
    pcb_ = altcp_new_ip_type(nullptr, IP_GET_TYPE(&address));
    if (pcb_ == nullptr) return ERR_MEM;
    altcp_arg(pcb_, this);
    altcp_recv(pcb_, on_received);
    altcp_err(pcb_, on_error);
    const err_t error = altcp_connect(pcb_, &address, port_, on_connected);
    if (error != ERR_OK) abort();
    return error;
  }

  // lwIP's block, which is the caller's now, and may be none.
  altcp_pcb* let_go() {
    altcp_pcb* const pcb = pcb_;
    if (pcb != nullptr) {
      altcp_arg(pcb, nullptr);
      altcp_recv(pcb, nullptr);
      altcp_err(pcb, nullptr);
    }
    pcb_ = nullptr;
    is_open_ = false;
    return pcb;
  }

  // The same, with nothing left to read. What nobody has read would make lwIP's close a reset.
  altcp_pcb* drop() {
    if (received_ != nullptr) {
      if (pcb_ != nullptr) altcp_recved(pcb_, received_->tot_len);
      pbuf_free(received_);
    }
    received_ = nullptr;
    host_ = nullptr;
    has_ended_ = false;
    return let_go();
  }

  // lwIP's answers. They only take notes: the client is not called, nor is anything closed.

#if LWIP_DNS
  static void on_found(const char* name, const ip_addr_t* address, void* self) {
    auto& stream = *static_cast<tcp_stream*>(self);
    --stream.look_ups_;
    if (stream.host_ == nullptr || lwip_stricmp(name, stream.host_) != 0) return;  // of old
    stream.host_ = nullptr;
    stream.error_ = address != nullptr ? stream.start(*address) : err_t{ERR_VAL};
  }
#endif

  static err_t on_connected(void* self, altcp_pcb*, err_t) {
    auto& stream = *static_cast<tcp_stream*>(self);
    altcp_nagle_disable(stream.pcb_);
    stream.is_open_ = true;
    return ERR_OK;
  }

  // Without a pbuf: the peer says no more, and may still listen.
  static err_t on_received(void* self, altcp_pcb*, pbuf* more, err_t) {
    auto& stream = *static_cast<tcp_stream*>(self);
    if (more == nullptr) {
      stream.has_ended_ = true;
    } else if (stream.received_ == nullptr) {
      stream.received_ = more;
    } else if (stream.received_->tot_len + more->tot_len > 0xFFFF) {
      return ERR_MEM;  // as much as a chain can be: lwIP keeps it, and comes again
    } else {
      pbuf_cat(stream.received_, more);
    }
    return ERR_OK;
  }

  // lwIP has freed its block.
  static void on_error(void* self, err_t error) {
    auto& stream = *static_cast<tcp_stream*>(self);
    stream.pcb_ = nullptr;
    stream.is_open_ = false;
    stream.error_ = error;
  }

  altcp_pcb* pcb_ = nullptr;
  pbuf* received_ = nullptr;
  const char* host_ = nullptr;  // while it is looked up
  u16_t port_ = 0;
  err_t error_ = ERR_OK;
  bool is_open_ = false;    // until it is closed or has failed
  bool has_ended_ = false;  // the peer says no more
  u8_t look_ups_ = 0;       // under way, those of before close too
};

}  // namespace mailmote::lwip
