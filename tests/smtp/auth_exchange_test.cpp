// SPDX-License-Identifier: BSL-1.0
// A login on its way through AUTH (RFC 4954 section 4).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/smtp/auth_exchange.hpp>

using namespace mailmote;
using smtp::auth_exchange;
using state = smtp::auth_exchange::state;

namespace {

// A login that says `response` to everything, first of all if `initial`, and pauses if `slow`.
struct parrot final : sasl::mechanism {
  errc check() const noexcept override { return errc::none; }
  errc select(sasl::offer) noexcept override { return errc::none; }
  sasl::kind selected() const noexcept override { return kind; }
  bool reveals_secret() const noexcept override { return reveals; }
  std::size_t initial_response() const noexcept override {
    return initial ? response.size() : sasl::no_initial_response;
  }
  void challenge(std::span<const char> octets) noexcept override {
    heard.append(octets.begin(), octets.end());
  }
  errc respond() noexcept override {
    said = 0;
    return verdict;
  }
  io_result read_some(std::span<char> out) noexcept override {
    if (slow && (ready = !ready)) return io_status::want_read;
    const std::size_t n = response.copy(out.data(), out.size(), said);
    said += n;
    return n > 0 ? io_result::moved(n) : end;
  }
  errc accept() noexcept override { return errc::none; }
  void forget() noexcept override {}

  sasl::kind kind = sasl::kind::scram_sha_256_plus;
  std::string response;
  bool initial = false;
  bool slow = false;
  bool reveals = true;
  errc verdict = errc::none;
  io_result end = io_status::closed;

  std::string heard;
  std::size_t said = 0;
  bool ready = false;
};

struct transcript_of_client final : transcript {
  void client_said(std::string_view octets) noexcept override { text += octets; }
  void server_said(std::string_view) noexcept override {}
  void encrypted() noexcept override {}
  std::string text;
};

// The next line of the exchange, in rooms of `room` octets; what AUTH itself says is not its own.
std::string line(auth_exchange& exchange, sasl::mechanism& login, std::size_t room = 1'000,
                 transcript* watcher = nullptr) {
  std::string all;
  while (exchange.now() < state::written) {
    exchange.resume();
    std::string buffer(room, '?');
    const std::size_t n = exchange.write(login, buffer, watcher);
    REQUIRE(n <= room);
    all.append(buffer, 0, n);
  }
  return all;
}

errc challenge(auth_exchange& exchange, sasl::mechanism& login, std::string_view text) {
  for (const char c : text) exchange.challenge(login, 334, c);
  return exchange.respond(login);
}

sasl::offer everything() {
  sasl::offer offered;
  for (std::size_t i = 0; !sasl::kind_names[i].empty(); ++i) offered.add(sasl::kind_names[i]);
  return offered;
}

template <class Login>
auth_exchange begun(Login& login) {
  CHECK(login.select(everything()) == errc::none);
  auth_exchange exchange;
  exchange.begin(login, {}, false);
  return exchange;
}

}  // namespace

TEST_CASE("PLAIN fits into one line") {
  sasl::plain login{"tim", "tanstaaftanstaaf"};
  auth_exchange exchange = begun(login);
  CHECK(exchange.carries_initial());
  CHECK(line(exchange, login) == "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
  CHECK(exchange.now() == state::written);
}

TEST_CASE("LOGIN answers the questions it is asked") {
  sasl::login login{"tim", "tanstaaf"};
  auth_exchange exchange = begun(login);
  CHECK_FALSE(exchange.carries_initial());
  CHECK(challenge(exchange, login, "VXNlcm5hbWU6") == errc::none);
  CHECK(line(exchange, login) == "dGlt\r\n");
  CHECK(challenge(exchange, login, "UGFzc3dvcmQ6") == errc::none);
  CHECK(line(exchange, login) == "dGFuc3RhYWY=\r\n");
  CHECK(challenge(exchange, login, "") == errc::bad_challenge);
}

TEST_CASE("a line is the same through a room of any size, and with a login that pauses") {
  for (const bool initial : {true, false}) {
    for (std::size_t length = 0; length <= 70; ++length) {
      CAPTURE(length);
      parrot login;
      login.initial = initial;
      login.response.assign(length, 'x');
      auth_exchange whole = begun(login);
      if (!initial) CHECK(challenge(whole, login, "") == errc::none);
      const std::string expected = line(whole, login);
      for (std::size_t room = auth_exchange::min_room; room <= 80; ++room) {
        login.slow = room % 2 == 0;
        login.said = 0;
        auth_exchange exchange = begun(login);
        if (!initial) REQUIRE(challenge(exchange, login, "") == errc::none);
        REQUIRE(line(exchange, login, room) == expected);
      }
    }
  }
}

TEST_CASE("an empty initial response is written as an equals sign") {
  parrot login;
  login.kind = sasl::kind::external;
  login.initial = true;
  auth_exchange exchange = begun(login);
  CHECK(exchange.carries_initial());
  CHECK(line(exchange, login) == "=\r\n");
}

TEST_CASE("an empty answer to a challenge is an empty line") {
  parrot login;
  login.kind = sasl::kind::external;
  auth_exchange exchange = begun(login);
  CHECK_FALSE(exchange.carries_initial());
  CHECK(challenge(exchange, login, "") == errc::none);
  CHECK(line(exchange, login) == "\r\n");
}

TEST_CASE("an initial response that makes the line longer than 512 octets waits to be asked for") {
  // AUTH, PLAIN, two spaces and CRLF leave 499 octets: 496 of base64, which hold 372.
  const std::string username = "tim";
  const std::string fits(372 - 2 - username.size(), 'x');
  sasl::plain shorter{username, fits};
  auth_exchange at_once = begun(shorter);
  CHECK(at_once.carries_initial());
  CHECK(line(at_once, shorter).size() == 496 + 2);

  const std::string too_long = fits + 'x';
  sasl::plain longer{username, too_long};
  auth_exchange in_two = begun(longer);
  CHECK_FALSE(in_two.carries_initial());
  CHECK(challenge(in_two, longer, "") == errc::none);
  CHECK(line(in_two, longer).size() == 500 + 2);
  CHECK(challenge(in_two, longer, "") == errc::bad_challenge);
}

TEST_CASE("a token of four kilobytes passes through a room of sixteen octets") {
  parrot login;
  login.kind = sasl::kind::xoauth2;
  login.initial = true;
  login.response.assign(4'096, 't');
  auth_exchange exchange = begun(login);
  CHECK_FALSE(exchange.carries_initial());
  CHECK(challenge(exchange, login, "") == errc::none);
  std::string expected;
  for (int i = 0; i < 4'095; i += 3) expected += "dHR0";
  CHECK(line(exchange, login, 16) == expected + "dA==\r\n");
}

TEST_CASE("a login hears the octets of a challenge and not their base64") {
  parrot login;
  auth_exchange exchange = begun(login);
  CHECK(challenge(exchange, login, "Zm9vYg==") == errc::none);
  CHECK(login.heard == "foob");
  CHECK(line(exchange, login) == "\r\n");
  CHECK(challenge(exchange, login, "Zm8=") == errc::none);
  CHECK(login.heard == "foobfo");
}

TEST_CASE("a challenge that is no base64 is told apart") {
  for (const std::string_view text : {"Username:", "Zg", "Zg=", "Zg==Zg==", "=", "Zm8= ", "\xFF"}) {
    CAPTURE(text);
    sasl::login login{"tim", "tanstaaf"};
    auth_exchange exchange = begun(login);
    CHECK(challenge(exchange, login, text) == errc::bad_challenge);
  }
}

TEST_CASE("a challenge that the login rejects is none that can be answered") {
  parrot login;
  login.verdict = errc::bad_challenge;
  login.response = "secret";
  auth_exchange exchange = begun(login);
  CHECK(challenge(exchange, login, "Zm8=") == errc::bad_challenge);
}

TEST_CASE("a refusal is the mechanism's until a secret or its proof has left, and 504 is always") {
  const auto check = [](const auth_exchange& exchange, bool may_be_too_weak) {
    CHECK(exchange.is_unavailable(504));
    CHECK(exchange.is_unavailable(534) == may_be_too_weak);
    CHECK(exchange.is_unavailable(538) == may_be_too_weak);
    for (const int code : {235, 334, 432, 454, 500, 501, 503, 530, 535}) {
      CHECK_FALSE(exchange.is_unavailable(static_cast<std::uint16_t>(code)));
    }
  };
  for (const bool reveals : {false, true}) {
    for (const std::size_t length : {10u, 400u}) {  // which is too long for AUTH's own line
      parrot login;
      login.reveals = reveals;
      login.initial = true;
      login.response.assign(length, 'x');
      auth_exchange exchange = begun(login);
      check(exchange, !reveals || length == 400);
      if (length == 400) CHECK(challenge(exchange, login, "") == errc::none);
      line(exchange, login);
      check(exchange, !reveals);
      CHECK(challenge(exchange, login, "Zm8=") == errc::none);
      line(exchange, login);
      check(exchange, false);
    }
    parrot asked;
    asked.reveals = reveals;
    auth_exchange exchange = begun(asked);
    check(exchange, true);
    CHECK(challenge(exchange, asked, "Zm8=") == errc::none);
    check(exchange, false);
    exchange.begin(asked, {}, false);  // another login
    check(exchange, true);
  }
}

TEST_CASE("what was read of a response does not stay in the room behind its base64") {
  for (std::size_t room = auth_exchange::min_room; room <= 80; ++room) {
    CAPTURE(room);
    parrot login;
    login.initial = true;
    login.response.assign(70, 'x');
    auth_exchange exchange = begun(login);
    while (exchange.now() < state::written) {
      std::string buffer(room, '?');
      const std::size_t n = exchange.write(login, buffer, nullptr);
      CHECK(buffer.substr(n) == std::string(room - n, '\0'));
    }
  }
}

TEST_CASE("a login that has more work to do is waited for") {
  parrot login;
  login.initial = true;
  login.slow = true;
  login.response = "secret";
  auth_exchange exchange = begun(login);
  std::string buffer(100, '?');
  const std::size_t n = exchange.write(login, buffer, nullptr);
  CHECK(n == 0);
  CHECK(exchange.now() == state::waiting);
  CHECK(exchange.write(login, buffer, nullptr) == 0);
  CHECK(line(exchange, login) == "c2VjcmV0\r\n");
}

TEST_CASE("a login that cannot go on does not complete its line") {
  parrot login;
  login.response = "secret";
  login.end = io_status::failed;
  auth_exchange exchange = begun(login);
  CHECK(challenge(exchange, login, "") == errc::none);
  CHECK(line(exchange, login) == "c2VjcmV0");
  CHECK(exchange.now() == state::failed);
}

TEST_CASE("no transcript shows a password, in clear or in base64, through a room of any size") {
  for (std::size_t room = auth_exchange::min_room; room <= 64; ++room) {
    CAPTURE(room);
    transcript_of_client seen;
    sasl::plain plain{"tim", "tanstaaftanstaaf"};
    auth_exchange exchange = begun(plain);
    line(exchange, plain, room, &seen);
    CHECK(seen.text == "****\r\n");

    seen.text.clear();
    sasl::login login{"tim", "tanstaaf"};
    exchange = begun(login);
    for (int question = 0; question < 2; ++question) {
      CHECK(challenge(exchange, login, "") == errc::none);
      line(exchange, login, room, &seen);
    }
    CHECK(seen.text == "****\r\n****\r\n");
  }
}

TEST_CASE("no transcript claims that something is hidden where nothing was said") {
  transcript_of_client seen;
  parrot login;
  login.kind = sasl::kind::external;
  auth_exchange exchange = begun(login);
  for (const std::string response : {"secret", ""}) {
    login.response = response;
    CHECK(challenge(exchange, login, "") == errc::none);
    line(exchange, login, 64, &seen);
  }
  CHECK(seen.text == "****\r\n\r\n");
}

TEST_CASE("a mask tells nothing about the length of what it hides") {
  for (std::size_t length = 1; length <= 300; ++length) {
    const std::string password(length, 'x');
    transcript_of_client seen;
    sasl::plain login{"tim", password};
    auth_exchange exchange = begun(login);
    line(exchange, login, 64, &seen);
    CHECK(seen.text == "****\r\n");
  }
}
