// SPDX-License-Identifier: BSL-1.0
// openssl_server.hpp: the server's side of a connection, by OpenSSL, which shows any chain it is given.
//
// Knows:          octets in, octets out; TLS 1.2 and 1.3.
// Does not know:  wolfSSL, whose headers must not meet OpenSSL's; what carries the octets.
// Bounds:         one connection.
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

  // Before the first answer: it wants a certificate that `anchors`, a file, vouch for.
  bool demand_certificate(const std::string& anchors);

  // Takes what the client has sent, and gives what the client shall get.
  std::string answer(std::string_view octets);

  // What the client has said, once; and what it is told with the next answer after the handshake.
  std::string heard();
  void say(std::string_view text);

  // Of the connection as it now is: its tls-exporter binding, its tls-server-end-point one (of a
  // certificate that is signed with SHA-256), and the client's common name.
  std::string exported() const;
  std::string end_point() const;
  std::string client_name() const;

 private:
  void* ctx_ = nullptr;
  void* ssl_ = nullptr;
  std::string heard_;
  std::string unsaid_;
};

}  // namespace support
