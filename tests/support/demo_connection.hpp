// SPDX-License-Identifier: BSL-1.0
// demo_connection.hpp: the server's end of one connection, in clear or in TLS, and its two logs.
#pragma once

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <sys/socket.h>
#include <unistd.h>
#include <wolfssl/ssl.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>

namespace demo {

// Thrown where a dialogue cannot go on: the peer has gone, or its TLS is broken.
struct gone {};

struct logs {
  std::ofstream wire{};  // every octet as it came from the network
  std::ofstream smtp{};  // every octet of the dialogue, in clear or decrypted
};

// It blocks: one client is served after the other.
class connection {
 public:
  connection(int socket, logs& to) : socket_{socket}, logs_{to} {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    if (tls_ != nullptr) {
      wolfSSL_shutdown(tls_);
      wolfSSL_free(tls_);
    }
    ::close(socket_);
  }

  bool is_encrypted() const { return tls_ != nullptr; }
  bool has_unread() const { return !unread_.empty(); }
  std::string about_tls() const {
    return std::string{wolfSSL_get_version(tls_)} + ", " + wolfSSL_get_cipher(tls_);
  }

  void start_tls(WOLFSSL_CTX* context) {
    tls_ = wolfSSL_new(context);
    if (tls_ == nullptr) throw gone{};
    wolfSSL_SSLSetIORecv(tls_, receive);
    wolfSSL_SSLSetIOSend(tls_, send);
    wolfSSL_SetIOReadCtx(tls_, this);
    wolfSSL_SetIOWriteCtx(tls_, this);
    if (wolfSSL_accept(tls_) != WOLFSSL_SUCCESS) throw gone{};
  }

  // A line with its line end.
  std::string read_line() {
    std::size_t end = 0;
    while ((end = unread_.find('\n')) == std::string::npos) read_more();
    std::string line = unread_.substr(0, end + 1);
    unread_.erase(0, end + 1);
    return line;
  }

  void write(std::string_view text) {
    if (tls_ != nullptr) {
      const int size = static_cast<int>(text.size());
      if (wolfSSL_write(tls_, text.data(), size) != size) throw gone{};
      return;
    }
    while (!text.empty()) {
      const ssize_t n = ::send(socket_, text.data(), text.size(), 0);
      if (n <= 0) throw gone{};
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  // Waits for the peer to go, without a word.
  [[noreturn]] void listen_only() {
    for (;;) read_more();
  }

 private:
  void read_more() {
    std::array<char, 16'384> room;
    const auto n = tls_ != nullptr ? ssize_t{wolfSSL_read(tls_, room.data(), int{room.size()})}
                                   : take(room.data(), room.size());
    if (n <= 0) throw gone{};
    const std::string_view piece{room.data(), static_cast<std::size_t>(n)};
    logs_.smtp << piece << std::flush;
    unread_ += piece;
  }

  ssize_t take(char* room, std::size_t size) {
    const ssize_t n = ::recv(socket_, room, size, 0);
    if (n > 0) logs_.wire << std::string_view{room, static_cast<std::size_t>(n)} << std::flush;
    return n;
  }

  static int receive(WOLFSSL*, char* room, int size, void* self) {
    const auto n = static_cast<connection*>(self)->take(room, static_cast<std::size_t>(size));
    return n > 0 ? static_cast<int>(n) : int{WOLFSSL_CBIO_ERR_CONN_CLOSE};
  }

  static int send(WOLFSSL*, char* octets, int size, void* self) {
    const int socket = static_cast<connection*>(self)->socket_;
    const ssize_t n = ::send(socket, octets, static_cast<std::size_t>(size), 0);
    return n > 0 ? static_cast<int>(n) : int{WOLFSSL_CBIO_ERR_CONN_CLOSE};
  }

  int socket_;
  logs& logs_;
  WOLFSSL* tls_ = nullptr;
  std::string unread_{};
};

}  // namespace demo
