// SPDX-License-Identifier: BSL-1.0
// arduino.hpp: a TCP connection by anything that has the shape of Arduino's Client.
//
// Knows:          connected, available, read and write, as EthernetClient, WiFiClient and others have.
// Does not know:  Arduino's headers; how the client connects, which is the sketch's to do.
// Bounds:         one pointer. An Arduino `write` MAY BLOCK, for seconds with some libraries: a poll
//                 over it is then not at once (law 2), and the library owns the timeout.
//
// Such a client cannot tell a connection that was reset from one that was closed: both are `closed`
// here. Inside TLS the difference is told all the same, by TLS's own goodbye.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mailmote/io.hpp>

namespace mailmote::arduino {

// clang-format off
template <class C>
concept client_shape = requires(C& client, std::uint8_t* in, const std::uint8_t* out, std::size_t size) {
  { client.connected() } -> std::convertible_to<bool>;
  { client.available() } -> std::convertible_to<int>;
  { client.read(in, size) } -> std::convertible_to<int>;             // octets, or negative
  { client.write(out, size) } -> std::convertible_to<std::size_t>;   // octets; 0: none could be taken
};
// clang-format on

// A byte_stream over a client, which is connected before `send`.
template <client_shape Client>
class client_stream {
 public:
  constexpr explicit client_stream(Client& client) : client_{client} {}

  io_result read_some(std::span<char> in) noexcept {
    const bool is_connected = client_.connected();  // first: what arrives between is not lost
    const int waiting = client_.available();
    if (waiting > 0) {
      const std::size_t size = std::min(in.size(), static_cast<std::size_t>(waiting));
      const int n = client_.read(reinterpret_cast<std::uint8_t*>(in.data()), size);
      if (n > 0) return io_result::moved(static_cast<std::size_t>(n));
    }
    return is_connected ? io_status::want_read : io_status::closed;
  }

  io_result write_some(std::span<const char> out) noexcept {
    if (!client_.connected()) return io_status::failed;
    const std::size_t n =
        client_.write(reinterpret_cast<const std::uint8_t*>(out.data()), out.size());
    if (n > 0) return io_result::moved(n);
    return client_.connected() ? io_status::want_write : io_status::failed;
  }

  void close() noexcept {
    if constexpr (requires { client_.stop(); }) client_.stop();
  }

 private:
  Client& client_;
};

}  // namespace mailmote::arduino
