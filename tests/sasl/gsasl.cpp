// SPDX-License-Identifier: BSL-1.0
// gsasl.cpp: our logins, judged by GNU SASL's server side, behind OpenSSL and in the same process.
//
// gsasl PKI: ends with `N passed, N failed`. What is compared is who lets whom in, over a whole
// submission: the channel binding is wolfSSL's at one end, and OpenSSL's at the other.
// gsasl PKI 1.2|1.3 OFFER: takes one client over that TLS on a port of loopback, which it prints, and
// then who was let in by what.
#include <arpa/inet.h>
#include <gsasl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mailmote/mailmote.hpp>
#include <mailmote/sasl/cram_md5.hpp>
#include <mailmote/sasl/external.hpp>
#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/sasl/scram.hpp>
#include <mailmote/sasl/strongest.hpp>
#include <mailmote/tls/wolfssl_binding.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>
#include <mailmote/tls/wolfssl_random.hpp>

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "certificates/openssl_server.hpp"
#include "support/memory_pipe.hpp"

using namespace mailmote;
using support::tls_limit;

namespace {

constexpr const char* user = "mote17@example.test";
constexpr const char* password = "correct horse battery staple";
constexpr std::int64_t in_2025 = 1750000000;

std::string folder;  // of the certificates

std::string read_file(const std::string& name) {
  std::string text;
  if (std::FILE* file = std::fopen((folder + "/" + name).c_str(), "rb")) {
    char piece[4096];
    while (const std::size_t n = std::fread(piece, 1, sizeof piece, file)) text.append(piece, n);
    std::fclose(file);
  }
  return text;
}

std::string base64(const std::string& octets) {
  char* text = nullptr;
  std::size_t size = 0;
  if (gsasl_base64_to(octets.data(), octets.size(), &text, &size) != GSASL_OK) return {};
  std::string out{text, size};
  gsasl_free(text);
  return out;
}

// A submission server whose AUTH is GNU SASL's.
class server {
 public:
  server(const char* offer, tls_limit limit) : tls{folder + "/good", limit}, offer_{offer} {
    gsasl_init(&sasl_);
    gsasl_callback_set(sasl_, callback);
    gsasl_callback_hook_set(sasl_, this);
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server() {
    if (login_ != nullptr) gsasl_finish(login_);
    gsasl_done(sasl_);
  }

  support::openssl_server tls;
  bool forgets_binding =
      false;                 // as one on the way would, who has another connection to the server
  std::string mechanism{};   // of the last login
  std::string authorized{};  // who was let in
  int verdict = -1;          // of GNU SASL's

  // Until nothing moves.
  void turn(support::memory_pipe& pipe) {
    std::string octets;
    octets.swap(pipe.to_far.octets);
    pipe.to_near.octets += tls.answer(octets);
    heard_ += tls.heard();
    if (!greeted_ && !pipe.to_near.octets.empty()) {
      greeted_ = true;
      tls.say("220 gsasl.test ESMTP\r\n");
    }
    for (std::size_t end = 0; (end = heard_.find("\r\n")) != std::string::npos;) {
      const std::string line = heard_.substr(0, end);
      heard_.erase(0, end + 2);
      tls.say(reply(line));
    }
    pipe.to_near.octets += tls.answer({});
  }

 private:
  std::string reply(const std::string& line) {
    if (in_login_) return step(line);
    if (in_mail_) {
      in_mail_ = line != ".";
      return in_mail_ ? "" : "250 taken\r\n";
    }
    if (line.starts_with("EHLO ")) {
      return std::string{"250-gsasl.test\r\n250 AUTH "} + offer_ + "\r\n";
    }
    if (line.starts_with("AUTH ")) return begin(line.substr(5));
    if (line == "DATA") {
      in_mail_ = true;
      return "354 go\r\n";
    }
    if (line == "QUIT") return "221 bye\r\n";
    return authorized.empty() ? "530 log in first\r\n" : "250 ok\r\n";
  }

  std::string begin(const std::string& words) {
    const std::size_t space = words.find(' ');
    mechanism = words.substr(0, space);
    if (gsasl_server_start(sasl_, mechanism.c_str(), &login_) != GSASL_OK) return "504 what?\r\n";
    in_login_ = true;
    const std::string initial = space == std::string::npos ? "" : words.substr(space + 1);
    return step(initial == "=" ? "" : initial);
  }

  std::string step(const std::string& response) {
    if (response == "*") return end(GSASL_AUTHENTICATION_ERROR);
    if (verdict == GSASL_OK) return end(verdict);  // its last word was answered
    char* challenge = nullptr;
    verdict = gsasl_step64(login_, response.c_str(), &challenge);
    const std::string text = challenge != nullptr ? challenge : "";
    gsasl_free(challenge);
    if (verdict == GSASL_NEEDS_MORE || (verdict == GSASL_OK && !text.empty())) {
      return "334 " + text + "\r\n";
    }
    return end(verdict);
  }

  std::string end(int how) {
    verdict = how;
    in_login_ = false;
    if (how == GSASL_OK) {
      const char* who = gsasl_property_fast(login_, GSASL_AUTHID);
      authorized = who != nullptr ? who : tls.client_name();
    }
    gsasl_finish(login_);
    login_ = nullptr;
    return how == GSASL_OK ? "235 welcome\r\n" : "535 no\r\n";
  }

  static int callback(Gsasl* sasl, Gsasl_session* login, Gsasl_property what) {
    return static_cast<server*>(gsasl_callback_hook_get(sasl))->answer(login, what);
  }

  int answer(Gsasl_session* login, Gsasl_property what) {
    const auto is = [login](Gsasl_property which, const char* text) {
      const char* given = gsasl_property_fast(login, which);
      return given != nullptr && std::strcmp(given, text) == 0;
    };
    switch (what) {
      case GSASL_PASSWORD:
        if (!is(GSASL_AUTHID, user)) return GSASL_NO_PASSWORD;
        return gsasl_property_set(login, what, password);
      case GSASL_VALIDATE_SIMPLE:
        return is(GSASL_AUTHID, user) && is(GSASL_PASSWORD, password) ? GSASL_OK
                                                                      : GSASL_AUTHENTICATION_ERROR;
      case GSASL_VALIDATE_EXTERNAL:
        return tls.client_name().empty() ? GSASL_AUTHENTICATION_ERROR : GSASL_OK;
      case GSASL_SCRAM_ITER: return gsasl_property_set(login, what, "4096");
      case GSASL_CB_TLS_EXPORTER: {
        const std::string ours = forgets_binding ? std::string(32, 'x') : tls.exported();
        return gsasl_property_set(login, what, base64(ours).c_str());
      }
      default: return GSASL_NO_CALLBACK;
    }
  }

  Gsasl* sasl_ = nullptr;
  Gsasl_session* login_ = nullptr;
  const char* offer_;
  std::string heard_{};
  bool greeted_ = false;
  bool in_login_ = false;
  bool in_mail_ = false;
};

// What mailmote makes of the server, in one word.
struct submission {
  support::memory_pipe pipe;
  std::string anchors = read_file("ca.pem");
  std::string certificate, key;
  wolfssl::scoped<wolfssl::context> trust;
  wolfssl::scoped<wolfssl::bindable_session> tls{trust};
  wolfssl::channel_binding binding{tls};
  wolfssl::scoped<wolfssl::random> random{};
  text_source body{"Subject: hot\r\n\r\n84 C\r\n"};

  explicit submission(const std::string& own = {})
      : certificate{own.empty() ? "" : read_file(own + ".pem")},
        key{own.empty() ? "" : read_file(own + ".key")},
        trust{
            wolfssl::context_settings{.anchors = anchors, .certificate = certificate, .key = key}} {
    tls.set_time(in_2025);
  }

  outcome run(server& peer, sasl::mechanism& login) {
    client smtp{pipe.near, tls,
                settings{.host = "mail.example.test",
                         .helo = "mote",
                         .auth = &login,
                         .security = security::implicit_tls}};
    const envelope mail{.from = "a@example.test", .to = "b@example.test"};
    if (const errc refused = smtp.send(mail, body); refused != errc::none) {
      return {.error = refused};
    }
    status state = status::working;
    for (int i = 0; i < 20000 && state == status::working; ++i) {
      state = smtp.poll(0);
      peer.turn(pipe);
    }
    outcome result = smtp.result();
    result.server_text = {};
    return result;
  }
};

int passed = 0;
int failed = 0;

void judge(bool good, const std::string& sentence, const server& peer, const outcome& result) {
  ++(good ? passed : failed);
  std::printf("%s: %s\n", good ? "ok" : "NOT ok", sentence.c_str());
  if (good) return;
  std::printf("  %s, GNU SASL: %s, let in: \"%s\", fate %d, error %d, reply %d\n",
              peer.mechanism.c_str(), gsasl_strerror(peer.verdict), peer.authorized.c_str(),
              static_cast<int>(result.fate), static_cast<int>(result.error), result.code);
}

void lets_in(const char* name, submission& mote, server& peer, sasl::mechanism& login,
             const char* when = "", const std::string& who = user) {
  const outcome result = mote.run(peer, login);
  judge(result.fate == fate::delivered && peer.verdict == GSASL_OK && peer.authorized == who &&
            peer.mechanism == name && result.mechanism == name,
        std::string{name} + " is let in" + when, peer, result);
}

void refuses(const char* name, const char* whom, submission& mote, server& peer,
             sasl::mechanism& login) {
  const outcome result = mote.run(peer, login);
  judge(result.fate == fate::not_delivered && result.error == errc::auth_refused &&
            result.code == 535 && peer.authorized.empty() && peer.mechanism == name,
        std::string{name} + " is refused with " + whom, peer, result);
}

// With the right password and a wrong one.
template <class Make>
void try_passwords(const char* name, Make make) {
  {
    submission mote;
    server peer{name, tls_limit::only_1_3};
    auto login = make(mote, password);
    lets_in(name, mote, peer, login);
  }
  {
    submission mote;
    server peer{name, tls_limit::only_1_3};
    auto login = make(mote, "wrong horse battery staple");
    refuses(name, "a wrong password", mote, peer, login);
  }
}

template <class Hash>
void try_scram(const char* name, const char* plus) {
  const auto bound = [](submission& mote, const char* secret) {
    return sasl::scram<Hash>{user, secret, mote.random, {.binding = &mote.binding}};
  };
  try_passwords(name, [](submission& mote, const char* secret) {
    return sasl::scram<Hash>{user, secret, mote.random};
  });
  try_passwords(plus, bound);
  {
    submission mote;
    server peer{plus, tls_limit::only_1_3};
    peer.forgets_binding = true;
    auto login = bound(mote, password);
    refuses(plus, "another connection's binding", mote, peer, login);
  }
  {
    submission mote;
    const std::string both = std::string{name} + " " + plus;
    server peer{both.c_str(), tls_limit::only_1_3};
    auto login = bound(mote, password);
    lets_in(plus, mote, peer, login, ", and not the one without a binding");
  }
  {
    submission mote;
    const std::string both = std::string{name} + " " + plus;
    server peer{both.c_str(), tls_limit::only_1_2};
    auto login = bound(mote, password);
    lets_in(name, mote, peer, login, ", as TLS 1.2 has no binding");
  }
  {
    submission mote;
    server peer{name, tls_limit::only_1_3};
    auto login = bound(mote, password);
    refuses(name, "a -PLUS that was taken off the offer on the way", mote, peer, login);
  }
  {
    submission mote;
    sasl::scram_keys<Hash> kept{};
    server peer{name, tls_limit::none};
    sasl::scram<Hash> login{user, password, mote.random, {.remember = &kept}};
    lets_in(name, mote, peer, login, ", and the keys are kept");
    submission again;
    server same{name, tls_limit::none};
    // Another salt than the one of the keys: GNU SASL draws one for each login.
    const outcome result = again.run(same, login);
    judge(result.fate == fate::delivered, std::string{name} + " with kept keys and a new salt",
          same, result);
  }
}

void try_external() {
  {
    submission mote{"client_only"};
    server peer{"EXTERNAL", tls_limit::only_1_3};
    (void)peer.tls.demand_certificate(folder + "/ca.pem");
    sasl::external login;
    lets_in("EXTERNAL", mote, peer, login, " by a certificate, TLS 1.3", "throwaway client_only");
  }
  {
    submission mote{"client_only"};
    server peer{"EXTERNAL", tls_limit::only_1_2};
    (void)peer.tls.demand_certificate(folder + "/ca.pem");
    sasl::external login{user};
    lets_in("EXTERNAL", mote, peer, login, " by a certificate, TLS 1.2", "throwaway client_only");
  }
  {
    submission mote;
    server peer{"EXTERNAL", tls_limit::only_1_3};
    sasl::external login;
    refuses("EXTERNAL", "no certificate", mote, peer, login);
  }
  for (const tls_limit limit : {tls_limit::only_1_2, tls_limit::only_1_3}) {
    for (const char* own : {"", "unknown"}) {
      submission mote{own};
      server peer{"EXTERNAL", limit};
      (void)peer.tls.demand_certificate(folder + "/ca.pem");
      sasl::external login;
      const outcome result = mote.run(peer, login);
      judge(result.error == errc::tls_alert && peer.mechanism.empty(),
            std::string{"a server that demands a certificate sends an alert to "} +
                (*own != '\0' ? "a stranger" : "nobody") +
                (limit == tls_limit::only_1_2 ? ", TLS 1.2" : ", TLS 1.3"),
            peer, result);
    }
  }
}

void try_bindings() {
  for (const tls_limit limit : {tls_limit::only_1_2, tls_limit::only_1_3}) {
    submission mote;
    server peer{"PLAIN", limit};
    char room[max_channel_binding];
    wolfssl::server_end_point by_certificate{mote.tls};
    (void)mote.tls.bind(mote.pipe.near, "mail.example.test");
    for (int i = 0; i < 100 && mote.tls.handshake() != io_status::ok; ++i) peer.turn(mote.pipe);
    peer.turn(mote.pipe);
    const std::string exported{room, mote.binding.read(room)};
    const std::string end_point{room, by_certificate.read(room)};
    const bool is_1_3 = limit == tls_limit::only_1_3;
    judge(is_1_3 ? exported.size() == 32 && exported == peer.tls.exported() : exported.empty(),
          is_1_3 ? "wolfSSL and OpenSSL export the same over TLS 1.3"
                 : "nothing is exported over TLS 1.2",
          peer, {});
    judge(end_point.size() == 32 && end_point == peer.tls.end_point(),
          std::string{"wolfSSL and OpenSSL name the server alike over TLS "} +
              (is_1_3 ? "1.3" : "1.2"),
          peer, {});
  }
}

// Until the client hangs up.
int serve(server& peer) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  auto* const address = reinterpret_cast<sockaddr*>(&here);
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::bind(listener, address, size) != 0 || ::listen(listener, 1) != 0 ||
      ::getsockname(listener, address, &size) != 0) {
    return 1;
  }
  std::printf("%d\n", ntohs(here.sin_port));
  std::fflush(stdout);
  const int stream = ::accept(listener, nullptr, nullptr);
  support::memory_pipe pipe;
  char piece[4096];
  for (ssize_t n = 0; (n = ::read(stream, piece, sizeof piece)) > 0;) {
    pipe.to_far.octets.append(piece, static_cast<std::size_t>(n));
    peer.turn(pipe);
    std::string& out = pipe.to_near.octets;
    const ssize_t said = ::send(stream, out.data(), out.size(), MSG_NOSIGNAL);
    if (said != static_cast<ssize_t>(out.size())) break;  // loopback has room for a reply
    out.clear();
  }
  std::printf("%s let in \"%s\"\n", peer.mechanism.c_str(), peer.authorized.c_str());
  ::close(stream);
  ::close(listener);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) return 64;
  folder = argv[1];
  if (argc == 4) {
    const bool is_1_2 = std::string_view{argv[2]} == "1.2";
    server peer{argv[3], is_1_2 ? tls_limit::only_1_2 : tls_limit::only_1_3};
    return serve(peer);
  }
  try_bindings();
  try_passwords("PLAIN", [](submission&, const char* secret) { return sasl::plain{user, secret}; });
  try_passwords("LOGIN", [](submission&, const char* secret) { return sasl::login{user, secret}; });
  try_passwords("CRAM-MD5", [](submission&, const char* secret) {
    return sasl::cram_md5<wolfssl::md5>{user, secret};
  });
  try_scram<wolfssl::sha_1>("SCRAM-SHA-1", "SCRAM-SHA-1-PLUS");
  try_scram<wolfssl::sha_256>("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS");
  try_external();
  {
    submission mote;
    server peer{
        "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS",
        tls_limit::none};
    sasl::plain plain{user, password};
    sasl::cram_md5<wolfssl::md5> cram{user, password};
    sasl::scram<wolfssl::sha_1> sha_1{user, password, mote.random, {.binding = &mote.binding}};
    sasl::scram<wolfssl::sha_256> sha_256{user, password, mote.random, {.binding = &mote.binding}};
    sasl::strongest login{plain, cram, sha_1, sha_256};
    lets_in("SCRAM-SHA-256-PLUS", mote, peer, login, ", as the strongest of all");
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed >= 30 ? 0 : 1;
}
