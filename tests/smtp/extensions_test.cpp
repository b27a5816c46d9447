// SPDX-License-Identifier: BSL-1.0
// Every combination of what a server may offer, with mails that need this or that of it: what is
// said is right, or the error is.
#include <doctest/doctest.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/smtp/dsn.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

// One bit each.
enum : unsigned {
  pipelining = 1,
  chunking = 2,
  size = 4,
  eight_bit_mime = 8,
  smtputf8 = 16,
  has_dsn = 32
};
constexpr unsigned combinations = 64;
constexpr const char* keywords[] = {"PIPELINING", "CHUNKING", "SIZE 1000",
                                    "8BITMIME",   "SMTPUTF8", "DSN"};

std::string offer(unsigned offered) {
  std::string reply = "250-mx\r\n";
  for (unsigned i = 0; i < 6; ++i) {
    if ((offered >> i & 1u) != 0) reply += "250-" + std::string{keywords[i]} + "\r\n";
  }
  return reply + "250 HELP";
}

// What a mail wants to say, where it may, and what it cannot do without.
struct wanted {
  std::string_view to = "ops@example.org";
  const dsn* report = nullptr;
  unsigned needed = 0;
  bool says_dsn = false;
  std::string_view text = "Subject: hot\r\n\r\n84 C\r\n";

  bool is_eight_bit() const { return (needed & eight_bit_mime) != 0; }
};

const dsn certain{{.notify = dsn_notify::success, .returns = dsn_return::headers}};
const dsn welcome{
    {.notify = dsn_notify::success, .returns = dsn_return::headers, .optional = true}};
constexpr std::string_view degrees = "Subject: hot\r\n\r\n84 \xB0\r\n";
constexpr std::string_view abroad = "\xC3\xB6ps@example.org";

const wanted mails[] = {
    {},
    {.report = &certain, .needed = has_dsn, .says_dsn = true},
    {.report = &welcome, .says_dsn = true},
    {.to = abroad, .needed = smtputf8},
    {.to = abroad, .report = &certain, .needed = smtputf8 | has_dsn, .says_dsn = true},
    {.needed = eight_bit_mime, .text = degrees},
    {.to = abroad, .needed = smtputf8 | eight_bit_mime, .text = degrees},
};

std::string mail_line(unsigned offered, const wanted& mail) {
  std::string line = "MAIL FROM:<mote@example.org>";
  if ((offered & size) != 0) line += " SIZE=22";
  if (mail.is_eight_bit()) line += " BODY=8BITMIME";
  if (mail.to == abroad) line += " SMTPUTF8";
  if (mail.says_dsn && (offered & has_dsn) != 0) line += " RET=HDRS";
  return line;
}

std::string rcpt_line(unsigned offered, const wanted& mail) {
  std::string line = "RCPT TO:<" + std::string{mail.to} + ">";
  if (mail.says_dsn && (offered & has_dsn) != 0) line += " NOTIFY=SUCCESS";
  return line;
}

// The dialogue that there must be, turn by turn.
std::vector<std::string> turns(unsigned offered, const wanted& mail) {
  std::vector<std::string> all{"220 mx", "EHLO mote", offer(offered)};
  const auto say = [&](std::string client, std::string server) {
    all.push_back(std::move(client));
    all.push_back(std::move(server));
  };
  if ((offered & mail.needed) == mail.needed) {
    const std::string from = mail_line(offered, mail);
    const std::string to = rcpt_line(offered, mail);
    if ((offered & pipelining) != 0) {
      say(from + "\r\n" + to + "\r\nDATA", accepted_flight);
    } else {
      say(from, "250 ok");
      say(to, "250 ok");
      say("DATA", "354 go");
    }
    say(std::string{mail.text} + ".", "250 taken");
  }
  say("QUIT", "221 bye");
  return all;
}

errc expected_error(unsigned offered, const wanted& mail) {
  const unsigned missing = mail.needed & ~offered;
  if ((missing & smtputf8) != 0) return errc::smtputf8_needed;
  if ((missing & has_dsn) != 0) return errc::extension_missing;
  return (missing & eight_bit_mime) != 0 ? errc::eight_bit_needed : errc::none;
}

void hold(const outcome& o, unsigned offered, const wanted& mail) {
  const errc error = expected_error(offered, mail);
  CHECK(o.error == error);
  CHECK(o.fate == (error == errc::none ? fate::delivered : fate::not_delivered));
  CHECK(o.missing == (error == errc::extension_missing ? "DSN" : ""));
}

// All that the client says of a dialogue.
std::string said_in(const std::vector<std::string>& turns) {
  std::string all;
  for (std::size_t i = 1; i < turns.size(); i += 2) all += turns[i] + "\r\n";
  return all;
}

}  // namespace

TEST_CASE("whatever a server offers, a mail says what may be said, or ends before MAIL") {
  for (unsigned offered = 0; offered < combinations; ++offered) {
    for (const wanted& mail : mails) {
      const std::vector<std::string> expected = turns(offered, mail);
      dialogue d = in_clear(expected);
      d.mail().to = mail.to;
      d.body(mail.text);
      d.mail().parameters = mail.report;
      CAPTURE(offer(offered));
      CAPTURE(mail.to);
      for (const std::size_t chunk : {std::size_t{1'000}, std::size_t{7}, std::size_t{1}}) {
        hold(d.play({.chunk = chunk, .small_buffers = chunk < 7}), offered, mail);
        CHECK(d.sent() == said_in(expected));
      }
    }
  }
}

TEST_CASE("so it is over every link, and with every fault") {
  for (unsigned offered = 0; offered < combinations; ++offered) {
    const wanted& mail = mails[offered % std::size(mails)];
    dialogue d = in_clear(turns(offered, mail));
    d.mail().to = mail.to;
    d.body(mail.text);
    d.mail().parameters = mail.report;
    CAPTURE(offer(offered));
    hold(d.run(), offered, mail);
  }
}

TEST_CASE("with `.pipelining` off, every combination is the one without PIPELINING") {
  for (unsigned offered = 0; offered < combinations; ++offered) {
    for (const wanted& mail : mails) {
      std::vector<std::string> expected = turns(offered & ~pipelining, mail);
      expected[2] = offer(offered);
      dialogue d = in_clear(expected);
      d.settings().pipelining = false;
      d.mail().to = mail.to;
      d.body(mail.text);
      d.mail().parameters = mail.report;
      hold(d.play(), offered, mail);
      CHECK(d.sent() == said_in(expected));
    }
  }
}
