// SPDX-License-Identifier: BSL-1.0
// demo_server.cpp: a small submission server on 127.0.0.1, for the demo and for tests that need
// one to misbehave. It serves one client after the other until it is ended by a signal.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "demo_connection.hpp"
#include "demo_dialogue.hpp"

namespace {

constexpr std::string_view usage =
    "usage: demo_server --port-file FILE --cert FILE --key FILE [OPTION ...]\n"
    "  --port-file FILE       where the port's number is written once it listens\n"
    "  --cert FILE            the certificate chain (PEM)\n"
    "  --key FILE             its private key (PEM)\n"
    "  --mail FOLDER          mail N becomes FOLDER/N.eml\n"
    "  --log FILE             what clients said, in clear or decrypted\n"
    "  --wire-log FILE        what clients sent, as it came from the network\n"
    "  --user NAME, --pass PASSWORD   the only login (mote17, correct-horse)\n"
    "  --mechanisms WORDS     what AUTH offers (PLAIN LOGIN); empty: no AUTH\n"
    "  --size OCTETS          the SIZE that is announced\n"
    "  --implicit             TLS from the first byte\n"
    "  --no-starttls          STARTTLS is not offered; AUTH is, in clear\n"
    "  --no-pipelining        PIPELINING is not offered\n"
    "  --no-eight-bit         8BITMIME is not offered\n"
    "  --mute                 never greets\n"
    "  --inject TEXT          follows the 220 to STARTTLS in the same packet, before TLS\n"
    "  --reject ADDRESS       gets a 550\n"
    "  --answer STEP=REPLY    says REPLY at a step: GREETING EHLO STARTTLS AUTH MAIL RCPT DATA "
    "DOT\n"
    "                         (after the message) RSET QUIT; after a 421 it hangs up\n"
    "  --answer-once STEP=REPLY   says REPLY the first time, before any other answer\n"
    "  --hang-up STEP         ends the connection there instead of replying\n";

struct arguments {
  std::string port_file{};
  std::string certificate{};
  std::string key{};
  demo::behaviour how{};
  demo::logs logs{};
};

// "\r\n" on the command line means those two characters.
std::string unescaped(std::string text) {
  for (std::size_t at = 0; (at = text.find("\\r\\n", at)) != std::string::npos; at += 2) {
    text.replace(at, 4, "\r\n");
  }
  return text;
}

// STEP=REPLY.
void add_answer(std::map<std::string, std::string>& answers, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) throw std::runtime_error{text + " is no STEP=REPLY"};
  answers[text.substr(0, equals)] = unescaped(text.substr(equals + 1));
}

void read_arguments(int argc, char** argv, arguments& a) {
  demo::behaviour& how = a.how;
  const std::map<std::string_view, std::string*> texts{
      {"--port-file", &a.port_file},    {"--cert", &a.certificate}, {"--key", &a.key},
      {"--mail", &how.mail_folder},     {"--user", &how.user},      {"--pass", &how.password},
      {"--mechanisms", &how.mechanisms}};
  const std::map<std::string_view, std::pair<bool*, bool>> switches{
      {"--implicit", {&how.implicit_tls, true}},
      {"--no-starttls", {&how.offers_starttls, false}},
      {"--no-pipelining", {&how.offers_pipelining, false}},
      {"--no-eight-bit", {&how.offers_eight_bit, false}},
      {"--mute", {&how.is_mute, true}}};

  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (const auto found = switches.find(name); found != switches.end()) {
      *found->second.first = found->second.second;
      continue;
    }
    if (++i == argc) throw std::runtime_error{std::string{name} + " is unknown or needs a value"};
    const std::string value = argv[i];
    if (const auto found = texts.find(name); found != texts.end()) {
      *found->second = value;
    } else if (name == "--log") {
      a.logs.smtp.open(value, std::ios::binary);
    } else if (name == "--wire-log") {
      a.logs.wire.open(value, std::ios::binary);
    } else if (name == "--size") {
      how.largest_message = std::stoul(value);
    } else if (name == "--inject") {
      how.after_starttls = unescaped(value);
    } else if (name == "--reject") {
      how.rejected.insert(value);
    } else if (name == "--answer") {
      add_answer(how.answers, value);
    } else if (name == "--answer-once") {
      add_answer(how.first_answers, value);
    } else if (name == "--hang-up") {
      how.hang_ups.insert(value);
    } else {
      throw std::runtime_error{std::string{name} + " is unknown"};
    }
  }
  if (a.port_file.empty()) throw std::runtime_error{"--port-file is missing"};
}

WOLFSSL_CTX* tls_context(const arguments& a) {
  wolfSSL_Init();
  WOLFSSL_CTX* const context = wolfSSL_CTX_new(wolfSSLv23_server_method());
  const char* const certificate = a.certificate.c_str();
  const char* const key = a.key.c_str();
  if (context == nullptr ||
      wolfSSL_CTX_use_certificate_chain_file(context, certificate) != WOLFSSL_SUCCESS ||
      wolfSSL_CTX_use_PrivateKey_file(context, key, WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS) {
    throw std::runtime_error{"cannot use " + a.certificate + " and " + a.key};
  }
  return context;
}

// Listens on a free port of 127.0.0.1, and says which.
int listen_on_loopback(const std::string& port_file) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  auto* const address = reinterpret_cast<sockaddr*>(&here);
  if (::bind(listener, address, size) != 0 || ::listen(listener, 16) != 0 ||
      ::getsockname(listener, address, &size) != 0) {
    throw std::runtime_error{"cannot listen on 127.0.0.1"};
  }
  const std::string unfinished = port_file + ".new";
  if (!(std::ofstream{unfinished} << ntohs(here.sin_port) << '\n'
                                  << std::flush) ||
      std::rename(unfinished.c_str(), port_file.c_str()) != 0) {
    throw std::runtime_error{"cannot write " + port_file};
  }
  return listener;
}

[[noreturn]] void serve(arguments& a) {
  WOLFSSL_CTX* const context = tls_context(a);
  const int listener = listen_on_loopback(a.port_file);
  unsigned mails = 0;
  for (;;) {
    const int socket = ::accept(listener, nullptr, nullptr);
    if (socket < 0) continue;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    demo::connection peer{socket, a.logs};
    try {
      demo::dialogue{peer, a.how, context, mails}.run();
    } catch (const demo::gone&) {
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    arguments a;
    read_arguments(argc, argv, a);
    serve(a);
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "demo_server: %s\n%s", wrong.what(), usage.data());
    return EXIT_FAILURE;
  }
}
