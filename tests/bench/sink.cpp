// SPDX-License-Identifier: BSL-1.0
// sink.cpp: the server that every peer of the benchmark sends to, on a free port of 127.0.0.1. Prints
// `port NUMBER`, serves CONNECTIONS clients one after the other, prints a line a mail, and ends:
// ROUND_TRIPS MILLISECONDS OCTETS.
//
//   sink CHAIN KEY starttls|implicit WAY CONNECTIONS
//
// WAY is how many milliseconds an octet takes to the other side; 0: no more than the machine needs.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

#include "link.hpp"
#include "server.hpp"
#include "server_tls.hpp"

namespace {

int listen_somewhere() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  const bool good = ::bind(socket, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                    ::listen(socket, 16) == 0 &&
                    ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) == 0;
  if (!good) return -1;
  std::printf("port %d\n", ntohs(at.sin_port));
  std::fflush(stdout);
  return socket;
}

int run(char** argv) {
  const bench::server_certificate certificate{argv[1], argv[2]};
  const bool implicit = std::string_view{argv[3]} == "implicit";
  const std::chrono::milliseconds way{std::atoi(argv[4])};
  const int listener = listen_somewhere();
  if (listener < 0) return EXIT_FAILURE;
  bench::clock::time_point began{};
  std::vector<bench::figures> mails;  // nobody reads what is printed before the end
  for (int left = std::atoi(argv[5]); left > 0; --left) {
    const int socket = ::accept(listener, nullptr, nullptr);
    if (socket < 0) return EXIT_FAILURE;
    if (began == bench::clock::time_point{}) began = bench::clock::now();
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      std::unique_ptr<bench::link> way_there;
      if (way.count() > 0) {
        way_there = std::make_unique<bench::delayed_link>(socket, way);
      } else {
        way_there = std::make_unique<bench::direct_link>(socket);
      }
      bench::server{*way_there, began, mails}.serve(certificate, implicit);
    }
    ::close(socket);
  }
  for (const bench::figures& mail : mails) {
    std::printf("%d %.3f %llu\n", mail.round_trips, mail.milliseconds,
                static_cast<unsigned long long>(mail.octets));
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 64;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "sink: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
