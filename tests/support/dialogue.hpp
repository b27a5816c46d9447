// SPDX-License-Identifier: BSL-1.0
// dialogue.hpp: a server that follows a script, on a link that misbehaves in every way there is.
//
// Knows:          how to play a dialogue to the client through its public door, and to play it again
//                 over worse and worse links.
// Does not know:  sockets, real TLS, real time.
// Bounds:         a run that makes no end within `max_rounds` rounds fails its test; and so does one that
//                 shows a secret in its transcript.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/client.hpp>
#include <mailmote/text/text_source.hpp>

#include "support/secret_list.hpp"

namespace mailmote::test {

// How a link treats what goes over it.
struct link {
  enum class fault : std::uint8_t { none, fails, closes, stalls };

  std::size_t chunk = 100'000;  // octets moved by one call at most
  bool wants_between = false;   // every move is put off once by a want_*
  fault kind = fault::none;     // what happens ...
  std::size_t at = 0;           // ... at this call, counted from 0, and at all that follow
  bool small_buffers = false;   // the client's are the smallest there may be
};

// The server's script, and both directions of the link to it.
//
// The turns alternate, the server's first. A server's turn is released when the client has sent its
// own turn before it to the last octet. CRLF is added to a turn unless it is empty, ends in LF, or
// begins with `<`, as the tokens of the stand-in for TLS do.
class scripted_stream {
 public:
  scripted_stream(std::vector<std::string> turns, link over, bool as_it_is = false);

  io_result read_some(std::span<char> in) noexcept;
  io_result write_some(std::span<const char> out) noexcept;
  void close() noexcept { closed_ = true; }

  const std::string& sent() const { return sent_; }
  std::size_t calls() const { return calls_; }
  std::size_t moved() const { return moved_; }
  bool is_closed() const { return closed_; }
  bool closes_at_end = false;  // the server hangs up once its last turn is read

 private:
  void release();
  bool broken();

  std::vector<std::string> turns_;
  link over_;
  bool as_it_is_;  // no CRLF is added to the last turn
  std::string sent_{};
  std::string to_read_{};
  std::size_t read_ = 0;  // octets of to_read_ that were read
  std::size_t turn_ = 0;
  std::size_t matched_ = 0;  // octets of sent_ that earlier turns have used up
  std::size_t calls_ = 0;
  std::size_t moved_ = 0;
  bool read_wanted_ = false;
  bool write_wanted_ = false;
  bool closed_ = false;
};

// Stands in for a TLS session: the handshake is the word <TLS> in both directions. It fails, as a
// real one does, when it is used before it was bound.
class token_tls {
 public:
  errc bind(scripted_stream& lower, std::string_view host) noexcept;
  io_status handshake() noexcept;
  bool is_safe() const noexcept { return safe_; }
  errc error() const noexcept { return error_; }
  void close() noexcept { *this = {}; }
  io_result read_some(std::span<char> in) noexcept {
    return safe_ ? lower_->read_some(in) : io_status::failed;
  }
  io_result write_some(std::span<const char> out) noexcept {
    return safe_ ? lower_->write_some(out) : io_status::failed;
  }

 private:
  scripted_stream* lower_ = nullptr;
  std::size_t written_ = 0;
  std::size_t read_ = 0;
  bool safe_ = false;
  errc error_ = errc::none;
};

// What a dialogue's transcript is told, each side's words together: however a link cuts a secret in pieces,
// it is whole here.
struct overheard final : transcript {
  void client_said(std::string_view octets) noexcept override { client += octets; }
  void server_said(std::string_view octets) noexcept override { server += octets; }
  void encrypted() noexcept override {}
  std::string client{};
  std::string server{};
};

// The client's public door, whatever its buffers.
struct caller {
  virtual errc send(const envelope& mail, body_source& body) = 0;
  virtual errc keep_alive() = 0;
  virtual errc quit() = 0;
  virtual void cancel() = 0;
  virtual void start() = 0;
  virtual status poll(milliseconds now) = 0;
  virtual interest wants() const = 0;
  virtual milliseconds next_timeout(milliseconds now) const = 0;
  virtual outcome result() const = 0;
  virtual bool idle() const = 0;
  virtual bool is_open() const = 0;
  virtual ~caller() = default;
};

class dialogue {
 public:
  using client_type = caller;

  dialogue(std::initializer_list<std::string> turns) : turns_{turns} {}
  explicit dialogue(std::vector<std::string> turns) : turns_{std::move(turns)} {}

  mailmote::settings& settings() { return settings_; }
  envelope& mail() { return mail_; }
  void body(std::string_view text) { body_ = text; }
  void source(std::function<body_source&()> make) { source_ = std::move(make); }
  void closes_at_end() { closes_at_end_ = true; }
  void sends_as_it_is() { as_it_is_ = true; }  // no CRLF is added to the server's last turn

  // What no transcript may show, beside the passwords and tokens that many dialogues log in with.
  void keeps(std::string_view secret) { secrets_.add(secret); }

  // What else the caller does: called before every poll, with the number of polls so far.
  void meanwhile(std::function<void(client_type&, std::size_t)> act) { act_ = std::move(act); }

  // Plays the dialogue over a faultless link, then sweeps it over all others, where it must come
  // to the same octets and the same outcome; and with a fault at each call in turn, where it must
  // come to a clean end. Gives the first outcome.
  outcome run();

  // The same for dialogues in which the server speaks out of turn: what the client has read when
  // it writes then depends on the link, and so only the outcome's fate must be the same, as long as
  // the message was not sent.
  outcome run_out_of_turn();

  // Plays it once.
  outcome play(link over = {});

  const std::string& sent() const { return sent_; }
  const overheard& shown() const { return shown_; }  // of the last play
  std::string_view shown_secret() const;             // empty: none
  bool stream_was_closed() const { return closed_; }
  std::uint64_t elapsed() const { return elapsed_; }

  // Distinct (dialogue, link, failing call) triples played in this process.
  static std::size_t triples();

 private:
  std::size_t id() const;
  outcome converse(caller& smtp, scripted_stream& stream, std::uint64_t& now);
  void check_same(const outcome& got, const outcome& whole, const std::string& wire,
                  bool same_wire);
  void sweep(const outcome& whole, const std::string& wire, bool same_wire);
  void check_clean_end(const outcome& got, const outcome& whole, const std::string& wire);

  std::vector<std::string> turns_;
  mailmote::settings settings_{.host = "mail.example.org", .helo = "mote"};
  envelope mail_{.from = "mote@example.org", .to = "ops@example.org"};
  std::string_view body_ = "Subject: hot\r\n\r\n84 C\r\n";
  std::function<body_source&()> source_{};
  std::function<void(client_type&, std::size_t)> act_{};
  bool closes_at_end_ = false;
  bool as_it_is_ = false;

  secret_list secrets_{"secret", "pencil", "tanstaaf",
                       "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
                       "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="};

  overheard shown_{};
  std::string sent_{};
  std::string server_text_{};
  std::string login_text_{};
  std::size_t calls_ = 0;
  std::uint64_t elapsed_ = 0;
  bool closed_ = false;
};

// A dialogue without TLS, for what TLS does not change.
dialogue in_clear(std::vector<std::string> turns);

// The usual mail, as both sides say it where there is PIPELINING.
inline constexpr const char* envelope_flight =
    "MAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\nDATA";
inline constexpr const char* accepted_flight = "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go";
inline constexpr const char* message = "Subject: hot\r\n\r\n84 C\r\n.";

// The whole way, turn by turn, in lock-step: STARTTLS, the login of `mote` with `secret`, the mail. The
// server's turns are the even ones.
inline const std::vector<std::string> whole_way{"220 mx ready",
                                                "EHLO mote",
                                                "250-mx\r\n250 STARTTLS",
                                                "STARTTLS",
                                                "220 go ahead",
                                                "<TLS>",
                                                "<TLS>",
                                                "EHLO mote",
                                                "250-mx\r\n250 AUTH PLAIN",
                                                "AUTH PLAIN AG1vdGUAc2VjcmV0",
                                                "235 welcome",
                                                "MAIL FROM:<mote@example.org>",
                                                "250 ok",
                                                "RCPT TO:<ops@example.org>",
                                                "250 ok",
                                                "DATA",
                                                "354 go",
                                                message,
                                                "250 taken",
                                                "QUIT",
                                                "221 bye"};
namespace turn {
enum : std::size_t {
  greeting = 0,
  ehlo = 2,
  starttls = 4,
  tls = 6,
  ehlo_again = 8,
  auth = 10,
  mail = 12,
  rcpt = 14,
  data = 16,
  accept = 18,
  quit = 20,
};
}

}  // namespace mailmote::test
