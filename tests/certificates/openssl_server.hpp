// SPDX-License-Identifier: BSL-1.0
// openssl_server.hpp: the server's side of a handshake, by OpenSSL, which shows any chain it is given.
//
// Knows:          octets in, octets out; TLS 1.2 and 1.3.
// Does not know:  wolfSSL, whose headers must not meet OpenSSL's; what carries the octets.
// Bounds:         one handshake.
#pragma once

#include <string>
#include <string_view>

namespace support {

enum class tls_limit { none, only_1_2, only_1_3 };

class openssl_server {
 public:
  // Shows NAME.pem, its own certificate first, with NAME.key.
  openssl_server(const std::string& name, tls_limit limit);
  openssl_server(const openssl_server&) = delete;
  openssl_server& operator=(const openssl_server&) = delete;
  ~openssl_server();

  bool is_ready() const { return ssl_ != nullptr; }

  // Takes what the client has sent, and gives what the client shall get.
  std::string answer(std::string_view octets);

 private:
  void* ctx_ = nullptr;
  void* ssl_ = nullptr;
};

}  // namespace support
