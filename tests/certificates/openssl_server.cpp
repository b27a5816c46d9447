// SPDX-License-Identifier: BSL-1.0
// openssl_server.cpp: OpenSSL between two pieces of memory.
#include "openssl_server.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

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
  int n = 0;
  while ((n = SSL_read(of(ssl_), piece, sizeof piece)) > 0) {
    heard_.append(piece, static_cast<std::size_t>(n));
  }
  if (!unsaid_.empty() && SSL_is_init_finished(of(ssl_))) {
    SSL_write(of(ssl_), unsaid_.data(), static_cast<int>(unsaid_.size()));
    unsaid_.clear();
  }
  std::string out;
  while ((n = BIO_read(SSL_get_wbio(of(ssl_)), piece, sizeof piece)) > 0) {
    out.append(piece, static_cast<std::size_t>(n));
  }
  return out;
}

bool openssl_server::demand_certificate(const std::string& anchors) {
  SSL_set_verify(of(ssl_), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return SSL_CTX_load_verify_locations(static_cast<SSL_CTX*>(ctx_), anchors.c_str(), nullptr) == 1;
}

std::string openssl_server::heard() { return std::exchange(heard_, {}); }

void openssl_server::say(std::string_view text) { unsaid_ += text; }

std::string openssl_server::exported() const {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::string out(32, '\0');
  const int done =
      SSL_export_keying_material(of(ssl_), reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                 label.data(), label.size(), nullptr, 0, 1);
  return done == 1 ? out : std::string{};
}

std::string openssl_server::end_point() const {
  std::string out(32, '\0');
  unsigned size = 0;
  const int done = X509_digest(SSL_get_certificate(of(ssl_)), EVP_sha256(),
                               reinterpret_cast<unsigned char*>(out.data()), &size);
  return done == 1 && size == out.size() ? out : std::string{};
}

std::string openssl_server::client_name() const {
  const X509* const shown = SSL_get0_peer_certificate(of(ssl_));
  char name[100] = {};
  if (shown == nullptr || SSL_get_verify_result(of(ssl_)) != X509_V_OK) return {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
  return name;
}

}  // namespace support
