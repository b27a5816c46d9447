// SPDX-License-Identifier: BSL-1.0
// openssl_server.cpp: OpenSSL between two pieces of memory.
#include "openssl_server.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace support {

namespace {

SSL* of(void* ssl) { return static_cast<SSL*>(ssl); }

}  // namespace

openssl_server::openssl_server(const std::string& name, tls_limit limit) {
  SSL_CTX* const ctx = SSL_CTX_new(TLS_server_method());
  ctx_ = ctx;
  SSL_CTX_set_security_level(ctx, 0);             // weak keys too
  SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);  // just what is in the file
  if (limit == tls_limit::only_1_2) SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
  if (limit == tls_limit::only_1_3) SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
  if (SSL_CTX_use_certificate_chain_file(ctx, (name + ".pem").c_str()) != 1) return;
  if (SSL_CTX_use_PrivateKey_file(ctx, (name + ".key").c_str(), SSL_FILETYPE_PEM) != 1) return;
  SSL* const ssl = SSL_new(ctx);
  ssl_ = ssl;
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl);
}

openssl_server::~openssl_server() {
  SSL_free(of(ssl_));
  SSL_CTX_free(static_cast<SSL_CTX*>(ctx_));
}

std::string openssl_server::answer(std::string_view octets) {
  if (!octets.empty()) {
    BIO_write(SSL_get_rbio(of(ssl_)), octets.data(), static_cast<int>(octets.size()));
  }
  char piece[4096];
  while (SSL_read(of(ssl_), piece, sizeof piece) > 0) {
  }
  std::string out;
  for (int n = 0; (n = BIO_read(SSL_get_wbio(of(ssl_)), piece, sizeof piece)) > 0;) {
    out.append(piece, static_cast<std::size_t>(n));
  }
  return out;
}

}  // namespace support
