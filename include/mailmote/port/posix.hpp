// SPDX-License-Identifier: BSL-1.0
// posix.hpp: a TCP connection by the sockets of POSIX.
//
// Knows:          non-blocking sockets, poll(2), the monotonic clock.
// Does not know:  what is sent.
// Bounds:         less than 300 octets; one attempt to connect at a time.
#pragma once

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <mailmote/io.hpp>
#include <mailmote/port/posix_address.hpp>
#include <mailmote/port/posix_socket.hpp>

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
    error_ = 0;
    addresses_ = addresses;
    return try_next() ? errc::none : errc::stream_failed;
  }

  // Leaves the stream ready for the next connect. native_error() keeps its value until then.
  void close() noexcept {
    drop();
    addresses_.size = next_ = 0;
  }

  // What the peer had sent can still be read when a write has failed.
  io_result read_some(std::span<char> in) noexcept {
    if (const io_status state = settle(); state != io_status::ok) return state;
    const ssize_t n = ::recv(fd_, in.data(), in.size(), 0);
    if (n == 0) return error_ == 0 ? io_status::closed : io_status::failed;
    return came_to(n, error_ == 0 ? io_status::want_read : io_status::failed);
  }

  io_result write_some(std::span<const char> out) noexcept {
    if (const io_status state = settle(); state != io_status::ok) return state;
    if (error_ != 0) return io_status::failed;
    return came_to(::send(fd_, out.data(), out.size(), send_flags), io_status::want_write);
  }

  // Returns early when a signal comes.
  void wait(interest wants, milliseconds timeout) const noexcept {
    if (wants.any() && fd_ < 0) return;  // the next read or write says what has happened
    pollfd port{wants.any() ? fd_ : -1, 0, 0};
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

  bool is_connecting() const noexcept { return connecting_; }
  int native_error() const noexcept { return error_; }  // the errno of the failure, or 0
  int native_handle() const noexcept { return fd_; }    // another one for each address tried; or -1

 private:
  void drop() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    connecting_ = false;
  }

  bool try_next() noexcept {
    while (next_ < addresses_.size) {
      const address& to = addresses_.items[next_++];
      drop();
      fd_ = open_socket(to.any.sa_family);
      const bool opened = fd_ >= 0;
      if (opened && (::connect(fd_, &to.any, to.size()) == 0 || errno == EINPROGRESS)) {
        connecting_ = true;
        error_ = 0;
        return true;
      }
      error_ = errno;
      drop();
    }
    return false;
  }

  // ok once the connection stands.
  io_status settle() noexcept {
    if (fd_ < 0) return io_status::failed;
    if (!connecting_) return io_status::ok;
    pollfd port{fd_, POLLOUT, 0};
    if (::poll(&port, 1, 0) <= 0) return io_status::want_write;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return give_up(error);
    connecting_ = false;
    return io_status::ok;
  }

  io_result came_to(ssize_t n, io_status otherwise) noexcept {
    if (n > 0) {
      next_ = addresses_.size;  // this address it is
      return io_result::moved(static_cast<std::size_t>(n));
    }
    const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return blocked ? otherwise : give_up(errno);
  }

  io_status give_up(int error) noexcept {
    error_ = error;
    if (connecting_) drop();
    return try_next() ? io_status::want_write : io_status::failed;
  }

  address_list addresses_{};
  std::size_t next_ = 0;  // of the addresses
  int fd_ = -1;
  int error_ = 0;
  bool connecting_ = false;
};

}  // namespace mailmote::posix
