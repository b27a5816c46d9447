// SPDX-License-Identifier: BSL-1.0
// dialogue.cpp: how a dialogue is played, and swept.
#include "dialogue.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <set>
#include <tuple>
#include <utility>

namespace mailmote::test {

namespace {

constexpr std::size_t max_rounds = 2'000'000;

using triple = std::tuple<std::string, std::size_t, bool, link::fault, std::size_t>;

struct triple_log {
  std::set<std::pair<std::size_t, std::tuple<std::size_t, bool, link::fault, std::size_t>>> seen;
  ~triple_log() {
    std::printf("sweep: %zu distinct (dialogue, chunking, failing operation) triples\n",
                seen.size());
  }
};

triple_log& played() {
  static triple_log log;
  return log;
}

std::string as_sent(const std::string& turn) {
  const bool raw = turn.empty() || turn.starts_with('<') || turn.ends_with('\n');
  return raw ? turn : turn + "\r\n";
}

}  // namespace

// ---- the link ------------------------------------------------------------------------------

scripted_stream::scripted_stream(std::vector<std::string> turns, link over)
    : turns_{std::move(turns)}, over_{over} {
  release();
}

// Hands out the server's next turn once the client's is complete.
void scripted_stream::release() {
  while (turn_ < turns_.size()) {
    const std::string octets = as_sent(turns_[turn_]);
    if (turn_ % 2 == 0) {
      to_read_ += octets;
    } else if (sent_.size() - matched_ >= octets.size() &&
               sent_.compare(matched_, octets.size(), octets) == 0) {
      matched_ += octets.size();
    } else {
      return;
    }
    ++turn_;
  }
}

bool scripted_stream::broken() {
  ++calls_;
  return over_.kind != link::fault::none && calls_ > over_.at;
}

io_result scripted_stream::read_some(std::span<char> in) noexcept {
  if (broken()) {
    if (over_.kind == link::fault::stalls) return io_status::want_read;
    return over_.kind == link::fault::fails ? io_status::failed : io_status::closed;
  }
  if (read_ == to_read_.size()) {
    const bool over = closes_at_end && turn_ >= turns_.size();
    return over ? io_status::closed : io_status::want_read;
  }
  if (over_.wants_between && !std::exchange(read_wanted_, !read_wanted_)) {
    return io_status::want_read;
  }
  const std::size_t n = std::min({in.size(), to_read_.size() - read_, over_.chunk});
  to_read_.copy(in.data(), n, read_);
  read_ += n;
  moved_ += n;
  return io_result::moved(n);
}

io_result scripted_stream::write_some(std::span<const char> out) noexcept {
  if (broken()) {
    return over_.kind == link::fault::stalls ? io_status::want_write : io_status::failed;
  }
  if (over_.wants_between && !std::exchange(write_wanted_, !write_wanted_)) {
    return io_status::want_write;
  }
  const std::size_t n = std::min(out.size(), over_.chunk);
  sent_.append(out.data(), n);
  moved_ += n;
  release();
  return io_result::moved(n);
}

// ---- the stand-in for TLS ------------------------------------------------------------------

errc token_tls::bind(scripted_stream& lower, std::string_view) noexcept {
  *this = {};
  lower_ = &lower;
  return errc::none;
}

io_status token_tls::handshake() noexcept {
  constexpr std::string_view token = "<TLS>";
  while (written_ < token.size()) {
    const auto rest = token.substr(written_);
    const io_result result = lower_->write_some({rest.data(), rest.size()});
    if (!result.ok()) {
      error_ = errc::stream_failed;
      return result.status();
    }
    written_ += result.count();
  }
  while (read_ < token.size()) {
    char c = 0;
    const io_result result = lower_->read_some({&c, 1});
    if (!result.ok()) {
      error_ = result.status() == io_status::closed ? errc::tls_truncated : errc::stream_failed;
      return result.status();
    }
    if (c != token[read_++]) {
      error_ = errc::tls_not_tls;
      return io_status::failed;
    }
  }
  safe_ = true;
  return io_status::ok;
}

// ---- the dialogue --------------------------------------------------------------------------

outcome dialogue::play(link over) {
  std::string id;
  for (const std::string& turn : turns_) id += turn + '\0';
  id += body_;
  id += std::to_string(static_cast<int>(settings_.security)) + mail_.from.data();
  played().seen.insert(
      {std::hash<std::string>{}(id), {over.chunk, over.wants_between, over.kind, over.at}});

  scripted_stream stream{turns_, over};
  stream.closes_at_end = closes_at_end_;
  token_tls tls;
  client_type smtp{stream, tls, settings_};
  text_source text{body_};
  body_source& body = source_ ? source_() : text;

  outcome result;
  std::uint64_t now = 0xFFFF'0000;  // the clock wraps on the way
  const std::uint64_t begin = now;
  if (const errc refused = smtp.send(mail_, body); refused != errc::none) {
    result.error = refused;
  } else {
    std::size_t rounds = 0;
    std::size_t idle_rounds = 0;
    std::size_t finished = 0;
    status s = status::working;
    while (s == status::working || act_) {
      if (act_) act_(smtp, rounds);
      const std::size_t before = stream.moved();
      s = smtp.poll(static_cast<milliseconds>(now));
      if (s == status::finished) {
        ++finished;
        result = smtp.result();
        if (!act_) break;
      }
      if (s == status::idle) break;
      idle_rounds = stream.moved() == before ? idle_rounds + 1 : 0;
      if (idle_rounds > 2) {
        const milliseconds rest = smtp.next_timeout(static_cast<milliseconds>(now));
        now += rest == no_timeout ? 0 : rest;
      }
      if (++rounds == max_rounds) break;
    }
    REQUIRE_MESSAGE(rounds < max_rounds, "the dialogue has no end");
    REQUIRE(finished >= 1);
    CHECK(smtp.poll(static_cast<milliseconds>(now)) == status::idle);  // finished is said once
  }
  server_text_ = result.server_text;
  result.server_text = server_text_;
  sent_ = stream.sent();
  calls_ = stream.calls();
  closed_ = stream.is_closed();
  elapsed_ = now - begin;
  return result;
}

outcome dialogue::run() {
  outcome whole = play();
  const std::string wire = sent_;
  const std::string text = server_text_;
  sweep(whole, wire, true);
  sent_ = wire;
  server_text_ = text;
  whole.server_text = server_text_;
  return whole;
}

outcome dialogue::run_out_of_turn() {
  outcome whole = play();
  const std::string wire = sent_;
  const std::string text = server_text_;
  sweep(whole, wire, false);
  sent_ = wire;
  server_text_ = text;
  whole.server_text = server_text_;
  return whole;
}

void dialogue::sweep(const outcome& whole, const std::string& wire, bool same_wire) {
  for (const std::size_t chunk : {std::size_t{100'000}, std::size_t{7}, std::size_t{1}}) {
    for (const bool wants_between : {false, true}) {
      link over{.chunk = chunk, .wants_between = wants_between};
      const outcome got = play(over);
      CAPTURE(chunk);
      CAPTURE(wants_between);
      CHECK(got.fate == whole.fate);
      if (same_wire) {
        CHECK(sent_ == wire);
        CHECK(got.error == whole.error);
        CHECK(got.phase == whole.phase);
        CHECK(got.code == whole.code);
        CHECK(got.accepted == whole.accepted);
        CHECK(got.refused == whole.refused);
        CHECK(got.retry == whole.retry);
      }
      const std::size_t calls = calls_;
      const std::string reached = sent_;
      for (const auto kind : {link::fault::fails, link::fault::closes, link::fault::stalls}) {
        over.kind = kind;
        // Until a run does not meet its fault any more.
        for (over.at = 0; over.at < calls; ++over.at) {
          const outcome failed = play(over);
          CAPTURE(over.at);
          CAPTURE(static_cast<int>(kind));
          check_clean_end(failed, whole, reached);
        }
      }
    }
  }
}

// A link that broke on the way: nothing was sent that would not have been, but for a goodbye, and
// the fate is what the octets that got through allow.
void dialogue::check_clean_end(const outcome& got, const outcome& whole, const std::string& wire) {
  const std::string goodbye = "QUIT\r\n";
  std::string_view sent = sent_;
  if (!wire.starts_with(sent) && sent.ends_with(goodbye)) sent.remove_suffix(goodbye.size());
  CHECK(wire.starts_with(sent));
  CHECK(closed_);
  const bool message_left = [&] {
    const std::size_t data = sent_.rfind("DATA\r\n");
    if (data == std::string::npos) return false;
    const std::string_view message = std::string_view{sent_}.substr(data + 6);
    return message.starts_with(".\r\n") || message.find("\r\n.\r\n") != std::string_view::npos;
  }();
  if (!message_left) CHECK(got.fate == fate::not_delivered);
  if (got.fate == fate::delivered) CHECK(whole.fate == fate::delivered);
  if (got.fate != fate::delivered) CHECK(got.error != errc::none);
  if (got.fate == fate::unknown) CHECK(got.retry == retry::no);
}

std::size_t dialogue::triples() { return played().seen.size(); }

}  // namespace mailmote::test
