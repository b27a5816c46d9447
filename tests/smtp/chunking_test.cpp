// SPDX-License-Identifier: BSL-1.0
// Messages as BDAT chunks (RFC 3030), and the flights that they make shorter.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/mailmote.hpp>

#include "../support/dialogue.hpp"
#include "../support/live_server.hpp"

using namespace mailmote;
using namespace mailmote::test;

namespace {

constexpr const char* offers = "250-mx\r\n250-PIPELINING\r\n250 CHUNKING";
constexpr const char* chunk = "BDAT 22 LAST\r\nSubject: hot\r\n\r\n84 C\r\n";
const std::string mail_flight = "MAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>";
const std::string one_flight = mail_flight + "\r\n" + chunk + "QUIT";

dialogue chunked(std::vector<std::string> turns) {
  dialogue d = in_clear(std::move(turns));
  d.settings().chunking = true;
  return d;
}

// A text whose length is known only at its end, in pieces of `at_once`; it may lie about it.
struct odd_source final : body_source {
  explicit odd_source(std::string octets, std::uint64_t says = unknown_length, std::size_t most = 7)
      : text{std::move(octets)}, said{says}, at_once{most} {}
  errc begin(body_limits) noexcept override {
    read = 0;
    return errc::none;
  }
  std::uint64_t length() const noexcept override { return said; }
  io_result read_some(std::span<char> out) noexcept override {
    ready = !ready;
    if (!ready) return io_status::want_read;
    const std::size_t n = std::min({at_once, text.size() - read, out.size()});
    if (n == 0) return io_status::closed;
    text.copy(out.data(), n, read);
    read += n;
    return io_result::moved(n);
  }
  std::string text;
  std::uint64_t said;
  std::size_t at_once;
  std::size_t read = 0;
  bool ready = true;
};

// Sends `mail` to `server`, turn by turn, with the smallest buffers there may be.
outcome converse(live_server& server, const settings& with, const envelope& mail, body_source& body,
                 std::size_t link_holds = 100'000) {
  live_link over{server, link_holds};
  no_tls tls;
  client<live_link, no_tls, buffer_sizes{.out = 64, .in = 16}> smtp{over, tls, with};
  REQUIRE(smtp.send(mail, body) == errc::none);
  for (std::size_t rounds = 0; rounds < 1'000'000; ++rounds) {
    const status s = smtp.poll(0);
    if (s == status::finished) return smtp.result();
    (void)over.turn();
  }
  FAIL("the dialogue has no end");
  return {};
}

settings chunking_in_clear() {
  return {.helo = "mote", .security = security::cleartext, .chunking = true};
}

constexpr const char* live_offers = "250-mx\r\n250-PIPELINING\r\n250 CHUNKING";

}  // namespace

TEST_CASE("with CHUNKING and PIPELINING a mail is one flight, from MAIL to QUIT") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers, one_flight,
                        "250 ok\r\n250 ok\r\n250 2.0.0 queued as 17\r\n221 bye"});
  const outcome o = d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.error == errc::none);
  CHECK(o.server_text == "2.0.0 queued as 17");
  CHECK(o.accepted == 1);
}

TEST_CASE(
    "CHUNKING that is offered is not used unless it was asked for, nor one that is not offered") {
  dialogue d = in_clear({"220 mx", "EHLO mote", offers, envelope_flight, accepted_flight, message,
                         "250 ok", "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);
  dialogue asked = chunked({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                            accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  CHECK(asked.run().fate == fate::delivered);
}

TEST_CASE("without PIPELINING every command and the chunk wait for the reply before them") {
  dialogue d = chunked({"220 mx", "EHLO mote", "250-mx\r\n250 CHUNKING",
                        "MAIL FROM:<mote@example.org>", "250 ok", "RCPT TO:<ops@example.org>",
                        "250 ok", chunk, "250 ok", "QUIT", "221 bye"});
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a large chunk, and one that must reach all, wait for the replies to RCPT") {
  const std::vector<std::string> turns{
      "220 mx",           "EHLO mote",        offers,
      mail_flight,        "250 ok\r\n250 ok", std::string{chunk} + "QUIT",
      "250 ok\r\n221 bye"};
  dialogue large = chunked(turns);
  large.settings().eager_body = 21;
  CHECK(large.run().fate == fate::delivered);
  dialogue all = chunked(turns);
  all.mail().deliver_if = recipients::all;
  CHECK(all.run().fate == fate::delivered);
}

TEST_CASE("where nobody is left before the chunk was begun, there is no chunk") {
  dialogue d = chunked(
      {"220 mx", "EHLO mote", offers, mail_flight, "250 ok\r\n550 5.1.1 who", "QUIT", "221 bye"});
  d.settings().eager_body = 0;
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::recipients_refused);
  CHECK(o.code == 550);
}

TEST_CASE("an empty mail is an empty chunk") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers, mail_flight + "\r\nBDAT 0 LAST\r\nQUIT",
                        "250 ok\r\n250 ok\r\n250 ok\r\n221 bye"});
  d.body("");
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a chunk is what the source gives: no dot is stuffed, and no line added") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers,
                        mail_flight + "\r\nBDAT 13 LAST\r\n.\r\n..\r\nQUIT\r\nQUIT",
                        "250 ok\r\n250 ok\r\n250 ok\r\n221 bye"});
  d.body(".\n..\nQUIT");
  d.source([]() -> body_source& {
    static text_source text{".\n..\nQUIT"};
    return text;
  });
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a text of unknown length is one chunk too where the buffer holds it") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers, mail_flight, "250 ok\r\n250 ok", chunk,
                        "250 ok", "QUIT", "221 bye"});
  odd_source source{"Subject: hot\r\n\r\n84 C\r\n"};
  d.source([&]() -> body_source& { return source; });
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a long text of unknown length goes out in chunks as large as the buffer") {
  constexpr std::size_t capacity = 64 - (sizeof "BDAT 64 LAST\r\n" - 1);
  for (const bool pipelining : {true, false}) {
    for (const std::size_t size : {capacity * 20 + 1, capacity * 5, capacity, std::size_t{1}}) {
      CAPTURE(pipelining);
      CAPTURE(size);
      std::string text;
      while (text.size() < size) text += static_cast<char>('a' + text.size() % 26);
      for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
        odd_source source{text, unknown_length, at_once};
        live_server server{pipelining ? live_offers : "250-mx\r\n250 CHUNKING"};
        const outcome o = converse(server, chunking_in_clear(),
                                   {.from = "mote@example.org", .to = "ops@example.org"}, source);
        CHECK(o.fate == fate::delivered);
        REQUIRE(server.mails().size() == 1);
        CHECK(server.mails()[0].text == text);
        std::vector<std::string> chunks;
        for (const std::string& command : server.commands()) {
          if (command.starts_with("BDAT")) chunks.push_back(command);
        }
        REQUIRE(chunks.size() == size / capacity + 1);
        for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
          CHECK(chunks[i] == "BDAT " + std::to_string(capacity));
        }
        CHECK(chunks.back() == "BDAT " + std::to_string(size % capacity) + " LAST");
      }
    }
  }
}

TEST_CASE("a chunk that is refused ends the mail, and with QUIT the connection") {
  for (const bool pipelining : {true, false}) {
    odd_source source{std::string(1000, 'x')};
    live_server server{pipelining ? live_offers : "250-mx\r\n250 CHUNKING"};
    int chunks = 0;
    server.answers = [&](std::string_view command) -> std::string {
      if (!command.starts_with("BDAT")) return {};
      return ++chunks > 2 ? "552 5.3.4 too big" : "";
    };
    // Small enough for nothing to be far ahead.
    const outcome o = converse(server, chunking_in_clear(),
                               {.from = "mote@example.org", .to = "ops@example.org"}, source, 64);
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == errc::message_refused);
    CHECK(o.code == 552);
    CHECK(o.enhanced == enhanced_code{5, 3, 4});
    CHECK(server.mails().empty());
    if (!pipelining) CHECK(server.commands().back() == "QUIT");
  }
}

TEST_CASE("a single chunk that is refused is answered, and goodbye is said") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers, one_flight,
                        "250 ok\r\n250 ok\r\n552 5.3.4 too big\r\n221 bye"});
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::message_refused);
  CHECK(o.phase == phase::accept);
  CHECK(o.code == 552);
}

TEST_CASE("a chunk that is refused before it has left is not delivered, and never completed") {
  for (const char* early : {"552 5.3.4 too big", "250 ok"}) {
    text_source source{"long: the link holds less than this, and so does the buffer"};
    live_server server{live_offers};
    server.answers = [&](std::string_view command) -> std::string {
      return command.ends_with(" begins") ? early : "";
    };
    const outcome o = converse(server, chunking_in_clear(),
                               {.from = "mote@example.org", .to = "ops@example.org"}, source, 32);
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == (*early == '5' ? errc::message_refused : errc::unexpected_reply));
    CHECK(server.mails().empty());
    CHECK(server.commands().back().starts_with("BDAT"));
  }
}

TEST_CASE("a mail that was taken by nobody is not delivered, whatever the chunk's reply is") {
  for (const char* last : {"503 5.5.1 nobody", "250 ok", "554 no valid recipients"}) {
    dialogue d = chunked({"220 mx", "EHLO mote", offers, one_flight,
                          std::string{"250 ok\r\n550 5.1.1 who\r\n"} + last + "\r\n221 bye"});
    const outcome o = d.run();
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == errc::recipients_refused);
    CHECK(o.code == 550);
    CHECK(o.server_text == "5.1.1 who");

    dialogue unsent = chunked({"220 mx", "EHLO mote", offers, one_flight,
                               std::string{"550 5.7.1 no\r\n503 what\r\n"} + last + "\r\n221 bye"});
    const outcome refused = unsent.run();
    CHECK(refused.fate == fate::not_delivered);
    CHECK(refused.error == errc::mail_refused);
    CHECK(refused.code == 550);
  }
}

TEST_CASE("a server that hangs on BDAT is called by that name, and the mail's fate is unknown") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers, one_flight, "250 ok\r\n250 ok"});
  const outcome o = d.run();
  CHECK(o.fate == fate::unknown);
  CHECK(o.error == errc::chunk_timeout);
  CHECK(o.phase == phase::accept);
}

TEST_CASE(
    "a connection that ends after the whole flight leaves the fate unknown, at whichever reply") {
  for (const char* replies : {"250 ok", "250 ok\r\n250 ok"}) {
    dialogue d = chunked({"220 mx", "EHLO mote", offers, one_flight, replies});
    d.closes_at_end();
    const outcome o = d.run();
    CHECK(o.fate == fate::unknown);
    CHECK(o.error == errc::closed_before_reply);
    CHECK(o.retry == retry::no);
  }
}

TEST_CASE("421 to the flight means later, and that nothing of it was taken") {
  dialogue d = chunked({"220 mx", "EHLO mote", offers, one_flight, "421 4.3.2 closing"});
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::service_closing);
  CHECK(o.retry == retry::later);
}

TEST_CASE("a source that is longer or shorter than it said never completes its chunk") {
  for (const std::uint64_t said : {std::uint64_t{21}, std::uint64_t{23}}) {
    CAPTURE(said);
    dialogue d = chunked({"220 mx", "EHLO mote", offers,
                          mail_flight + "\r\nBDAT " + std::to_string(said) + " LAST\r\n" +
                              "Subject: hot\r\n\r\n84 C\r\n",
                          "250 ok\r\n250 ok"});
    odd_source source{"Subject: hot\r\n\r\n84 C\r\n", said};
    d.source([&]() -> body_source& { return source; });
    const outcome o = d.play();
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == errc::source_length);
    const std::size_t text = d.sent().find("LAST\r\n") + 6;
    CHECK(d.sent().size() - text < said);
    CHECK(!d.sent().ends_with("QUIT\r\n"));
  }
}

// ---- binary (RFC 3030 section 3) --------------------------------------------------------------

TEST_CASE("a binary text goes out untouched, and is announced as that") {
  const std::string octets{"\r\n.\n\0\r\xFF\n.\r\n", 11};
  dialogue d = chunked({"220 mx", "EHLO mote",
                        "250-mx\r\n250-PIPELINING\r\n250-SIZE\r\n250-8BITMIME\r\n250-BINARYMIME\r\n"
                        "250 CHUNKING",
                        "MAIL FROM:<mote@example.org> SIZE=11 BODY=BINARYMIME\r\n"
                        "RCPT TO:<ops@example.org>\r\nBDAT 11 LAST\r\n" +
                            octets + "QUIT",
                        "250 ok\r\n250 ok\r\n250 queued\r\n221 bye"});
  text_source binary{octets, body_kind::binary};
  d.source([&]() -> body_source& { return binary; });
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a text that nobody called binary does not become it where that is offered") {
  dialogue d =
      chunked({"220 mx", "EHLO mote",
               "250-mx\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-BINARYMIME\r\n250 CHUNKING",
               one_flight, "250 ok\r\n250 ok\r\n250 queued\r\n221 bye"});
  d.body("Subject: hot\n\n84 C");
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a binary text gets no MAIL where chunks are not wanted, or not all of it is offered") {
  text_source binary{"\n", body_kind::binary};
  const auto error = [&](bool chunking, const char* offered) {
    dialogue d = in_clear({"220 mx", "EHLO mote", offered, "QUIT", "221 bye"});
    d.settings().chunking = chunking;
    d.source([&]() -> body_source& { return binary; });
    const outcome o = d.run();
    CHECK(o.fate == fate::not_delivered);
    return o.error;
  };
  CHECK(error(false, "250-mx\r\n250-BINARYMIME\r\n250 CHUNKING") == errc::binary_needed);
  CHECK(error(true, "250-mx\r\n250 CHUNKING") == errc::binary_needed);
  CHECK(error(true, "250-mx\r\n250 BINARYMIME") == errc::binary_needed);
}
