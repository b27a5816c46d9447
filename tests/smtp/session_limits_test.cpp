// SPDX-License-Identifier: BSL-1.0
// session_limits_test.cpp: time, silence, floods, sources that fail, callers that change their mind.
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/text/stream_source.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

// A reader that gives one octet a call, says "not yet" before each, and ends as it is told.
struct odd_reader {
  std::string_view text;
  io_status end = io_status::closed;
  std::size_t position = 0;
  bool ready = false;

  io_result read_some(std::span<char> out) noexcept {
    ready = !ready;
    if (ready) return io_status::want_read;
    if (position == text.size()) return end;
    out[0] = text[position++];
    return io_result::moved(1);
  }
  bool rewind() noexcept {
    position = 0;
    return true;
  }
};

struct odd_message {
  odd_reader reader;
  stream_source<odd_reader> source;
  odd_message(std::string_view text, io_status end, std::uint64_t length)
      : reader{.text = text, .end = end}, source{reader, length} {}
};

// A dialogue up to 354, whose message is `text` from an odd reader.
outcome send_odd(std::string_view text, io_status end, std::uint64_t length, std::string& wire) {
  std::unique_ptr<odd_message> current;
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  const timeouts patience{.source = 200};  // ten times "not yet"
  d.settings().timeouts = patience;
  d.source([&]() -> body_source& {
    current = std::make_unique<odd_message>(text, end, length);
    return current->source;
  });
  const outcome o = d.run();
  wire = d.sent();
  return o;
}

}  // namespace

// ---- time ----------------------------------------------------------------------------------

TEST_CASE("every phase has its own patience, and silence ends it") {
  sasl::plain login{"mote", "secret"};
  const timeouts t{};
  const struct {
    std::size_t turns;
    phase where;
    milliseconds patience;
    errc error;
  } rows[] = {
      {0, phase::greeting, t.greeting, errc::silent_greeting},
      {2, phase::ehlo, t.ehlo, errc::timeout},
      {4, phase::starttls, t.starttls, errc::timeout},
      {6, phase::handshake, t.handshake, errc::timeout},
      {8, phase::ehlo, t.ehlo, errc::timeout},
      {10, phase::auth, t.auth, errc::timeout},
      {12, phase::mail, t.mail, errc::timeout},
      {14, phase::rcpt, t.rcpt, errc::timeout},
      {16, phase::data, t.data, errc::timeout},
      {18, phase::accept, t.accept, errc::timeout},
  };
  for (const auto& row : rows) {
    std::vector<std::string> turns{whole_way.begin(),
                                   whole_way.begin() + static_cast<long>(row.turns)};
    turns.push_back("");
    dialogue d{turns};
    d.settings().auth = &login;
    const outcome o = d.run();
    CAPTURE(row.turns);
    CHECK(o.error == row.error);
    CHECK(o.phase == row.where);
    CHECK(o.fate == (row.where == phase::accept ? fate::unknown : fate::not_delivered));
    d.play();
    CHECK(d.elapsed() == row.patience);
  }
}

TEST_CASE("the deadline is for the whole reply: a byte now and then does not prolong it") {
  struct dripping_stream {
    milliseconds now = 0;
    milliseconds last = 0;
    io_result read_some(std::span<char> in) noexcept {
      if (now - last < 1000) return io_status::want_read;
      last = now;
      in[0] = last % 7000 == 0 ? '\n' : '2';
      if (last / 1000 % 5 == 1) in[0] = '2';
      if (last / 1000 % 5 == 2) in[0] = '2';
      if (last / 1000 % 5 == 3) in[0] = '0';
      if (last / 1000 % 5 == 4) in[0] = '-';
      if (last / 1000 % 5 == 0) in[0] = '\n';
      return io_result::moved(1);
    }
    io_result write_some(std::span<const char>) noexcept { return io_status::want_write; }
  } stream;
  no_tls tls;
  client smtp{stream, tls, settings{.helo = "mote", .security = security::cleartext}};
  text_source body{"x"};
  REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
  status s = status::working;
  for (milliseconds now = 0; now <= 400'000 && s != status::finished; now += 500) {
    stream.now = now;
    s = smtp.poll(now);
    if (s == status::finished) CHECK(now == 300'000);
  }
  CHECK(smtp.result().error == errc::timeout);
  CHECK(smtp.result().phase == phase::greeting);
}

TEST_CASE("a QUIT that nobody answers does not keep a delivered mail waiting for long") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", ""});
  const outcome o = d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
  d.play();
  CHECK(d.elapsed() == timeouts{}.quit);
}

TEST_CASE("a client says when it wants to be polled, and what for") {
  dialogue d = in_clear({"220 mx", "EHLO mote", ""});
  const timeouts patience{.ehlo = 7000};
  d.settings().timeouts = patience;
  d.meanwhile([](dialogue::client_type& smtp, std::size_t round) {
    if (round == 3) {
      CHECK(smtp.wants() == interest{.read = true});
      CHECK(smtp.next_timeout(0xFFFF'0000) == 7000);
      CHECK(smtp.next_timeout(0xFFFF'0000 + 6000) == 1000);
    }
  });
  CHECK(d.play().error == errc::timeout);
}

// ---- silence and floods --------------------------------------------------------------------

TEST_CASE("a line without end, and a reply without end, end the session") {
  dialogue line = in_clear({"220 " + std::string(3'000'000, 'x') + "\n"});
  outcome o = line.play();
  CHECK(o.error == errc::endless_reply);
  CHECK(o.phase == phase::greeting);
  std::string lines;
  for (int i = 0; i < 600'000; ++i) lines += "220-\n";
  dialogue reply = in_clear({lines});
  o = reply.play();
  CHECK(o.error == errc::endless_reply);
  CHECK(reply.sent().empty());
}

TEST_CASE("a reply of a megabyte is read in no memory at all") {
  std::string ehlo = "250-mx\r\n";
  while (ehlo.size() < 1'000'000) ehlo += "250-X-NONSENSE " + std::string(1000, 'y') + "\r\n";
  dialogue d = in_clear({"220 mx", "EHLO mote", ehlo + "250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  CHECK(d.play().fate == fate::delivered);
}

TEST_CASE("what is no reply ends the session without a word more") {
  for (const char* nonsense : {"hello", "2x0 hi", "22 hi", "2200 hi", "\n", "020 hi", "600 hi",
                               "220-mx\r\n250 other", "220/hi"}) {
    dialogue d = in_clear({nonsense});
    const outcome o = d.run();
    CAPTURE(nonsense);
    CHECK(o.error == errc::malformed_reply);
    CHECK(d.sent().empty());
  }
}

TEST_CASE("a reply of an impossible class ends the session with goodbye") {
  for (const char* odd : {"150 wait", "354 go"}) {
    dialogue at_greeting = in_clear({odd, "QUIT", "221 bye"});
    CHECK(at_greeting.run().error == errc::unexpected_reply);
    dialogue at_mail = in_clear(
        {"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>", odd, "QUIT", "221 bye"});
    CHECK(at_mail.run().error == errc::unexpected_reply);
    CHECK(at_mail.sent().ends_with("QUIT\r\n"));
  }
}

TEST_CASE("a reply that comes before its command ends the session") {
  const std::vector<std::string> in_lock_step{"220 mx", "EHLO mote",
                                              "250 mx", "MAIL FROM:<mote@example.org>",
                                              "250 ok", "RCPT TO:<ops@example.org>",
                                              "250 ok", "DATA",
                                              "354 go"};
  const std::vector<std::string> in_flights{"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING",
                                            envelope_flight, accepted_flight};
  std::vector<std::string> with_login{whole_way.begin(), whole_way.begin() + turn::ehlo_again};
  with_login.insert(with_login.end(), {"250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN", "334 ",
                                       "bW90ZQ==", "334 ", "c2VjcmV0"});
  with_login.insert(with_login.end(), whole_way.begin() + turn::auth,
                    whole_way.begin() + turn::data + 1);
  sasl::login login{"mote", "secret"};
  for (const auto& full : {in_lock_step, in_flights, with_login}) {
    const bool is_encrypted = full.size() > 10;
    for (std::size_t i = 0; i < full.size(); i += 2) {
      if (is_encrypted && i == turn::tls) continue;  // inside the handshake there are no replies
      std::vector<std::string> turns{full.begin(), full.begin() + static_cast<long>(i) + 1};
      turns.back() += "\r\n250 ahead of its time";
      dialogue d{turns};
      if (is_encrypted) d.settings().auth = &login;
      if (!is_encrypted) d.settings().security = security::cleartext;
      const outcome o = d.run_out_of_turn();
      CAPTURE(full.size());
      CAPTURE(i);
      const bool before_tls = is_encrypted && i == turn::starttls;
      CHECK(o.error == (before_tls ? errc::tls_injection : errc::unsolicited_reply));
      CHECK(o.fate == fate::not_delivered);
      std::string wire;
      for (std::size_t own = 1; own < i; own += 2) {
        wire += turns[own] == "<TLS>" ? turns[own] : turns[own] + "\r\n";
      }
      CHECK(d.sent() == wire);
    }
  }
}

TEST_CASE("a reply ahead of QUIT takes nothing back") {
  std::vector<std::string> turns{whole_way.begin(), whole_way.begin() + turn::accept + 1};
  turns.back() += "\r\n550 on second thought";
  sasl::plain plain{"mote", "secret"};
  dialogue d{turns};
  d.settings().auth = &plain;
  const outcome o = d.run_out_of_turn();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
  CHECK(o.code == 250);
}

TEST_CASE("ten thousand recipients cost no memory, and a server with a full window no deadlock") {
  // Reads nothing while more than 300 octets of its replies are unread.
  struct narrow_server {
    std::string replies = "220 mx\r\n";
    std::size_t read = 0;
    std::string line{};
    std::size_t recipients = 0;
    bool in_message = false;
    std::string text{};

    io_result read_some(std::span<char> in) noexcept {
      if (read == replies.size()) return io_status::want_read;
      in[0] = replies[read++];
      return io_result::moved(1);
    }
    io_result write_some(std::span<const char> out) noexcept {
      if (replies.size() - read > 300) return io_status::want_write;
      line += out[0];
      if (line.ends_with("\r\n")) answer();
      return io_result::moved(1);
    }
    void answer() {
      if (in_message) {
        text += line;
        in_message = line != ".\r\n";
        if (!in_message) replies += "250 taken\r\n";
      } else if (line.starts_with("EHLO")) {
        replies += "250-mx\r\n250 PIPELINING\r\n";
      } else if (line.starts_with("DATA")) {
        replies += "354 go\r\n";
        in_message = true;
      } else {
        if (line.starts_with("RCPT")) ++recipients;
        replies += "250 2.1.5 a rather long way to say yes\r\n";
      }
      line.clear();
    }
  } server;
  const std::vector<std::string_view> to(10'000, "ops@example.org");
  no_tls tls;
  client smtp{server, tls, settings{.helo = "mote", .security = security::cleartext}};
  text_source body{"x"};
  REQUIRE(smtp.send({.from = "a@b", .to = to}, body) == errc::none);
  status s = status::working;
  for (int i = 0; i < 1'000'000 && s != status::finished; ++i) s = smtp.poll(0);
  CHECK(s == status::finished);
  CHECK(smtp.result().fate == fate::delivered);
  CHECK(smtp.result().accepted == 10'000);
  CHECK(server.recipients == 10'000);
  CHECK(server.text == "x\r\n.\r\n");
}

// ---- the message's source ------------------------------------------------------------------

TEST_CASE("a source that gives its text slowly sends the same mail") {
  std::string wire;
  const outcome o = send_odd("Subject: hot\n\n84 C", io_status::closed, unknown_length, wire);
  CHECK(o.fate == fate::delivered);
  CHECK(wire.find("DATA\r\nSubject: hot\r\n\r\n84 C\r\n.\r\nQUIT") != std::string::npos);
}

TEST_CASE("a source that fails, or breaks its word, ends the connection before the final dot") {
  const std::string_view text = "Subject: hot\n\n84 C";
  const std::uint64_t length = text::repaired_length(text);
  std::string wire;
  outcome o = send_odd(text, io_status::failed, unknown_length, wire);
  CHECK(o.error == errc::source_failed);
  CHECK(o.fate == fate::not_delivered);
  CHECK(wire.find("\r\n.\r\n") == std::string::npos);
  CHECK_FALSE(wire.ends_with("QUIT\r\n"));

  for (const std::uint64_t wrong : {length - 1, length + 1}) {
    o = send_odd(text, io_status::closed, wrong, wire);
    CHECK(o.error == errc::source_length);
    CHECK(o.phase == phase::message);
    CHECK(o.fate == fate::not_delivered);
    CHECK(wire.find("\r\n.\r\n") == std::string::npos);
  }
  CHECK(send_odd(text, io_status::closed, length, wire).fate == fate::delivered);
}

TEST_CASE("a source that never goes on has a timeout of its own") {
  std::string wire;
  const outcome o = send_odd("Subject: hot\n", io_status::want_read, unknown_length, wire);
  CHECK(o.error == errc::source_timeout);
  CHECK(o.phase == phase::message);
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.retry == retry::later);
  CHECK(wire.find("\r\n.\r\n") == std::string::npos);
}

TEST_CASE("a source that cannot begin again says so before MAIL") {
  struct once {
    io_result read_some(std::span<char>) noexcept { return io_status::closed; }
  } reader;
  stream_source<once> spent{reader};
  REQUIRE(spent.begin({}) == errc::none);
  dialogue d = in_clear({"220 mx", "EHLO mote", "250 mx", "QUIT", "221 bye"});
  d.source([&]() -> body_source& { return spent; });
  CHECK(d.run().error == errc::source_spent);
  CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
}

// ---- a caller who changes his mind ---------------------------------------------------------

TEST_CASE("a mail can be canceled at any moment, and its fate is what the octets allow") {
  sasl::plain plain{"mote", std::string_view{"a password that is longer than the smallest buffer"}};
  sasl::login login{"mote", "secret"};
  dialogue with_plain{
      "220 mx",
      "EHLO mote",
      "250-mx\r\n250 STARTTLS",
      "STARTTLS",
      "220 go",
      "<TLS>",
      "<TLS>",
      "EHLO mote",
      "250-mx\r\n250-PIPELINING\r\n250 AUTH PLAIN",
      "AUTH PLAIN AG1vdGUAYSBwYXNzd29yZCB0aGF0IGlzIGxvbmdlciB0aGFuIHRoZSBzbWFsbGVzdCBidW"
      "ZmZXI=",
      "235 ok",
      envelope_flight,
      accepted_flight,
      message,
      "250 ok",
      "QUIT",
      "221 bye"};
  with_plain.settings().auth = &plain;
  dialogue with_login{
      "220 mx",        "EHLO mote",     "250-mx\r\n250 STARTTLS",
      "STARTTLS",      "220 go",        "<TLS>",
      "<TLS>",         "EHLO mote",     "250-mx\r\n250-PIPELINING\r\n250 AUTH LOGIN",
      "AUTH LOGIN",    "334 ",          "bW90ZQ==",
      "334 ",          "c2VjcmV0",      "235 ok",
      envelope_flight, accepted_flight, message,
      "250 ok",        "QUIT",          "221 bye"};
  with_login.settings().auth = &login;
  for (dialogue* d : {&with_plain, &with_login}) {
    d->meanwhile({});
    REQUIRE(d->play().fate == fate::delivered);
    const std::string wire = d->sent();
    for (const bool small : {false, true}) {
      bool canceled = true;
      for (std::size_t when = 0; canceled; ++when) {
        canceled = false;
        d->meanwhile([&](dialogue::client_type& smtp, std::size_t round) {
          if (round != when || smtp.idle()) return;
          canceled = true;
          smtp.cancel();
        });
        const outcome o = d->play({.chunk = 5, .wants_between = true, .small_buffers = small});
        CAPTURE(when);
        CAPTURE(small);
        CHECK(d->stream_was_closed());
        // What was sent is the beginning of the mail, or that up to the end of a line, and QUIT.
        std::string_view sent = d->sent();
        if (!wire.starts_with(sent)) {
          REQUIRE(sent.ends_with("QUIT\r\n"));
          sent.remove_suffix(6);
          CHECK((sent.empty() || sent.ends_with("\r\n") || sent.ends_with("<TLS>")));
          CHECK(wire.starts_with(sent));
          CHECK_FALSE(sent.ends_with("AUTH LOGIN\r\n"));
          CHECK_FALSE(sent.ends_with("bW90ZQ==\r\n"));
        }
        if (o.error == errc::canceled) {
          const bool dot_left = d->sent().find("\r\n.\r\n") != std::string::npos;
          CHECK(o.fate == (dot_left ? fate::unknown : fate::not_delivered));
        } else {
          CHECK(o.fate == fate::delivered);  // canceled too late, or only the goodbye was cut short
        }
      }
    }
  }
}

TEST_CASE("a connection is closed before its mail is finished, and the next begins from nothing") {
  const std::string first[] = {"220 mx",        "EHLO mote",     "250-mx\r\n250 STARTTLS",
                               "STARTTLS",      "220 go",        "<TLS>",
                               "<TLS>",         "EHLO mote",     "250-mx\r\n250 PIPELINING",
                               envelope_flight, accepted_flight, message,
                               "250 ok",        "QUIT",          "221 bye"};
  for (std::size_t chunk = 1; chunk <= 200; ++chunk) {
    for (const bool small : {false, true}) {
      std::vector<std::string> turns{std::begin(first), std::end(first)};
      dialogue d{turns};
      std::size_t rounds_after_end = 0;
      d.meanwhile([&](dialogue::client_type& smtp, std::size_t round) {
        if (round > 0 && smtp.idle()) ++rounds_after_end;
      });
      CHECK(d.play({.chunk = chunk, .small_buffers = small}).fate == fate::delivered);
      REQUIRE(d.stream_was_closed());
      CHECK(rounds_after_end <= 1);
    }
  }
}

TEST_CASE("two mails over two connections are two times the same dialogue") {
  // One client, one stream that is connected anew.
  const std::vector<std::string> turns{"220 mx",        "EHLO mote",     "250-mx\r\n250 STARTTLS",
                                       "STARTTLS",      "220 go",        "<TLS>",
                                       "<TLS>",         "EHLO mote",     "250-mx\r\n250 PIPELINING",
                                       envelope_flight, accepted_flight, message,
                                       "250 ok",        "QUIT",          "221 bye"};
  for (std::size_t chunk = 1; chunk <= 100; ++chunk) {
    const test::link over{.chunk = chunk};
    test::scripted_stream stream{turns, over};
    test::token_tls tls;
    client smtp{stream, tls, settings{.host = "mail.example.org", .helo = "mote"}};
    text_source body{"Subject: hot\r\n\r\n84 C\r\n"};
    std::string wires[2];
    for (std::string& wire : wires) {
      stream = test::scripted_stream{turns, over};
      const envelope mail{.from = "mote@example.org", .to = "ops@example.org"};
      REQUIRE(smtp.send(mail, body) == errc::none);
      status s = status::working;
      for (int i = 0; i < 10'000 && s != status::finished; ++i) s = smtp.poll(0);
      REQUIRE(s == status::finished);
      CHECK(smtp.result().fate == fate::delivered);
      CHECK(stream.is_closed());
      CHECK(smtp.next_timeout(0) == no_timeout);
      CHECK(smtp.wants() == interest{});
      wire = stream.sent();
    }
    CHECK(wires[0] == wires[1]);
    CHECK(wires[0].find("STARTTLS\r\n<TLS>EHLO") != std::string::npos);
  }
}

TEST_CASE("a reply that is here already is not too late, however late the poll") {
  struct slow_loop {
    std::string_view replies[6] = {"220 mx\r\n", "250-mx\r\n250 PIPELINING\r\n",
                                   "250 ok\r\n250 ok\r\n354 go\r\n", "250 taken\r\n",
                                   "221 bye\r\n"};
    std::size_t next = 0;
    bool talks = true;
    io_result read_some(std::span<char> in) noexcept {
      if (!talks || next == 5) return io_status::want_read;
      talks = false;
      const std::string_view reply = replies[next++];
      std::memcpy(in.data(), reply.data(), reply.size());
      return io_result::moved(reply.size());
    }
    io_result write_some(std::span<const char> out) noexcept {
      talks = out.back() == '\n';
      return io_result::moved(out.size());
    }
  } stream;
  no_tls tls;
  client smtp{stream, tls, settings{.helo = "mote", .security = security::cleartext}};
  text_source body{"x"};
  REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
  status s = status::working;
  for (milliseconds now = 0; s == status::working; now += 3'600'000) s = smtp.poll(now);
  CHECK(smtp.result().fate == fate::delivered);
  CHECK(smtp.result().error == errc::none);
}

TEST_CASE("a source's time does not run while the network is what blocks") {
  struct narrow {
    bool open = true;
    std::string_view in = "220 mx\r\n250 mx\r\n";
    std::string sent{};
    io_result read_some(std::span<char> out) noexcept {
      if (in.empty()) return io_status::want_read;
      if (in.size() == 8 && sent.empty()) return io_status::want_read;
      out[0] = in[0];
      in.remove_prefix(1);
      return io_result::moved(1);
    }
    io_result write_some(std::span<const char> out) noexcept {
      if (!open) return io_status::want_write;
      sent.append(out.data(), out.size());
      if (sent.ends_with("RCPT TO:<c@d>\r\n") || sent.ends_with("MAIL FROM:<a@b>\r\n")) {
        in = "250 ok\r\n";
      }
      if (sent.ends_with("DATA\r\n")) in = "354 go\r\n";
      return io_result::moved(out.size());
    }
  } stream;
  struct two_octets {
    int reads = 0;
    io_result read_some(std::span<char> out) noexcept {
      if (++reads % 2 == 0) return io_status::want_read;
      out[0] = 'x';
      return io_result::moved(1);
    }
  } reader;
  stream_source<two_octets> body{reader};
  no_tls tls;
  const timeouts patience{.source = 200};
  const settings with{.helo = "mote", .security = security::cleartext, .timeouts = patience};
  client smtp{stream, tls, with};
  REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
  milliseconds now = 0;
  while (!stream.sent.ends_with("DATA\r\nx")) REQUIRE(smtp.poll(now++) == status::working);
  stream.open = false;  // and the source has said "not yet"
  for (int i = 0; i < 1'000; ++i) REQUIRE(smtp.poll(now += 100) == status::working);
  while (smtp.poll(now += 100) == status::working) {
  }
  CHECK(smtp.result().error == errc::timeout);  // of the block, not of the source
}

TEST_CASE("start takes a client back to the beginning from any state") {
  struct one_line {
    std::string_view in = "220 mx\r\n";
    io_result read_some(std::span<char> out) noexcept {
      if (in.empty()) return io_status::want_read;
      out[0] = in[0];
      in.remove_prefix(1);
      return io_result::moved(1);
    }
    io_result write_some(std::span<const char> out) noexcept {
      return io_result::moved(out.size());
    }
  } stream;
  no_tls tls;
  client smtp{stream, tls, settings{.helo = "mote", .security = security::cleartext}};
  text_source body{"x"};
  for (int round = 0; round < 5; ++round) {
    stream.in = "220 mx\r\n";
    REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
    for (int i = 0; i < round; ++i) CHECK(smtp.poll(0) == status::working);
    CHECK_FALSE(smtp.idle());
    smtp.start();
    CHECK(smtp.idle());
    CHECK(smtp.wants() == interest{});
    CHECK(smtp.poll(0) == status::idle);
  }
}

// ---- secrets -------------------------------------------------------------------------------

TEST_CASE("no secret is left in the client, nor shown to a transcript") {
  struct notes final : transcript {
    std::string text;
    void client_said(std::string_view s) noexcept override { text += s; }
    void server_said(std::string_view s) noexcept override { text += s; }
    void encrypted() noexcept override { text += "(TLS)\n"; }
  } heard;
  struct server {
    std::string_view replies[5] = {"220 mx\r\n", "250-mx\r\n250 AUTH PLAIN LOGIN\r\n", "334 \r\n",
                                   "334 \r\n", "535 no\r\n"};
    std::size_t next = 0;
    bool talks = true;
    std::span<const char> client{};  // its memory, looked at while it waits for an answer
    bool saw_a_secret = false;
    bool client_holds(std::string_view what) const {
      return std::string_view{client.data(), client.size()}.find(what) != std::string_view::npos;
    }
    io_result read_some(std::span<char> in) noexcept {
      if (!talks || next == 5) return io_status::want_read;
      saw_a_secret = saw_a_secret || client_holds("YS1sb25nLXBh") || client_holds("YS11c2VyLW5h");
      talks = false;
      const std::string_view reply = replies[next++];
      std::memcpy(in.data(), reply.data(), reply.size());
      return io_result::moved(reply.size());
    }
    io_result write_some(std::span<const char> out) noexcept {
      talks = true;
      return io_result::moved(out.size());
    }
  } stream;
  sasl::login login{"a-user-name", "a-long-password"};
  no_tls tls;
  client smtp{stream, tls,
              settings{.helo = "mote",
                       .auth = &login,
                       .security = security::cleartext,
                       .cleartext_auth = cleartext_auth::any,
                       .transcript = &heard}};
  text_source body{"x"};
  REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
  stream.client = {reinterpret_cast<const char*>(&smtp), sizeof smtp};
  milliseconds now = 0;
  while (smtp.poll(now) != status::finished) now += 1000;
  CHECK(smtp.result().error == errc::auth_refused);
  CHECK_FALSE(stream.saw_a_secret);
  for (const char* secret : {"a-long-pass", "YS1sb25nLXBh", "a-user-na", "YS11c2VyLW5h"}) {
    CHECK_FALSE(stream.client_holds(secret));
    CHECK(heard.text.find(secret) == std::string::npos);
  }
  CHECK(heard.text ==
        "220 mx\r\nEHLO mote\r\n250-mx\r\n250 AUTH PLAIN LOGIN\r\nAUTH LOGIN\r\n334 \r\n****\r\n"
        "334 \r\n****\r\n535 no\r\nQUIT\r\n");
}
