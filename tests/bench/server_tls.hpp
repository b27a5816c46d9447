// SPDX-License-Identifier: BSL-1.0
// server_tls.hpp: the sink's end of TLS, by OpenSSL, which is not the TLS library of mailmote.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "link.hpp"

namespace bench {

class server_certificate {
 public:
  server_certificate(const std::string& chain, const std::string& key) {
    const bool good =
        SSL_CTX_use_certificate_chain_file(context_.get(), chain.c_str()) == 1 &&
        SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) == 1;
    if (!good) throw std::runtime_error{"the sink has no certificate"};
  }
  SSL_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_server_method()),
                                                             &SSL_CTX_free};
};

// A link inside another.
class tls_link final : public link {
 public:
  tls_link(link& lower, const server_certificate& certificate)
      : lower_{lower}, ssl_{SSL_new(certificate.get()), &SSL_free} {
    BIO* const way = BIO_new(method());
    BIO_set_data(way, this);
    BIO_set_init(way, 1);
    SSL_set_bio(ssl_.get(), way, way);
  }

  bool accept() { return SSL_accept(ssl_.get()) == 1; }
  std::size_t read(std::span<char> in) override {
    std::size_t n = 0;
    return SSL_read_ex(ssl_.get(), in.data(), in.size(), &n) == 1 ? n : 0;
  }
  bool write(std::string_view out) override {
    std::size_t n = 0;
    return SSL_write_ex(ssl_.get(), out.data(), out.size(), &n) == 1;
  }
  int round_trips() const override { return lower_.round_trips(); }
  clock::duration way() const override { return lower_.way(); }

 private:
  static link& lower(BIO* way) { return static_cast<tls_link*>(BIO_get_data(way))->lower_; }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* const m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "link");
      BIO_meth_set_read(m, [](BIO* way, char* in, int size) {
        return static_cast<int>(lower(way).read({in, static_cast<std::size_t>(size)}));
      });
      BIO_meth_set_write(m, [](BIO* way, const char* out, int size) {
        return lower(way).write({out, static_cast<std::size_t>(size)}) ? size : -1;
      });
      BIO_meth_set_ctrl(
          m, [](BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1L : 0L; });
      return m;
    }();
    return made;
  }

  link& lower_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace bench
