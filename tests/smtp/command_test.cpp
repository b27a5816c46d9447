// SPDX-License-Identifier: BSL-1.0
// The commands, octet for octet, through rooms of every size (RFC 5321 4.1.1, 1870, 6152, 6531).
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <mailmote/sasl/login.hpp>
#include <mailmote/smtp/command.hpp>

using namespace mailmote;
using smtp::piece_writer;
using smtp::step;

namespace {

// What `put` writes when it gets `room` octets at a time.
template <class Put>
std::string written(std::size_t room, Put put) {
  std::string all;
  for (;;) {
    std::string buffer(room, '?');
    piece_writer out{buffer, all.size()};
    put(out);
    REQUIRE(out.written() <= room);
    CHECK((out.complete() || out.written() == room));  // no room is left unused
    all.append(buffer, 0, out.written());
    if (out.complete()) return all;
  }
}

template <class Put>
std::string command(Put put) {
  const std::string whole = written(1'000, put);
  for (std::size_t room = 1; room <= whole.size() + 1; ++room) CHECK(written(room, put) == whole);
  return whole;
}

const settings mote{.helo = "mote17.example.org"};

std::string mail(std::string_view from, const smtp::mail_parameters& with = {}) {
  return command([&](piece_writer& out) {
    smtp::put_command(out, step::mail, mote, {.from = from}, 0, with, {});
  });
}

std::string plain(step at, const settings& with = mote, const envelope& mail = {}) {
  return command([&](piece_writer& out) { smtp::put_command(out, at, with, mail, 0, {}, {}); });
}

}  // namespace

TEST_CASE("the client introduces itself") {
  CHECK(plain(step::ehlo) == "EHLO mote17.example.org");
  CHECK(plain(step::helo, {.helo = "[192.0.2.7]"}) == "HELO [192.0.2.7]");
}

TEST_CASE("a login is named") {
  sasl::login login{"tim", "tanstaaf"};
  CHECK(plain(step::auth, {.auth = &login}) == "AUTH LOGIN");
}

TEST_CASE("what needs no words is one word") {
  CHECK(plain(step::starttls) == "STARTTLS");
  CHECK(plain(step::rset) == "RSET");
  CHECK(plain(step::data) == "DATA");
  CHECK(plain(step::quit) == "QUIT");
  CHECK(plain(step::cancel) == "*");
}

TEST_CASE("a sender is named, or is nobody") {
  CHECK(mail("mote@example.org") == "MAIL FROM:<mote@example.org>");
  CHECK(mail("") == "MAIL FROM:<>");
}

TEST_CASE("a recipient is named") {
  CHECK(plain(step::rcpt, mote, {.to = "ops@example.org"}) == "RCPT TO:<ops@example.org>");
}

TEST_CASE("a sender is followed by what the mail needs, in one order") {
  CHECK(mail("a@b", {.size = 1'024}) == "MAIL FROM:<a@b> SIZE=1024");
  CHECK(mail("a@b", {.body = body_kind::eight_bit}) == "MAIL FROM:<a@b> BODY=8BITMIME");
  CHECK(mail("a@b", {.body = body_kind::binary}) == "MAIL FROM:<a@b> BODY=BINARYMIME");
  CHECK(mail("a@b", {.body = body_kind::unknown}) == "MAIL FROM:<a@b> BODY=8BITMIME");
  CHECK(mail("a@b", {.body = body_kind::seven_bit}) == "MAIL FROM:<a@b>");
  CHECK(mail("a@b", {.utf8 = true}) == "MAIL FROM:<a@b> SMTPUTF8");
  CHECK(mail("", {.size = 0, .body = body_kind::eight_bit, .utf8 = true}) ==
        "MAIL FROM:<> SIZE=0 BODY=8BITMIME SMTPUTF8");
}

TEST_CASE("a size of any number of digits is written in full") {
  const auto expected = [](std::size_t n) { return "MAIL FROM:<> SIZE=" + std::to_string(n); };
  constexpr std::size_t largest = smtp::size_not_said - 1;
  for (std::size_t size = 1; size < largest / 10; size *= 10) {
    for (const std::size_t n : {size - 1, size, size * 9}) {
      CHECK(mail("", {.size = n}) == expected(n));
    }
  }
  CHECK(mail("", {.size = largest}) == expected(largest));
}

TEST_CASE("an address of the greatest length goes through the smallest room") {
  const std::string longest(254, 'x');
  const auto put = [&](piece_writer& out) {
    smtp::put_command(out, step::rcpt, mote, {.to = longest}, 0, {}, {});
  };
  CHECK(written(1, put) == "RCPT TO:<" + longest + ">");
}

TEST_CASE("without room nothing is written, and the command is not complete") {
  piece_writer out{{}, 0};
  out.put("QUIT\r\n");
  CHECK(out.written() == 0);
  CHECK_FALSE(out.complete());
}
