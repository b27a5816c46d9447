// SPDX-License-Identifier: BSL-1.0
// slow_servers_test.cpp: replies that are endless, dripped, late, or cut off; at every step.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

// A whole mail without TLS, step by step.
struct step_of_mail {
  const char* reply;
  const char* answered;  // by the client
  phase where;
  milliseconds patience;
};

constexpr timeouts defaults{};
constexpr step_of_mail steps[] = {
    {"220 mx", "EHLO mote", phase::greeting, defaults.greeting},
    {"250 mx", "MAIL FROM:<mote@example.org>", phase::ehlo, defaults.ehlo},
    {"250 ok", "RCPT TO:<ops@example.org>", phase::mail, defaults.mail},
    {"250 ok", "DATA", phase::rcpt, defaults.rcpt},
    {"354 go", message, phase::data, defaults.data},
    {"250 taken", "QUIT", phase::accept, defaults.accept},
};

std::vector<std::string> turns_before(std::size_t step) {
  std::vector<std::string> turns;
  for (std::size_t i = 0; i < step; ++i) {
    turns.insert(turns.end(), {steps[i].reply, steps[i].answered});
  }
  return turns;
}

// Answers at once up to a step, whose reply comes one octet a time, each `pace` after the one before.
class slow_stream {
 public:
  slow_stream(std::size_t step, std::string reply, milliseconds pace)
      : slow_step_{step}, reply_{std::move(reply)}, pace_{pace} {}

  io_result read_some(std::span<char> in) noexcept {
    if (step_ < slow_step_ || asked_ > slow_step_) {
      if (step_ > asked_ || step_ == std::size(steps)) return io_status::want_read;
      const std::string reply = std::string{steps[step_].reply} + "\r\n";
      ++step_;
      reply.copy(in.data(), reply.size());
      return io_result::moved(reply.size());
    }
    if (asked_ < slow_step_) return io_status::want_read;
    if (!waiting_) since_ = now;
    waiting_ = true;
    if (given_ == reply_.size() || now - since_ < pace_ * (given_ + 1)) return io_status::want_read;
    in[0] = reply_[given_++];
    if (given_ == reply_.size()) step_ = slow_step_ + 1;
    return io_result::moved(1);
  }

  io_result write_some(std::span<const char> out) noexcept {
    said_.append(out.data(), out.size());
    while (asked_ + 1 <= std::size(steps) && said_.ends_with(steps[asked_].answered + end_)) {
      ++asked_;
      said_.clear();
    }
    return io_result::moved(out.size());
  }

  milliseconds now = 0;
  milliseconds since() const { return since_; }  // when the reply became due

 private:
  const std::string end_ = "\r\n";
  std::size_t slow_step_;
  std::string reply_;
  milliseconds pace_;
  std::size_t step_ = 0;   // replies given
  std::size_t asked_ = 0;  // commands heard
  std::size_t given_ = 0;  // octets of the slow reply
  milliseconds since_ = 0;
  bool waiting_ = false;
  std::string said_{};
};

struct ending {
  outcome result;
  milliseconds after;  // the reply became due
};

ending meet(std::size_t step, const std::string& reply, milliseconds pace, milliseconds tick) {
  slow_stream stream{step, reply, pace};
  no_tls tls;
  client smtp{stream, tls, settings{.helo = "mote", .security = security::cleartext}};
  text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
  REQUIRE(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, text) == errc::none);
  for (; stream.now <= 700'000; stream.now += tick) {
    if (smtp.poll(stream.now) == status::finished) break;
  }
  return {smtp.result(), stream.now - stream.since()};
}

}  // namespace

TEST_CASE("a reply that drips an octet a second does not prolong its time, at any step") {
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    CAPTURE(i);
    const std::string endless = std::string{steps[i].reply, 3} + "-" + std::string(1'000, 'x');
    const ending e = meet(i, endless, 1'000, 500);
    CHECK(e.result.error == errc::timeout);
    CHECK(e.result.phase == steps[i].where);
    CHECK(e.result.fate == (steps[i].where == phase::accept ? fate::unknown : fate::not_delivered));
    CHECK(e.after == steps[i].patience);
  }
}

TEST_CASE("a dripped greeting that ends in time is a greeting") {
  const ending e = meet(0, "220-hello\r\n220 mx\r\n", 1'000, 500);
  CHECK(e.result.error == errc::none);
  CHECK(e.result.fate == fate::delivered);
}

TEST_CASE("a reply in its last millisecond is in time, and one that is later is not, at any step") {
  for (std::size_t i = 1; i < std::size(steps); ++i) {  // a greeting has a word of its own for this
    CAPTURE(i);
    std::vector<std::string> turns = turns_before(i);
    turns.push_back("");
    dialogue silent = in_clear(turns);
    CHECK(silent.play().error == errc::timeout);
    CHECK(silent.elapsed() == steps[i].patience);
    const std::string refusal = "5";  // one octet is not a reply yet
    const ending late = meet(i, refusal, steps[i].patience - 1, 1);
    CHECK(late.result.error == errc::timeout);
    CHECK(late.after == steps[i].patience);
    const ending in_time = meet(i, "x", steps[i].patience - 1, 1);
    CHECK(in_time.result.error == errc::malformed_reply);
    const ending too_late = meet(i, "x", steps[i].patience + 1, 1);
    CHECK(too_late.result.error == errc::timeout);
  }
}

TEST_CASE("a reply of a megabyte is survived at every step") {
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    CAPTURE(i);
    const std::string code{steps[i].reply, 3};
    std::string reply;
    while (reply.size() < 500'000) reply += code + "-" + std::string(900, 'y') + "\r\n";
    reply += code + "-" + std::string(500'000, 'z') + "\r\n" + steps[i].reply;
    std::vector<std::string> turns = turns_before(std::size(steps));
    turns[2 * i] = reply;
    turns.push_back("221 bye");
    dialogue d = in_clear(turns);
    CHECK(d.play().fate == fate::delivered);
    CHECK(d.play({.chunk = 7, .small_buffers = true}).fate == fate::delivered);
  }
}

TEST_CASE("a connection that is closed at any octet of any reply is told by where it was") {
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    const std::string reply =
        std::string{steps[i].reply, 3} + "-first\r\n" + steps[i].reply + "\r\n";
    for (std::size_t octets = 0; octets < reply.size(); ++octets) {
      CAPTURE(i);
      CAPTURE(octets);
      std::vector<std::string> turns = turns_before(i);
      // The double would put an end to a line that has none.
      turns.push_back(reply.substr(0, octets));
      dialogue d = in_clear(turns);
      d.sends_as_it_is();
      d.closes_at_end();
      const outcome o = d.play();
      CHECK(o.error == (octets == 0 ? errc::closed_before_reply : errc::closed_in_reply));
      CHECK(o.phase == steps[i].where);
      CHECK(o.fate == (steps[i].where == phase::accept ? fate::unknown : fate::not_delivered));
    }
  }
}

TEST_CASE("CR and LF of every reply may come apart, or in the company of the next reply") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         "250-sender\r\n250 ok\r\n250 ok\r\n354-now\r\n354 go", message, "250 ok",
                         "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);  // the sweep cuts it at every octet
}
