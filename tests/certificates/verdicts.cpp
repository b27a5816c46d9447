// SPDX-License-Identifier: BSL-1.0
// verdicts.cpp: certificate_verdicts DIR TABLE: meets a server for each line of the table, with the
// certificates that make.sh has put into DIR, and prints what becomes of it: over an in-memory pipe
// with TLS 1.2, the same with TLS 1.3, and over a loopback connection.
//
// Besides this file it needs openssl_server.cpp (-lssl -lcrypto), and some build of wolfSSL.
#include <mailmote/tls/wolfssl.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <mailmote/port/posix.hpp>

#include "../support/memory_pipe.hpp"
#include "../support/tls_server.hpp"
#include "openssl_server.hpp"

using mailmote::errc;
using mailmote::io_status;
using support::tls_limit;

namespace {

struct meeting {
  std::string shown;
  std::string host;
  std::string anchor;
  std::int64_t year = 0;
};

constexpr struct {
  errc error;
  const char* name;
} names[] = {
    {errc::none, "trusted"},
    {errc::bad_host, "bad_host"},
    {errc::tls_no_anchors, "tls_no_anchors"},
    {errc::tls_bad_anchors, "tls_bad_anchors"},
    {errc::tls_bad_certificate, "tls_bad_certificate"},
    {errc::tls_unknown_ca, "tls_unknown_ca"},
    {errc::tls_self_signed, "tls_self_signed"},
    {errc::tls_bad_signature, "tls_bad_signature"},
    {errc::tls_weak_key, "tls_weak_key"},
    {errc::tls_expired, "tls_expired"},
    {errc::tls_not_yet_valid, "tls_not_yet_valid"},
    {errc::tls_name_mismatch, "tls_name_mismatch"},
    {errc::tls_ip_mismatch, "tls_ip_mismatch"},
    {errc::tls_no_common_cipher, "tls_no_common_cipher"},
    {errc::tls_alert, "tls_alert"},
    {errc::tls_failed, "tls_failed"},
};

template <class Session>
std::string verdict(const Session& tls, errc error) {
  for (const auto& known : names) {
    if (known.error == error) return known.name;
  }
  return "errc_" + std::to_string(static_cast<int>(error)) + "(" +
         std::to_string(tls.native_error()) + ")";
}

// Whom we trust, and one connection.
struct client {
  std::string anchor;
  mailmote::wolfssl::scoped<mailmote::wolfssl::context> trust;
  mailmote::wolfssl::scoped<mailmote::wolfssl::session> tls{trust};

  client(const meeting& m, const std::string& folder)
      : anchor{support::read_file(folder + "/" + m.anchor + ".pem")}, trust{{.anchors = anchor}} {
    tls.set_time((m.year - 1970) * 31'556'952 + 15'000'000);  // about midsummer
  }

  // `meanwhile` is what the server's side needs between two attempts.
  template <class Stream, class Meanwhile>
  std::string meet(Stream& stream, const std::string& host, Meanwhile meanwhile) {
    const errc bound = tls.bind(stream, host);
    if (bound != errc::none) return verdict(tls, bound);
    for (int turn = 0; turn < 1'000'000; ++turn) {
      const io_status status = tls.handshake();
      if (status == io_status::ok && tls.is_safe()) return verdict(tls, errc::none);
      if (status != io_status::want_read && status != io_status::want_write) break;
      meanwhile(status);
    }
    return tls.error() == errc::none ? "endless" : verdict(tls, tls.error());
  }
};

std::string over_pipe(const meeting& m, const std::string& folder, tls_limit limit) {
  support::openssl_server server{folder + "/" + m.shown, limit};
  if (!server.is_ready()) return "no_server";
  support::memory_pipe pipe;
  client us{m, folder};
  return us.meet(pipe.near, m.host, [&](io_status) {
    const std::string heard = std::exchange(pipe.to_far.octets, {});
    pipe.to_near.octets += server.answer(heard);
  });
}

// A server for one connection, in a thread of its own.
class loopback_server {
 public:
  explicit loopback_server(const std::string& name) : server_{name, tls_limit::none} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) == 0 && ::listen(listener_, 1) == 0 &&
        ::getsockname(listener_, generic, &size) == 0) {
      port_ = ntohs(address.sin_port);
      thread_ = std::thread{[this] { serve(); }};
    }
  }
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;
  ~loopback_server() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }

  bool is_ready() const { return server_.is_ready() && port_ != 0; }
  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    const int client = ::accept(listener_, nullptr, nullptr);
    char piece[4096];
    for (ssize_t n = 0; client >= 0 && (n = ::recv(client, piece, sizeof piece, 0)) > 0;) {
      const std::string out = server_.answer({piece, static_cast<std::size_t>(n)});
      for (std::size_t sent = 0; sent < out.size();) {
        n = ::send(client, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<std::size_t>(n);
      }
    }
    if (client >= 0) ::close(client);
  }

  support::openssl_server server_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_{};
};

std::string over_loopback(const meeting& m, const std::string& folder) {
  loopback_server server{folder + "/" + m.shown};
  if (!server.is_ready()) return "no_server";
  mailmote::posix::tcp_stream stream;
  if (stream.connect("127.0.0.1", server.port()) != errc::none) return "no_connection";
  client us{m, folder};
  std::string said = us.meet(stream, m.host, [&](io_status blocked) {
    stream.wait(
        {.read = blocked == io_status::want_read, .write = blocked == io_status::want_write},
        5'000);
  });
  us.tls.close();
  stream.close();
  return said;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const std::string folder = argv[1];
  std::ifstream table{argv[2]};
  for (std::string line; std::getline(table, line);) {
    std::istringstream words{line};
    meeting m;
    if (line.starts_with('#') || !(words >> m.shown >> m.host >> m.anchor >> m.year)) continue;
    std::printf("%s %s %s\n", over_pipe(m, folder, tls_limit::only_1_2).c_str(),
                over_pipe(m, folder, tls_limit::only_1_3).c_str(),
                over_loopback(m, folder).c_str());
  }
  return 0;
}
