// SPDX-License-Identifier: BSL-1.0
// bsd_socket.hpp: a TCP connection by any API of sockets that follows BSD's.
//
// Knows:          what non-blocking sockets do, wherever they come from.
// Does not know:  what the calls are named (posix_api.hpp, lwip_socket.hpp); how names are looked up.
// Bounds:         a handle and a few words; one attempt to connect, to one address.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <mailmote/io.hpp>

namespace mailmote::bsd {

// The calls of an API, all static, with what the C ones take and return. Errors are the API's own
// numbers, positive.
// clang-format off
template <class A>
concept socket_api = requires(typename A::handle socket, const typename A::address& address,
                              char* in, const char* out, std::size_t size, int error) {
  requires std::equality_comparable<typename A::handle>;
  { A::none } -> std::convertible_to<typename A::handle>;         // no socket
  { A::open(address) } -> std::same_as<typename A::handle>;       // TCP, non-blocking, without Nagle's delay
  { A::connect(socket, address) } -> std::convertible_to<int>;    // 0, or negative
  { A::recv(socket, in, size) } -> std::convertible_to<std::ptrdiff_t>;   // octets, 0 at the end, or negative
  { A::send(socket, out, size) } -> std::convertible_to<std::ptrdiff_t>;  // octets, or negative; no signal
  { A::close(socket) };
  { A::is_writable(socket) } -> std::same_as<bool>;               // at once: connected, or failed to
  { A::pending_error(socket) } -> std::convertible_to<int>;       // SO_ERROR
  { A::last_error() } -> std::convertible_to<int>;                // of the call before
  { A::is_under_way(error) } -> std::same_as<bool>;               // EINPROGRESS
  { A::would_block(error) } -> std::same_as<bool>;                // EAGAIN, EWOULDBLOCK, EINTR
};

// For mailmote::run.
template <class A>
concept waiting_api = socket_api<A> && requires(typename A::handle socket, interest wants, milliseconds timeout) {
  { A::wait(socket, wants, timeout) } noexcept;                   // `none`: only the time passes
  { A::now() } noexcept -> std::same_as<milliseconds>;
};
// clang-format on

// A byte_stream. Nothing is registered for exit: one that does not live for ever is closed before it
// goes.
template <socket_api Api>
class socket_stream {
 public:
  using handle = typename Api::handle;
  using address = typename Api::address;

  constexpr socket_stream() = default;
  socket_stream(const socket_stream&) = delete;
  socket_stream& operator=(const socket_stream&) = delete;

  // Starts to connect. errc::stream_failed: there is no socket, or no way there.
  errc connect(const address& to) noexcept {
    close();
    error_ = 0;
    socket_ = Api::open(to);
    if (socket_ != Api::none &&
        (Api::connect(socket_, to) == 0 || Api::is_under_way(Api::last_error()))) {
      is_connecting_ = true;
      return errc::none;
    }
    error_ = Api::last_error();
    close();
    return errc::stream_failed;
  }

  // Leaves the stream ready for the next connect. With octets that nobody has read, most systems make
  // it a reset for the peer. native_error() keeps its value until then.
  void close() noexcept {
    if (socket_ != Api::none) Api::close(socket_);
    socket_ = Api::none;
    is_connecting_ = has_ended_ = false;
  }

  // What the peer had sent can still be read when a write has failed.
  io_result read_some(std::span<char> in) noexcept {
    if (const io_status state = settle(); state != io_status::ok) return state;
    if (has_ended_) return io_status::closed;  // some say so but once
    const std::ptrdiff_t n = Api::recv(socket_, in.data(), in.size());
    has_ended_ = n == 0 && error_ == 0;
    if (n == 0) return has_ended_ ? io_status::closed : io_status::failed;
    return came_to(n, error_ == 0 ? io_status::want_read : io_status::failed);
  }

  io_result write_some(std::span<const char> out) noexcept {
    if (const io_status state = settle(); state != io_status::ok) return state;
    if (error_ != 0) return io_status::failed;
    return came_to(Api::send(socket_, out.data(), out.size()), io_status::want_write);
  }

  void wait(interest wants, milliseconds timeout) const noexcept requires waiting_api<Api> {
    if (!wants.any() || socket_ != Api::none)
      Api::wait(wants.any() ? socket_ : Api::none, wants, timeout);
  }
  static milliseconds now() noexcept requires waiting_api<Api> { return Api::now(); }

  bool is_connecting() const noexcept { return is_connecting_; }
  int native_error() const noexcept { return error_; }  // the API's number, or 0
  handle native_handle() const noexcept { return socket_; }

 private:
  // ok once the connection stands.
  io_status settle() noexcept {
    if (socket_ == Api::none) return io_status::failed;
    if (!is_connecting_) return io_status::ok;
    if (!Api::is_writable(socket_)) return io_status::want_write;
    error_ = Api::pending_error(socket_);
    is_connecting_ = false;
    if (error_ == 0) return io_status::ok;
    close();
    return io_status::failed;
  }

  io_result came_to(std::ptrdiff_t n, io_status otherwise) noexcept {
    if (n > 0) return io_result::moved(static_cast<std::size_t>(n));
    const int error = Api::last_error();
    if (Api::would_block(error)) return otherwise;
    error_ = error;
    return io_status::failed;
  }

  handle socket_ = Api::none;
  int error_ = 0;
  bool is_connecting_ = false;
  bool has_ended_ = false;  // the peer says no more
};

}  // namespace mailmote::bsd
