// SPDX-License-Identifier: BSL-1.0
// How many round trips a mail takes, under the real TLS library.
//
// The link has turns: the client runs until it does nothing but wait, and then the server answers all
// that it has heard. Each change of turn is a round trip; the TCP handshake is one more.
#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mailmote/mailmote.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/tls/wolfssl.hpp>

#include <support/live_server.hpp>
#include <support/memory_pipe.hpp>
#include <support/pki.hpp>
#include <support/tls_server.hpp>

using namespace mailmote;
using mailmote::test::live_server;

namespace {

constexpr std::int64_t in_2025 = 1750000000;

constexpr std::string_view three[] = {"a@example.org", "b@example.org", "c@example.org"};

enum class tls_version { tls_1_2, tls_1_3 };

// The server's end: what it does in its turn.
class server_end {
 public:
  server_end(support::pipe_end& far, live_server& server, const support::tls_server_settings& with)
      : far_{far}, server_{server}, with_{with} {}

  void begin_tls() { tls_.emplace(far_, with_); }

  void turn() {
    if (!greeted_ && !tls_) greet();
    for (;;) {
      if (tls_ && !secured_) {
        if (!tls_->accept()) return;
        secured_ = true;
        server_.secured();
        if (!greeted_) greet();
      }
      const std::string heard = read();
      server_.hear(heard);
      say(server_.said());
      if (server_.wants_tls() && !tls_) {
        begin_tls();
      } else if (heard.empty()) {
        break;
      }
    }
    if (server_.is_closed()) far_.close();
  }

 private:
  void greet() {
    greeted_ = true;
    server_.greet();
    say(server_.said());
  }

  std::string read() {
    if (tls_) return tls_->read();
    std::string text(4096, ' ');
    const io_result result = far_.read_some(text);
    text.resize(result.ok() ? result.count() : 0);
    return text;
  }

  void say(std::string_view text) {
    if (text.empty()) return;
    if (tls_) {
      REQUIRE(tls_->write(text));
    } else {
      REQUIRE(far_.write_some({text.data(), text.size()}).count() == text.size());
    }
  }

  support::pipe_end& far_;
  live_server& server_;
  support::tls_server_settings with_;
  std::optional<support::tls_server<support::pipe_end>> tls_{};
  bool greeted_ = false;
  bool secured_ = false;
};

struct counts {
  int first;  // to the final 250 of the first mail of a connection
  int next;   // of another one on it
};

void check(const counts& got, const counts& wanted) {
  CHECK(got.first == wanted.first);
  CHECK(got.next == wanted.next);
}

counts round_trips(security how, tls_version version, bool pipelining, settings with) {
  std::string offers = "250-mx\r\n";
  if (pipelining) offers += "250-PIPELINING\r\n";
  offers += "250-STARTTLS\r\n250-CHUNKING\r\n250 AUTH PLAIN";
  live_server server{offers};
  support::memory_pipe pipe;
  server_end far{pipe.far,
                 server,
                 {.tls_1_2_only = version == tls_version::tls_1_2,
                  .tls_1_3_only = version == tls_version::tls_1_3}};
  if (how == security::implicit_tls) far.begin_tls();

  const std::string anchors = support::read_file(support::pki("ca.pem"));
  wolfssl::scoped<wolfssl::context> trust{wolfssl::context_settings{.anchors = anchors}};
  wolfssl::scoped<wolfssl::session> tls{trust};
  tls.set_time(in_2025);
  sasl::plain login{"mote", "secret"};
  with.host = "mail.example.test";
  with.helo = "mote.example.test";
  with.auth = &login;
  with.security = how;
  with.cleartext_auth = cleartext_auth::any;
  client smtp{pipe.near, static_cast<wolfssl::session&>(tls), with};

  const std::string line(76, 'x');
  std::string text = "Subject: hot\r\n\r\n";
  while (text.size() < 10'000) text += line + "\r\n";
  text_source body{text};

  const auto trips = [&](after then) {
    REQUIRE(smtp.send({.from = "mote@example.org", .to = three, .then = then}, body) == errc::none);
    int turns = 0;
    while (turns < 100) {
      status s = status::working;
      do {
        s = smtp.poll(0);
      } while (s == status::working && smtp.next_timeout(0) == 0);
      if (s == status::finished) break;
      // What the server has taken by now is the client's to know with the next turn.
      far.turn();
      ++turns;
    }
    CHECK(smtp.result().fate == fate::delivered);
    CHECK(smtp.result().error == errc::none);
    return turns;
  };
  const int first = 1 + trips(after::stay);
  // Goodbye shares the last flight, or would be one more.
  const int next = trips(pipelining ? after::quit : after::stay);
  if (!pipelining) CHECK(smtp.is_open());
  REQUIRE(server.mails().size() == 2);
  CHECK(server.mails()[0].text == text);
  CHECK(server.mails()[1].text == text);
  CHECK(server.mails()[1].to.size() == 3);
  CHECK((server.commands().back() == "QUIT") == pipelining);
  return {first, next};
}

struct row {
  security how;
  tls_version version;
  counts data, chunking, pipeline_auth;
};

}  // namespace

// TLS 1.2 costs one more where the client speaks first inside it: STARTTLS. With implicit TLS the
// greeting comes with the server's Finished.
TEST_CASE("a mail takes as few round trips as the RFCs allow") {
  using enum security;
  using enum tls_version;
  for (const row& r : {row{cleartext, tls_1_3, {6, 2}, {5, 1}, {4, 1}},
                       row{starttls, tls_1_3, {9, 2}, {8, 1}, {7, 1}},
                       row{implicit_tls, tls_1_3, {7, 2}, {6, 1}, {5, 1}},
                       row{starttls, tls_1_2, {10, 2}, {9, 1}, {8, 1}},
                       row{implicit_tls, tls_1_2, {7, 2}, {6, 1}, {5, 1}}}) {
    CAPTURE(static_cast<int>(r.how));
    CAPTURE(static_cast<int>(r.version));
    check(round_trips(r.how, r.version, true, {}), r.data);
    check(round_trips(r.how, r.version, true, {.chunking = true}), r.chunking);
    check(round_trips(r.how, r.version, true, {.chunking = true, .pipeline_auth = true}),
          r.pipeline_auth);
  }
}

TEST_CASE("without PIPELINING every command of a mail takes a round trip, whatever was asked for") {
  using enum security;
  using enum tls_version;
  for (const row& r : {row{cleartext, tls_1_3, {10, 6}, {9, 5}, {9, 5}},
                       row{starttls, tls_1_3, {13, 6}, {12, 5}, {12, 5}},
                       row{implicit_tls, tls_1_3, {11, 6}, {10, 5}, {10, 5}},
                       row{starttls, tls_1_2, {14, 6}, {13, 5}, {13, 5}},
                       row{implicit_tls, tls_1_2, {11, 6}, {10, 5}, {10, 5}}}) {
    CAPTURE(static_cast<int>(r.how));
    CAPTURE(static_cast<int>(r.version));
    check(round_trips(r.how, r.version, false, {}), r.data);
    check(round_trips(r.how, r.version, false, {.chunking = true}), r.chunking);
    check(round_trips(r.how, r.version, false, {.chunking = true, .pipeline_auth = true}),
          r.pipeline_auth);
  }
}
