// SPDX-License-Identifier: BSL-1.0
// slow_servers_test.cpp: replies that are endless, dripped, late, or cut off; at every step.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mailmote/sasl/login.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

struct step_of_mail {
  const char* reply;
  const char* answered;  // by the client; after the reply to STARTTLS, inside TLS
  phase where;
  milliseconds patience;
};

using way = std::vector<step_of_mail>;  // of a whole mail, step by step

constexpr timeouts defaults{};
const way the_mail{
    {"250 ok", "RCPT TO:<ops@example.org>", phase::mail, defaults.mail},
    {"250 ok", "DATA", phase::rcpt, defaults.rcpt},
    {"354 go", message, phase::data, defaults.data},
    {"250 taken", "QUIT", phase::accept, defaults.accept},
    {"221 bye", "", phase::quit, defaults.quit},
};

way joined(way first, const way& rest) {
  first.insert(first.end(), rest.begin(), rest.end());
  return first;
}

const way ways[] = {
    joined({{"220 mx", "EHLO mote", phase::greeting, defaults.greeting},
            {"250 mx", "MAIL FROM:<mote@example.org>", phase::ehlo, defaults.ehlo}},
           the_mail),
    joined({{"220 mx", "EHLO mote", phase::greeting, defaults.greeting},
            {"250-mx\r\n250 STARTTLS", "STARTTLS", phase::ehlo, defaults.ehlo},
            {"220 go ahead", "EHLO mote", phase::starttls, defaults.starttls},
            {"250-mx\r\n250 AUTH LOGIN", "AUTH LOGIN", phase::ehlo, defaults.ehlo},
            {"334 ", "bW90ZQ==", phase::auth, defaults.auth},
            {"334 ", "c2VjcmV0", phase::auth, defaults.auth},
            {"235 welcome", "MAIL FROM:<mote@example.org>", phase::auth, defaults.auth}},
           the_mail),
};

sasl::login login{"mote", "secret"};

fate fate_at(phase where) {
  if (where == phase::quit) return fate::delivered;
  return where == phase::accept ? fate::unknown : fate::not_delivered;
}

// What ends a mail at a step. A goodbye that goes wrong is none of its business.
void check_end(const outcome& o, errc error, phase where) {
  CHECK(o.error == (where == phase::quit ? errc::none : error));
  CHECK(o.phase == (where == phase::quit ? phase::accept : where));
  CHECK(o.fate == fate_at(where));
}

dialogue as_in(const way& steps, std::vector<std::string> turns) {
  if (steps.size() == ways[0].size()) return in_clear(std::move(turns));
  dialogue d{std::move(turns)};
  d.settings().auth = &login;
  return d;
}

std::vector<std::string> turns_before(const way& steps, std::size_t step) {
  std::vector<std::string> turns;
  for (std::size_t i = 0; i < step; ++i) {
    turns.push_back(steps[i].reply);
    if (steps[i].where == phase::starttls) turns.insert(turns.end(), {"<TLS>", "<TLS>"});
    turns.push_back(steps[i].answered);
  }
  return turns;
}

// Answers at once up to a step, whose reply comes one octet a time, each `pace` after the one before.
class slow_stream {
 public:
  slow_stream(const way& steps, std::size_t step, std::string reply, milliseconds pace)
      : steps_{steps}, slow_step_{step}, reply_{std::move(reply)}, pace_{pace} {}

  io_result read_some(std::span<char> in) noexcept {
    if (step_ < slow_step_ || asked_ > slow_step_) {
      if (step_ > asked_ || step_ == steps_.size()) return io_status::want_read;
      const std::string reply = std::string{steps_[step_].reply} + "\r\n";
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
    while (asked_ < steps_.size() && said_.ends_with(steps_[asked_].answered + end_)) {
      ++asked_;
      said_.clear();
    }
    return io_result::moved(out.size());
  }

  milliseconds now = 0;
  milliseconds since() const { return since_; }  // when the reply became due

 private:
  const std::string end_ = "\r\n";
  const way& steps_;
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

// A handshake that takes no time and moves nothing.
class instant_tls {
 public:
  errc bind(slow_stream& lower, std::string_view) noexcept {
    lower_ = &lower;
    return errc::none;
  }
  io_status handshake() noexcept { return io_status::ok; }
  bool is_safe() const noexcept { return lower_ != nullptr; }
  errc error() const noexcept { return errc::stream_failed; }
  void close() noexcept { lower_ = nullptr; }
  io_result read_some(std::span<char> in) noexcept { return lower_->read_some(in); }
  io_result write_some(std::span<const char> out) noexcept { return lower_->write_some(out); }

 private:
  slow_stream* lower_ = nullptr;
};

struct ending {
  outcome result;
  milliseconds after;  // the reply became due
};

ending meet(const way& steps, std::size_t step, const std::string& reply, milliseconds pace,
            milliseconds tick) {
  slow_stream stream{steps, step, reply, pace};
  instant_tls tls;
  settings with{.host = "mail.example.org", .helo = "mote", .auth = &login};
  if (steps.size() == ways[0].size()) {
    with.auth = nullptr;
    with.security = security::cleartext;
  }
  client smtp{stream, tls, with};
  text_source text{"Subject: hot\r\n\r\n84 C\r\n"};
  REQUIRE(smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, text) == errc::none);
  for (; stream.now <= 700'000; stream.now += tick) {
    if (smtp.poll(stream.now) == status::finished) break;
  }
  return {smtp.result(), stream.now - stream.since()};
}

// Calls `test` with each way of a mail, and each step of it that has a reply.
template <class Test>
void at_every_step(Test test) {
  for (const way& steps : ways) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      CAPTURE(steps.size());
      CAPTURE(i);
      test(steps, i);
    }
  }
}

}  // namespace

TEST_CASE("a reply that drips an octet a second does not prolong its time, at any step") {
  at_every_step([](const way& steps, std::size_t i) {
    const std::string endless = std::string{steps[i].reply, 3} + "-" + std::string(1'000, 'x');
    const ending e = meet(steps, i, endless, 1'000, 500);
    check_end(e.result, errc::timeout, steps[i].where);
    CHECK(e.after == steps[i].patience);
  });
}

TEST_CASE("a dripped greeting that ends in time is a greeting") {
  for (const way& steps : ways) {
    const ending e = meet(steps, 0, "220-hello\r\n220 mx\r\n", 1'000, 500);
    CHECK(e.result.error == errc::none);
    CHECK(e.result.fate == fate::delivered);
  }
}

TEST_CASE("a reply in its last millisecond is in time, and one that is later is not, at any step") {
  at_every_step([](const way& steps, std::size_t i) {
    const auto [reply, answered, where, patience] = steps[i];
    if (where == phase::greeting) return;  // which has a word of its own for this
    std::vector<std::string> turns = turns_before(steps, i);
    turns.push_back("");
    dialogue silent = as_in(steps, turns);
    check_end(silent.play(), errc::timeout, where);
    CHECK(silent.elapsed() == patience);
    const ending late = meet(steps, i, "5", patience - 1, 1);  // one octet is not a reply yet
    check_end(late.result, errc::timeout, where);
    CHECK(late.after == patience);
    const ending in_time = meet(steps, i, "x", patience - 1, 1);
    check_end(in_time.result, errc::malformed_reply, where);
    CHECK(in_time.after == patience - 1);
    const ending too_late = meet(steps, i, "x", patience + 1, 1);
    check_end(too_late.result, errc::timeout, where);
    CHECK(too_late.after == patience);
  });
}

TEST_CASE("a reply of a megabyte is survived at every step") {
  at_every_step([](const way& steps, std::size_t i) {
    const std::string code{steps[i].reply, 3};
    std::string reply;
    while (reply.size() < 500'000) reply += code + "-" + std::string(900, 'y') + "\r\n";
    reply += code + "-" + std::string(500'000, 'z') + "\r\n" + steps[i].reply;
    way changed = steps;
    changed[i].reply = reply.c_str();
    std::vector<std::string> turns = turns_before(changed, steps.size());
    turns.pop_back();  // nothing is said to the goodbye
    dialogue d = as_in(steps, turns);
    CHECK(d.play().fate == fate::delivered);
    CHECK(d.play({.chunk = 7, .small_buffers = true}).fate == fate::delivered);
    CHECK(d.sent().ends_with("\r\n.\r\nQUIT\r\n"));
  });
}

TEST_CASE("a connection that is closed at any octet of any reply is told by where it was") {
  at_every_step([](const way& steps, std::size_t i) {
    const std::string reply =
        std::string{steps[i].reply, 3} + "-first\r\n" + steps[i].reply + "\r\n";
    for (std::size_t octets = 0; octets < reply.size(); ++octets) {
      CAPTURE(octets);
      std::vector<std::string> turns = turns_before(steps, i);
      // The double would put an end to a line that has none.
      turns.push_back(reply.substr(0, octets));
      dialogue d = as_in(steps, turns);
      d.sends_as_it_is();
      d.closes_at_end();
      check_end(d.play(), octets == 0 ? errc::closed_before_reply : errc::closed_in_reply,
                steps[i].where);
    }
  });
}

TEST_CASE("CR and LF of every reply may come apart, or in the company of the next reply") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         "250-sender\r\n250 ok\r\n250 ok\r\n354-now\r\n354 go", message, "250 ok",
                         "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);  // the sweep cuts it at every octet
}
