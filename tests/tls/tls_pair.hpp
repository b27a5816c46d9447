// SPDX-License-Identifier: BSL-1.0
// tls_pair.hpp: a session of ours and a server, joined by a pipe, for the tests of this room.
#pragma once

#include <mailmote/tls/wolfssl.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <support/memory_pipe.hpp>
#include <support/tls_server.hpp>

namespace support {

inline constexpr std::int64_t in_2025 = 1750000000;
inline constexpr std::int64_t in_2020 = 1590000000;
inline constexpr std::int64_t in_2070 = 3170000000;
inline constexpr std::int64_t in_2089 = 3770000000;
inline constexpr std::int64_t in_2019 = 1550000000;

// A WOLFSSL_CTX as a caller may bring one, to be borrowed: it would let anybody in.
struct callers_context {
  WOLFSSL_CTX* native;

  explicit callers_context(std::string_view anchors) {
    wolfSSL_Init();
    native = wolfSSL_CTX_new(wolfTLS_client_method());
    const std::string text = read_file(pki(anchors));
    wolfSSL_CTX_load_verify_buffer(native, octets(text), static_cast<long>(text.size()),
                                   WOLFSSL_FILETYPE_PEM);
    wolfSSL_CTX_set_verify(native, WOLFSSL_VERIFY_NONE, nullptr);
  }
  callers_context(const callers_context&) = delete;
  callers_context& operator=(const callers_context&) = delete;
  ~callers_context() {
    wolfSSL_CTX_free(native);
    wolfSSL_Cleanup();
  }
};

template <class Session>
struct basic_tls_pair {
  std::string anchors;
  memory_pipe pipe;
  tls_server<pipe_end> server;
  mailmote::wolfssl::scoped<mailmote::wolfssl::context> own_trust;
  mailmote::wolfssl::scoped<Session> tls;

  explicit basic_tls_pair(const tls_server_settings& with = {},
                          const std::string& anchors_file = "ca.pem",
                          mailmote::wolfssl::context_settings trusting = {},
                          mailmote::wolfssl::context* shared_trust = nullptr)
      : anchors{read_file(pki(anchors_file))},
        server{pipe.far, with},
        own_trust{settings(trusting)},
        tls{shared_trust != nullptr ? *shared_trust : own_trust} {
    tls.set_time(in_2025);
  }

  mailmote::errc bind(std::string_view host = "mail.example.test") {
    return tls.bind(pipe.near, host);
  }

  // Until it is done, or can go no further.
  mailmote::io_status handshake() {
    mailmote::io_status status = mailmote::io_status::failed;
    for (int turn = 0; turn < 20000; ++turn) {
      status = tls.handshake();
      const bool waits =
          status == mailmote::io_status::want_read || status == mailmote::io_status::want_write;
      if (!waits) break;
      (void)server.accept();
    }
    (void)server.accept();
    return status;
  }

  // The whole beginning; none, or what went wrong.
  mailmote::errc connect(std::string_view host = "mail.example.test") {
    const mailmote::errc bound = bind(host);
    if (bound != mailmote::errc::none) return bound;
    const bool done = handshake() == mailmote::io_status::ok;
    return done && tls.is_safe() ? mailmote::errc::none : tls.error();
  }

  std::string explained() {
    char room[200];
    return std::string{tls.explain(room)};
  }

  // What the server says until it has nothing more; `end` is the status behind it.
  std::string read_all(mailmote::io_status* end = nullptr) {
    std::string text;
    for (char piece[100];;) {
      const mailmote::io_result result = tls.read_some(piece);
      if (!result.ok()) {
        if (end != nullptr) *end = result.status();
        return text;
      }
      text.append(piece, result.count());
    }
  }

 private:
  mailmote::wolfssl::context_settings settings(mailmote::wolfssl::context_settings trusting) const {
    if (!anchors.empty()) trusting.anchors = anchors;
    return trusting;
  }
};

using tls_pair = basic_tls_pair<mailmote::wolfssl::session>;

}  // namespace support
