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

struct triple_log {
  std::set<std::tuple<std::size_t, std::size_t, bool, bool, link::fault, std::size_t>> seen;
  ~triple_log() {
    std::printf("sweep: %zu distinct (dialogue, chunking, failing operation) triples\n",
                seen.size());
  }
};

triple_log& played() {
  static triple_log log;
  return log;
}

// Whether two wires are the same, but for how much of a goodbye is at the end of the shorter.
bool differs_by_goodbye(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  constexpr std::string_view goodbye = "QUIT\r\n";
  return b.starts_with(a) &&
         (a == b || (b.ends_with(goodbye) && b.size() - a.size() <= goodbye.size()));
}

// Whether the last message that was begun on this wire is complete.
bool message_left(const std::string& wire) {
  const std::size_t data = wire.rfind("DATA\r\n");
  const std::size_t chunk = wire.rfind(" LAST\r\n");
  if (chunk != std::string::npos) {
    const std::size_t size = std::stoul(wire.substr(wire.rfind("BDAT ", chunk) + 5));
    return wire.size() - (chunk + 7) >= size;
  }
  if (data == std::string::npos) return false;
  const std::string_view text = std::string_view{wire}.substr(data + 6);
  return text.starts_with(".\r\n") || text.find("\r\n.\r\n") != std::string_view::npos;
}

std::string as_sent(const std::string& turn) {
  const bool raw = turn.empty() || turn.starts_with('<') || turn.ends_with('\n');
  return raw ? turn : turn + "\r\n";
}

}  // namespace

// ---- the link ------------------------------------------------------------------------------

scripted_stream::scripted_stream(std::vector<std::string> turns, link over, bool as_it_is)
    : turns_{std::move(turns)}, over_{over}, as_it_is_{as_it_is} {
  release();
}

// Hands out the server's next turn once the client's is complete.
void scripted_stream::release() {
  while (turn_ < turns_.size()) {
    const bool raw = as_it_is_ && turn_ + 1 == turns_.size();
    const std::string octets = raw ? turns_[turn_] : as_sent(turns_[turn_]);
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

template <buffer_sizes Sizes>
class sized_caller final : public caller {
 public:
  sized_caller(scripted_stream& stream, token_tls& tls, const settings& with)
      : client_{stream, tls, with} {}
  errc send(const envelope& mail, body_source& body) override { return client_.send(mail, body); }
  errc keep_alive() override { return client_.keep_alive(); }
  errc quit() override { return client_.quit(); }
  void cancel() override { client_.cancel(); }
  void start() override { client_.start(); }
  status poll(milliseconds now) override { return client_.poll(now); }
  interest wants() const override { return client_.wants(); }
  milliseconds next_timeout(milliseconds now) const override { return client_.next_timeout(now); }
  outcome result() const override { return client_.result(); }
  bool idle() const override { return client_.idle(); }
  bool is_open() const override { return client_.is_open(); }

 private:
  client<scripted_stream, token_tls, Sizes> client_;
};

// What makes one dialogue another.
std::size_t dialogue::id() const {
  std::string all;
  for (const std::string& turn : turns_) all += turn + '\0';
  all += body_;
  all += mail_.from;
  const int choices[] = {settings_.chunking,
                         settings_.pipeline_auth,
                         static_cast<int>(settings_.eager_body),
                         static_cast<int>(settings_.security),
                         static_cast<int>(settings_.cleartext_auth),
                         static_cast<int>(mail_.deliver_if),
                         static_cast<int>(mail_.then),
                         settings_.pipelining ? 1 : 0,
                         static_cast<int>(mail_.to.size())};
  for (const int choice : choices) all += std::to_string(choice) + ' ';
  return std::hash<std::string>{}(all);
}

// Polls until there is an end, and lets time pass when nothing moves.
outcome dialogue::converse(caller& smtp, scripted_stream& stream, std::uint64_t& now) {
  outcome result;
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
      closed_ = stream.is_closed();
    }
    if (s == status::idle || (s == status::finished && !act_)) break;
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
  return result;
}

std::string_view dialogue::shown_secret() const {
  const std::string_view by_client = secrets_.shown_in(shown_.client);
  return by_client.empty() ? secrets_.shown_in(shown_.server) : by_client;
}

outcome dialogue::play(link over) {
  played().seen.insert(
      {id(), over.chunk, over.wants_between, over.small_buffers, over.kind, over.at});

  scripted_stream stream{turns_, over, as_it_is_};
  stream.closes_at_end = closes_at_end_;
  token_tls tls;
  shown_ = {};
  mailmote::settings watched = settings_;
  REQUIRE(watched.transcript == nullptr);
  watched.transcript = &shown_;
  sized_caller<buffer_sizes{}> usual{stream, tls, watched};
  sized_caller<buffer_sizes{.out = 64, .in = 1}> small{stream, tls, watched};
  caller& smtp = over.small_buffers ? static_cast<caller&>(small) : usual;
  text_source text{body_};
  body_source& body = source_ ? source_() : text;

  outcome result;
  std::uint64_t now = 0xFFFF'0000;  // the clock wraps on the way
  const std::uint64_t begin = now;
  result.error = smtp.send(mail_, body);
  if (result.error == errc::none) result = converse(smtp, stream, now);
  server_text_ = result.server_text;
  result.server_text = server_text_;
  login_text_ = result.login_text;
  result.login_text = login_text_;
  sent_ = stream.sent();
  calls_ = stream.calls();
  elapsed_ = now - begin;
  CHECK(shown_secret() == "");
  return result;
}

outcome dialogue::run() {
  outcome whole = play();
  const std::string wire = sent_;
  const std::string text = server_text_;
  const std::string login_text = login_text_;
  whole.login_text = login_text;
  sweep(whole, wire, true);
  sent_ = wire;
  server_text_ = text;
  whole.server_text = server_text_;
  login_text_ = login_text;
  whole.login_text = login_text_;
  return whole;
}

outcome dialogue::run_out_of_turn() {
  outcome whole = play();
  const std::string wire = sent_;
  const std::string text = server_text_;
  const std::string login_text = login_text_;
  whole.login_text = login_text;
  sweep(whole, wire, false);
  sent_ = wire;
  server_text_ = text;
  whole.server_text = server_text_;
  login_text_ = login_text;
  whole.login_text = login_text_;
  return whole;
}

void dialogue::sweep(const outcome& whole, const std::string& wire, bool same_wire) {
  for (const std::size_t chunk : {std::size_t{100'000}, std::size_t{7}, std::size_t{1}}) {
    for (const bool wants_between : {false, true}) {
      CAPTURE(chunk);
      CAPTURE(wants_between);
      link over{.chunk = chunk, .wants_between = wants_between, .small_buffers = true};
      check_same(play(over), whole, wire, same_wire);
      over.small_buffers = false;
      check_same(play(over), whole, wire, same_wire);
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

void dialogue::check_same(const outcome& got, const outcome& whole, const std::string& wire,
                          bool same_wire) {
  // What comes ahead of its time over a link that hides it until its time is no longer ahead of it.
  if (!same_wire && sent_.find("\r\n.\r\n") != std::string::npos) return;
  CHECK(got.fate == whole.fate);
  if (!same_wire) return;
  // QUIT goes with the message, and stops where its connection ends by the reply to that.
  if (whole.error != errc::none && sent_.find("\r\n.\r\n") != std::string::npos) {
    CHECK(differs_by_goodbye(sent_, wire));
  } else {
    CHECK(sent_ == wire);
  }
  CHECK(got.error == whole.error);
  CHECK(got.phase == whole.phase);
  CHECK(got.code == whole.code);
  CHECK(got.accepted == whole.accepted);
  CHECK(got.refused == whole.refused);
  CHECK(got.retry == whole.retry);
  CHECK(got.mechanism == whole.mechanism);
  CHECK(got.login_text == whole.login_text);
}

// A link that broke on the way: nothing was sent that would not have been, but for a goodbye, and
// the fate is what the octets that got through allow.
void dialogue::check_clean_end(const outcome& got, const outcome& whole, const std::string& wire) {
  const std::string goodbye = "QUIT\r\n";
  std::string_view sent = sent_;
  if (!wire.starts_with(sent) && sent.ends_with(goodbye)) sent.remove_suffix(goodbye.size());
  CHECK(wire.starts_with(sent));
  CHECK(closed_);  // already when it is said to be finished
  if (!message_left(sent_)) CHECK(got.fate == fate::not_delivered);
  if (got.fate == fate::delivered) CHECK(whole.fate == fate::delivered);
  if (got.fate != fate::delivered) CHECK(got.error != errc::none);
  if (got.fate == fate::unknown) CHECK(got.retry == retry::no);
}

dialogue in_clear(std::vector<std::string> turns) {
  dialogue d{std::move(turns)};
  d.settings().security = security::cleartext;
  return d;
}

std::size_t dialogue::triples() { return played().seen.size(); }

}  // namespace mailmote::test
