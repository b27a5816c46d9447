// SPDX-License-Identifier: BSL-1.0
// tls_server.hpp: the other side of a TLS session, in the same process and over any byte stream.
#pragma once

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <wolfssl/ssl.h>

#include <span>
#include <string>
#include <string_view>

#include <mailmote/io.hpp>

#include "pki.hpp"

namespace support {

inline const unsigned char* octets(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct tls_server_settings {
  std::string_view certificate =
      "good";                    // NAME.pem and NAME.key of pki.sh; empty: none, anonymous DH
  const char* suites = nullptr;  // wolfSSL's names; null: all it has
  bool tls_1_1_only = false;     // where wolfSSL still has it
  bool tls_1_2_only = false;
  bool tls_1_3_only = false;
  std::string_view client_anchors = {};  // NAME.pem: whom it trusts; it then demands a certificate
};

template <mailmote::byte_stream Lower>
class tls_server {
 public:
  tls_server(Lower& lower, const tls_server_settings& with) : lower_{lower} {
    wolfSSL_Init();
    ctx_ = wolfSSL_CTX_new(method(with));
    wolfSSL_CTX_set_verify(ctx_, WOLFSSL_VERIFY_NONE, nullptr);
    if (!with.client_anchors.empty()) {
      const std::string anchors = read_file(pki(with.client_anchors) + ".pem");
      is_ready_ =
          wolfSSL_CTX_load_verify_buffer(ctx_, octets(anchors), static_cast<long>(anchors.size()),
                                         WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS;
      wolfSSL_CTX_set_verify(ctx_, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                             nullptr);
    }
    const char* suites = with.suites;
    if (with.certificate.empty()) {
#ifdef HAVE_ANON
      wolfSSL_CTX_allow_anon_cipher(ctx_);
#endif
      suites = "ADH-AES128-SHA:ADH-AES256-GCM-SHA384";
    } else {
      const std::string chain = read_file(pki(with.certificate) + ".pem");
      const std::string key = read_file(pki(with.certificate) + ".key");
      is_ready_ =
          is_ready_ &&
          wolfSSL_CTX_use_certificate_chain_buffer(
              ctx_, octets(chain), static_cast<long>(chain.size())) == WOLFSSL_SUCCESS &&
          wolfSSL_CTX_use_PrivateKey_buffer(ctx_, octets(key), static_cast<long>(key.size()),
                                            WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS;
    }
    if (suites != nullptr) {
      is_ready_ = is_ready_ && wolfSSL_CTX_set_cipher_list(ctx_, suites) == WOLFSSL_SUCCESS;
    }
    ssl_ = wolfSSL_new(ctx_);
    is_ready_ = is_ready_ && ssl_ != nullptr;
    wolfSSL_SSLSetIORecv(ssl_, receive);
    wolfSSL_SSLSetIOSend(ssl_, send);
    wolfSSL_SetIOReadCtx(ssl_, this);
    wolfSSL_SetIOWriteCtx(ssl_, this);
  }

  tls_server(const tls_server&) = delete;
  tls_server& operator=(const tls_server&) = delete;
  ~tls_server() {
    wolfSSL_free(ssl_);
    wolfSSL_CTX_free(ctx_);
    wolfSSL_Cleanup();
  }

  bool is_ready() const { return is_ready_; }  // its certificate and key could be read
  bool accept() { return wolfSSL_accept(ssl_) == WOLFSSL_SUCCESS; }
  bool update_keys() { return wolfSSL_update_keys(ssl_) == WOLFSSL_SUCCESS; }
  void goodbye() { (void)wolfSSL_shutdown(ssl_); }
  bool said_goodbye() const {
    return (wolfSSL_get_shutdown(ssl_) & WOLFSSL_RECEIVED_SHUTDOWN) != 0;
  }
  const char* version() const { return wolfSSL_get_version(ssl_); }
  WOLFSSL* native() { return ssl_; }

  bool write(std::string_view text) {
    return wolfSSL_write(ssl_, text.data(), static_cast<int>(text.size())) ==
           static_cast<int>(text.size());
  }

  // All that has arrived.
  std::string read() {
    std::string text;
    char piece[4096];
    for (int n = 0; (n = wolfSSL_read(ssl_, piece, sizeof piece)) > 0;) {
      text.append(piece, static_cast<std::size_t>(n));
    }
    return text;
  }

  int error() { return wolfSSL_get_error(ssl_, -1); }

 private:
  static WOLFSSL_METHOD* method(const tls_server_settings& with) {
#ifndef NO_OLD_TLS
    if (with.tls_1_1_only) return wolfTLSv1_1_server_method();
#endif
    if (with.tls_1_2_only) return wolfTLSv1_2_server_method();
    return with.tls_1_3_only ? wolfTLSv1_3_server_method() : wolfTLS_server_method();
  }
  static int moved(mailmote::io_result result) {
    if (result.ok()) return static_cast<int>(result.count());
    const bool waits = result.status() == mailmote::io_status::want_read ||
                       result.status() == mailmote::io_status::want_write;
    return waits ? WOLFSSL_CBIO_ERR_WANT_READ : WOLFSSL_CBIO_ERR_CONN_CLOSE;
  }
  static int receive(WOLFSSL*, char* in, int size, void* self) {
    return moved(
        static_cast<tls_server*>(self)->lower_.read_some({in, static_cast<std::size_t>(size)}));
  }
  static int send(WOLFSSL*, char* out, int size, void* self) {
    return moved(
        static_cast<tls_server*>(self)->lower_.write_some({out, static_cast<std::size_t>(size)}));
  }

  Lower& lower_;
  WOLFSSL_CTX* ctx_ = nullptr;
  WOLFSSL* ssl_ = nullptr;
  bool is_ready_ = true;
};

}  // namespace support
