// SPDX-License-Identifier: BSL-1.0
// wolfssl_peer.cpp: the ceiling of what mailmote can do over TLS: the same suites, a socket, and
// wolfSSL_write of a file in whole records, with nothing looked at. Speaks just enough SMTP.
#include <mailmote/tls/wolfssl.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <vector>

#include "job.hpp"

namespace {

bool write_all(WOLFSSL* tls, std::string_view text) {
  while (!text.empty()) {
    const int n = wolfSSL_write(tls, text.data(), static_cast<int>(text.size()));
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool ask(WOLFSSL* tls, std::string_view command) {
  char reply[512];
  return write_all(tls, command) && wolfSSL_read(tls, reply, sizeof reply) > 0 && reply[0] < '4';
}

bool send_file(WOLFSSL* tls, const char* path) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  std::vector<char> room(16'384);  // a record
  for (;;) {
    const ssize_t n = ::read(file, room.data(), room.size());
    if (n <= 0) break;
    if (!write_all(tls, {room.data(), static_cast<std::size_t>(n)})) return false;
  }
  ::close(file);
  return ask(tls, ".\r\n");
}

}  // namespace

int main(int argc, char** argv) {
  const bench::job work{argc, argv};
  if (work.tls != "implicit" || work.logs_in || !work.options.empty() || work.to.size() > 1) {
    return bench::has_no_such_thing;
  }
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(work.port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) return 1;

  wolfSSL_Init();
  WOLFSSL_CTX* const trust = wolfSSL_CTX_new(wolfTLS_client_method());
  wolfSSL_CTX_load_verify_locations(trust, work.ca, nullptr);
  wolfSSL_CTX_set_cipher_list(trust, mailmote::wolfssl::detail::suites);
  WOLFSSL* const tls = wolfSSL_new(trust);
  wolfSSL_set_fd(tls, socket);
  char greeting[512];
  bool good = wolfSSL_connect(tls) == WOLFSSL_SUCCESS &&
              wolfSSL_read(tls, greeting, sizeof greeting) > 0 && ask(tls, "EHLO mote\r\n");
  for (int left = work.count; left > 0 && good; --left) {
    good = ask(tls, "MAIL FROM:<mote17@example.org>\r\n") &&
           ask(tls, "RCPT TO:<ops1@example.org>\r\n") && ask(tls, "DATA\r\n") &&
           send_file(tls, work.mail);
  }
  good = good && ask(tls, "QUIT\r\n");
  if (!good) std::fprintf(stderr, "wolfSSL: failed\n");
  wolfSSL_free(tls);
  wolfSSL_CTX_free(trust);
  wolfSSL_Cleanup();
  return good ? 0 : 1;
}
