// SPDX-License-Identifier: BSL-1.0
// posix.hpp: a TCP connection to a server by its name, where there is POSIX.
//
// Knows:          that a name may have several addresses, and that not all of them may answer.
// Does not know:  what is sent; the calls of sockets (posix_api.hpp).
// Bounds:         less than 300 octets; one attempt to connect at a time.
#pragma once

#include <mailmote/port/bsd_socket.hpp>
#include <mailmote/port/posix_address.hpp>
#include <mailmote/port/posix_api.hpp>

namespace mailmote::posix {

// A byte_stream, and the waiter for it. A lost peer raises no signal, a child process does not
// inherit the connection, and Nagle's algorithm holds no flight back.
class tcp_stream {
 public:
  constexpr tcp_stream() = default;
  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;
  ~tcp_stream() { close(); }

  // Starts to connect to the server. Looking its name up MAY BLOCK (see resolve); nothing else
  // here does. errc::none: under way. Else resolve's errors, or errc::stream_failed when no
  // address can even be tried.
  errc connect(std::string_view host, std::uint16_t port) noexcept {
    address_list found;
    const errc error = resolve(host, port, found);
    const errc started = connect(found);
    return error == errc::none ? started : error;
  }

  // The same without a look-up. When an address fails before a byte has moved, the next has its
  // turn. One that never answers fails when the system gives it up (Linux: after two minutes).
  errc connect(const address_list& addresses) noexcept {
    close();
    addresses_ = addresses;
    return try_next() ? errc::none : errc::stream_failed;
  }

  // Leaves the stream ready for the next connect. native_error() keeps its value until then.
  void close() noexcept {
    socket_.close();
    addresses_.size = next_ = 0;
  }

  // What the peer had sent can still be read when a write has failed.
  io_result read_some(std::span<char> in) noexcept { return or_next(socket_.read_some(in)); }
  io_result write_some(std::span<const char> out) noexcept {
    return or_next(socket_.write_some(out));
  }

  void wait(interest wants, milliseconds timeout) const noexcept { socket_.wait(wants, timeout); }
  static milliseconds now() noexcept { return api::now(); }

  bool is_connecting() const noexcept { return socket_.is_connecting(); }
  int native_error() const noexcept { return socket_.native_error(); }    // an errno, or 0
  int native_handle() const noexcept { return socket_.native_handle(); }  // of this address; or -1

 private:
  bool try_next() noexcept {
    while (next_ < addresses_.size) {
      if (socket_.connect(addresses_.items[next_++]) == errc::none) return true;
    }
    return false;
  }

  io_result or_next(io_result result) noexcept {
    if (result.ok()) next_ = addresses_.size;  // this address it is
    return result.status() == io_status::failed && try_next() ? io_status::want_write : result;
  }

  address_list addresses_{};
  std::size_t next_ = 0;  // of the addresses
  bsd::socket_stream<api> socket_{};
};

}  // namespace mailmote::posix
