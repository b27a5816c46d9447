// SPDX-License-Identifier: BSL-1.0
// The commands, octet for octet, through rooms of every size (RFC 5321 4.1.1, 1870, 6152, 6531).
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <mailmote/smtp/command.hpp>

using namespace mailmote;
using smtp::piece_writer;

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

std::string mail(std::string_view from, const smtp::mail_parameters& with = {}) {
  return command([&](piece_writer& out) { smtp::put_mail(out, from, with); });
}

}  // namespace

TEST_CASE("the client introduces itself") {
  CHECK(command([](piece_writer& out) { smtp::put_hello(out, "EHLO", "mote17.example.org"); }) ==
        "EHLO mote17.example.org\r\n");
  CHECK(command([](piece_writer& out) { smtp::put_hello(out, "HELO", "[192.0.2.7]"); }) ==
        "HELO [192.0.2.7]\r\n");
}

TEST_CASE("a sender is named, or is nobody") {
  CHECK(mail("mote@example.org") == "MAIL FROM:<mote@example.org>\r\n");
  CHECK(mail("") == "MAIL FROM:<>\r\n");
}

TEST_CASE("a recipient is named") {
  CHECK(command([](piece_writer& out) { smtp::put_rcpt(out, "ops@example.org"); }) ==
        "RCPT TO:<ops@example.org>\r\n");
}

TEST_CASE("a sender is followed by what the mail needs, in one order") {
  CHECK(mail("a@b", {.size = 1'024}) == "MAIL FROM:<a@b> SIZE=1024\r\n");
  CHECK(mail("a@b", {.eight_bit = true}) == "MAIL FROM:<a@b> BODY=8BITMIME\r\n");
  CHECK(mail("a@b", {.utf8 = true}) == "MAIL FROM:<a@b> SMTPUTF8\r\n");
  CHECK(mail("", {.size = 0, .eight_bit = true, .utf8 = true}) ==
        "MAIL FROM:<> SIZE=0 BODY=8BITMIME SMTPUTF8\r\n");
}

TEST_CASE("a size of any number of digits is written in full, or not at all on a 32-bit machine") {
  const auto expected = [](std::uint64_t n) {
    const bool is_countable = n <= std::numeric_limits<std::size_t>::max();
    return is_countable ? "MAIL FROM:<> SIZE=" + std::to_string(n) + "\r\n" : "MAIL FROM:<>\r\n";
  };
  for (std::uint64_t size = 1; size < 10'000'000'000'000'000'000u; size *= 10) {
    for (const std::uint64_t n : {size - 1, size, size * 9}) {
      CHECK(mail("", {.size = n}) == expected(n));
    }
    if (size > 1'000'000'000'000'000'000u) break;
  }
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max() - 1;
  CHECK(mail("", {.size = largest}) == expected(largest));
}

TEST_CASE("an address of the greatest length goes through the smallest room") {
  const std::string longest(254, 'x');
  const auto put = [&](piece_writer& out) { smtp::put_rcpt(out, longest); };
  CHECK(written(1, put) == "RCPT TO:<" + longest + ">\r\n");
}

TEST_CASE("without room nothing is written, and the command is not complete") {
  piece_writer out{{}, 0};
  out.put("QUIT\r\n");
  CHECK(out.written() == 0);
  CHECK_FALSE(out.complete());
}
