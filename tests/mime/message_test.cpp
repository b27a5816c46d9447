// SPDX-License-Identifier: BSL-1.0
// What a message looks like, octet by octet. What other programs read in it is for matrix.py to say.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/envelope_of.hpp>
#include <mailmote/mime/message.hpp>
#include <mailmote/text/stream_source.hpp>
#include <mailmote/text/text_source.hpp>

#include "mime/pull.hpp"
#include "support/dialogue.hpp"

using namespace mailmote;
using namespace std::string_view_literals;

namespace {

const mime::mailbox mote{"mote17@example.org", "Mote 17"};

}  // namespace

TEST_CASE("an alert of one line is a mail of few") {
  const mime::fields alert{.from = mote,
                           .to = "ops@example.org",
                           .subject = "94 degrees",
                           .date = {1795530248, 60},
                           .id = {"mote17.example.org", 0x2a9, 17},
                           .text = "Boiler 2 is too hot.\n"};
  CHECK(pull(alert) ==
        "From: Mote 17 <mote17@example.org>\r\n"
        "To: <ops@example.org>\r\n"
        "Subject: 94 degrees\r\n"
        "Date: Tue, 24 Nov 2026 15:24:08 +0100\r\n"
        "Message-ID: <17.00000000000002A9@mote17.example.org>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Boiler 2 is too hot.\r\n");
}

TEST_CASE("every field has its place") {
  const mime::mailbox to[] = {{"a@example.org", "A"}, {"b@example.org"}};
  const mime::message_id thread[] = {"1@x", {"mote17", 1, 2}};
  const mime::header extra[] = {{"X-Site", "Kiel"}, {"List-ID", "<alerts.example.org>"}};
  const mime::fields alert{.from = mote,
                           .sender = {"gateway@example.org"},
                           .reply_to = "desk@example.org",
                           .to = to,
                           .cc = mote,
                           .bcc = "secret@example.org",
                           .in_reply_to = thread[1],
                           .references = thread,
                           .auto_submitted = mime::auto_submitted::replied,
                           .importance = mime::importance::high,
                           .headers = extra};
  CHECK(pull(alert) ==
        "From: Mote 17 <mote17@example.org>\r\n"
        "Sender: <gateway@example.org>\r\n"
        "Reply-To: <desk@example.org>\r\n"
        "To: A <a@example.org>, <b@example.org>\r\n"
        "Cc: Mote 17 <mote17@example.org>\r\n"
        "In-Reply-To: <2.0000000000000001@mote17>\r\n"
        "References: <1@x> <2.0000000000000001@mote17>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "Importance: high\r\n"
        "X-Priority: 1\r\n"
        "X-Site: Kiel\r\n"
        "List-ID: <alerts.example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n");
}

TEST_CASE("plain text does not need the images, and attachments stand outside of both") {
  const mime::part images[] = {{"\x89PNG\0"sv, "plot.png", "image/png", "plot"}};
  const mime::part files[] = {{"1,2"sv, "a.csv", "text/csv"}};
  const mime::fields report{.from = mote,
                            .auto_submitted = mime::auto_submitted::no,
                            .text = "see plot\n",
                            .html = "<img src=\"cid:plot\">",
                            .images = images,
                            .attachments = files};
  CHECK(pull(report) ==
        "From: Mote 17 <mote17@example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed;\r\n"
        " boundary=\"=_1CBF29CE484222325\"\r\n"
        "\r\n"
        "--=_1CBF29CE484222325\r\n"
        "Content-Type: multipart/alternative;\r\n"
        " boundary=\"=_2CBF29CE484222325\"\r\n"
        "\r\n"
        "--=_2CBF29CE484222325\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "see plot\r\n"
        "\r\n"
        "--=_2CBF29CE484222325\r\n"
        "Content-Type: multipart/related; type=\"text/html\";\r\n"
        " boundary=\"=_3CBF29CE484222325\"\r\n"
        "\r\n"
        "--=_3CBF29CE484222325\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "<img src=\"cid:plot\">\r\n"
        "--=_3CBF29CE484222325\r\n"
        "Content-Type: image/png\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: inline; filename=\"plot.png\"\r\n"
        "Content-ID: <plot>\r\n"
        "\r\n"
        "iVBORwA=\r\n"
        "--=_3CBF29CE484222325--\r\n"
        "--=_2CBF29CE484222325--\r\n"
        "--=_1CBF29CE484222325\r\n"
        "Content-Type: text/csv\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "Content-Disposition: attachment; filename=\"a.csv\"\r\n"
        "\r\n"
        "1,2\r\n"
        "--=_1CBF29CE484222325--\r\n");
}

// The two parts of the example in RFC 2046 section 5.1.1.
TEST_CASE("the line end before a boundary is the boundary's, and that of a text its own") {
  const mime::part files[] = {{{"It does NOT end with a linebreak."sv, mime::encoding::seven_bit}},
                              {{"It DOES end with a linebreak.\r\n"sv, mime::encoding::seven_bit}}};
  const std::string text = pull({mime::fields{.from = mote, .attachments = files}});
  CHECK(text.find("\r\n\r\nIt does NOT end with a linebreak.\r\n--=_1") != std::string::npos);
  CHECK(text.find("\r\n\r\nIt DOES end with a linebreak.\r\n\r\n--=_1") != std::string::npos);
}

// RFC 2046 section 5.1.4: the plainest of the alternatives first.
TEST_CASE("of two forms of a text, the plain one comes first") {
  const std::string text = pull(mime::fields{.from = mote, .text = "plain\n", .html = "rich\n"});
  CHECK(
      text.ends_with("Content-Type: multipart/alternative;\r\n"
                     " boundary=\"=_2CBF29CE484222325\"\r\n"
                     "\r\n"
                     "--=_2CBF29CE484222325\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: 7bit\r\n"
                     "\r\n"
                     "plain\r\n"
                     "\r\n"
                     "--=_2CBF29CE484222325\r\n"
                     "Content-Type: text/html; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: 7bit\r\n"
                     "\r\n"
                     "rich\r\n"
                     "\r\n"
                     "--=_2CBF29CE484222325--\r\n"));
}

TEST_CASE("two messages have different boundaries, and one message always the same") {
  const mime::part files[] = {{"x"sv}};
  mime::fields alert{.from = mote, .id = "1@x", .attachments = files};
  const std::string first = pull(alert);
  CHECK(pull(alert) == first);
  alert.id = "2@x";
  const std::string second = pull(alert);
  const auto boundary = [](const std::string& text) {
    const std::size_t at = text.find("boundary=\"") + 10;
    return text.substr(at, text.find('"', at) - at);
  };
  CHECK(boundary(first) != boundary(second));
}

TEST_CASE("a text that looks like a boundary is written so that it is none") {
  const mime::part files[] = {{"x"sv}};
  const mime::fields alert{.from = mote, .text = "--=_1CBF29CE484222325--\n", .attachments = files};
  const std::string text = pull(alert);
  CHECK(text.find("\r\n\r\n--=3D_1CBF29CE484222325--\r\n") != std::string::npos);
}

TEST_CASE("the header is raw UTF-8 where an address needs it and the server has it") {
  const mime::fields alert{.from = {"j\u00FCrgen@example.org", "J\u00FCrgen"},
                           .subject = "\u00DCberhitzung"};
  mime::message mail{alert};
  CHECK(mail.begin({.eight_bit = true}) == errc::smtputf8_needed);
  CHECK(mail.check({.eight_bit = true}).field == "From");
  CHECK(mail.begin({.eight_bit = true, .utf8 = true}) == errc::none);
  CHECK(mail.needs().utf8);
  CHECK(mail.needs().kind == body_kind::eight_bit);
  CHECK(pull(alert, {.eight_bit = true, .utf8 = true})
            .starts_with("From: J\u00FCrgen <j\u00FCrgen@example.org>\r\n"
                         "Subject: \u00DCberhitzung\r\n"));
}

TEST_CASE("no SMTPUTF8 is asked for where no address needs it") {
  const mime::fields alert{.from = {"j@example.org", "J\u00FCrgen"}};
  mime::message mail{alert};
  CHECK(mail.begin({.eight_bit = true, .utf8 = true}) == errc::none);
  CHECK_FALSE(mail.needs().utf8);
  CHECK(mail.needs().kind == body_kind::seven_bit);
  CHECK(
      pull(alert, {.utf8 = true}).starts_with("From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\n"));
}

TEST_CASE("an 8-bit text is told to go as it is only where the server lets it") {
  const mime::fields alert{.from = mote, .text = {"94 \u00B0C\n", mime::encoding::eight_bit}};
  CHECK(pull(alert, {.eight_bit = true}).ends_with("8bit\r\n\r\n94 \u00B0C\r\n"));
  CHECK(pull(alert, {}).ends_with("quoted-printable\r\n\r\n94 =C2=B0C\r\n"));
}

TEST_CASE("a message needs 8BITMIME only where a part of it goes as 8-bit") {
  const auto needs_eight_bit = [](const mime::fields& with, body_limits limits) {
    mime::message mail{with};
    CHECK(mail.begin(limits) == errc::none);
    const body_kind kind = mail.needs().kind;
    CHECK((kind == body_kind::eight_bit || kind == body_kind::seven_bit));
    return kind == body_kind::eight_bit;
  };
  constexpr body_limits all{.eight_bit = true, .utf8 = true, .binary = true};
  const mime::content degrees{"94 \u00B0C\n", mime::encoding::eight_bit};
  CHECK(needs_eight_bit({.from = mote, .text = degrees}, all));
  CHECK_FALSE(needs_eight_bit({.from = mote, .text = degrees}, {}));
  CHECK_FALSE(needs_eight_bit({.from = mote, .text = "94 \u00B0C\n"}, all));
  // Too long a line for 8bit.
  const std::string line = std::string(999, 'x') + "\n";
  CHECK_FALSE(needs_eight_bit({.from = mote, .text = {line, mime::encoding::eight_bit}}, all));
  text_source log{"94 \u00B0C\n"};
  const mime::part as_eight_bit[] = {{"x"sv}, {{log, mime::encoding::eight_bit}}, {"y"sv}};
  CHECK(needs_eight_bit({.from = mote, .attachments = as_eight_bit}, all));
  CHECK_FALSE(needs_eight_bit({.from = mote, .attachments = as_eight_bit}, {}));
  const mime::part as_base64[] = {{log}};
  CHECK_FALSE(needs_eight_bit({.from = mote, .attachments = as_base64}, all));
}

TEST_CASE("what goes as 8-bit stays so beside what cannot") {
  const std::string line = std::string(999, 'x') + "\n";
  const mime::part files[] = {{{line, mime::encoding::eight_bit}}};
  const mime::fields alert{
      .from = mote, .text = {"94 \u00B0C\n", mime::encoding::eight_bit}, .attachments = files};
  const std::string text = pull(alert, {.eight_bit = true});
  CHECK(text.find("8bit\r\n\r\n94 \u00B0C\r\n") != std::string::npos);
  CHECK(text.find("quoted-printable\r\n") != std::string::npos);
}

TEST_CASE("a binary source is a file as good as any, and no text") {
  text_source log{"a\nb\r\nc\r", body_kind::binary};
  const mime::part files[] = {{log}};
  CHECK(pull({mime::fields{.from = mote, .attachments = files}}).find("\r\nYQpiDQpjDQ==\r\n") !=
        std::string::npos);
  const mime::fields as_text{.from = mote, .text = log};
  CHECK(mime::message{as_text}.begin({.eight_bit = true, .binary = true}) == errc::binary_needed);
}

TEST_CASE("an attachment from a stream keeps its line ends") {
  text_source log{"a\nb\r\nc\r"};
  const mime::part files[] = {{log}};
  CHECK(
      pull({mime::fields{.from = mote, .attachments = files}}).find("\r\n\r\nYQpiDQpjDQ==\r\n--") !=
      std::string::npos);
}

TEST_CASE("a message from a stream that cannot go back is sent once") {
  struct reader {
    io_result read_some(std::span<char>) noexcept { return io_status::closed; }
  } uart;
  stream_source log{uart};
  const mime::part files[] = {{log}};
  const mime::fields alert{.from = mote, .attachments = files};
  mime::message mail{alert};
  CHECK(mail.begin({}) == errc::none);
  CHECK(read_to_end(mail, 64).size() > 100);
  CHECK(mail.length() == unknown_length);
  CHECK(mail.begin({}) == errc::source_spent);
}

// ---- what its envelope is --------------------------------------------------------------------

TEST_CASE("the envelope has everybody, and the header nobody of Bcc") {
  const mime::mailbox to[] = {{"a@example.org", "A"}, {"b@example.org"}};
  const mime::mailbox bcc[] = {{"hidden@example.org"}};
  const mime::fields alert{
      .from = mote, .sender = {"gateway@example.org"}, .to = to, .cc = "c@example.org", .bcc = bcc};
  const mime::message mail{alert};
  const envelope all = envelope_of(mail);
  CHECK(all.from == "gateway@example.org");
  REQUIRE(all.to.size() == 4);
  CHECK(all.to[0] == "a@example.org");
  CHECK(all.to[1] == "b@example.org");
  CHECK(all.to[2] == "c@example.org");
  CHECK(all.to[3] == "hidden@example.org");
  CHECK(pull(alert).find("hidden") == std::string::npos);
}

TEST_CASE("without a sender, the author is who hears of what cannot be delivered") {
  const mime::fields alert{.from = mote, .to = "a@example.org"};
  const mime::message mail{alert};
  CHECK(envelope_of(mail).from == "mote17@example.org");
  CHECK(envelope_of(mail).to.size() == 1);
}

// ---- in a dialogue ---------------------------------------------------------------------------

namespace {

const char* const composed =
    "From: <mote@example.org>\r\n"
    "To: <ops@example.org>\r\n"
    "Subject: 94 degrees\r\n"
    "Auto-Submitted: auto-generated\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed;\r\n"
    " boundary=\"=_1CBF29CE484222325\"\r\n"
    "\r\n"
    "--=_1CBF29CE484222325\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 7bit\r\n"
    "\r\n"
    "..\r\n"
    "\r\n"
    "--=_1CBF29CE484222325\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment\r\n"
    "\r\n"
    "OTQ=\r\n"
    "--=_1CBF29CE484222325--\r\n"
    ".";

// A log of two octets that halts, or breaks off, or is not as long as it says.
class log_source final : public body_source {
 public:
  enum class fault { none, fails, is_short, is_long };
  explicit log_source(fault kind) : kind_{kind} {}

  errc begin(body_limits) noexcept override {
    calls_ = 0;
    return errc::none;
  }
  io_result read_some(std::span<char> out) noexcept override {
    switch (calls_++) {
      case 0: return io_status::want_read;
      case 1: out[0] = '9'; return io_result::moved(1);
      case 2: return kind_ == fault::fails ? io_status::failed : io_status::want_read;
      case 3:
        if (kind_ == fault::is_short) return io_status::closed;
        out[0] = '4';
        return io_result::moved(1);
      case 4:
        if (kind_ != fault::is_long) return io_status::closed;
        out[0] = '!';
        return io_result::moved(1);
      default: return io_status::closed;
    }
  }
  std::uint64_t length() const noexcept override { return 2; }

 private:
  fault kind_;
  int calls_ = 0;
};

struct alert_with_log {
  explicit alert_with_log(log_source::fault kind) : log{kind} {}
  log_source log;
  mime::part files[1] = {{log}};
  mime::fields with{.from = {"mote@example.org"},
                    .to = "ops@example.org",
                    .subject = "94 degrees",
                    .text = ".\n",
                    .attachments = files};
  mime::message mail{with};
};

test::dialogue sending(alert_with_log& alert, const char* last, const char* end) {
  test::dialogue d = test::in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-SIZE\r\n250 PIPELINING",
                                     "MAIL FROM:<mote@example.org> SIZE=456\r\n"
                                     "RCPT TO:<ops@example.org>\r\nDATA",
                                     test::accepted_flight, last, end, "QUIT", "221 bye"});
  d.source([&alert]() -> body_source& { return alert.mail; });
  return d;
}

}  // namespace

TEST_CASE("a message that is composed arrives as its SIZE says, however the link cuts it") {
  alert_with_log alert{log_source::fault::none};
  test::dialogue d = sending(alert, composed, "250 taken");
  CHECK(d.run().fate == fate::delivered);
  // But for the dot that was doubled, and the last one.
  CHECK(alert.mail.length() + 2 == std::string_view{composed}.size());
}

TEST_CASE("an attachment that breaks off, or is not as long as it says, is never delivered") {
  using fault = log_source::fault;
  for (const fault kind : {fault::fails, fault::is_short, fault::is_long}) {
    alert_with_log alert{kind};
    test::dialogue d = sending(alert, composed, "250 taken");
    const outcome o = d.play();
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == (kind == fault::fails ? errc::source_failed : errc::source_length));
    CHECK(o.phase == phase::message);
    CHECK(d.sent().find("\r\n.\r\n") == std::string::npos);
    CHECK(d.stream_was_closed());
  }
}

TEST_CASE("a message whose file says not yet is asked once a poll, and at its source's pace") {
  struct slow_log final : body_source {
    int reads = 0;
    errc begin(body_limits) noexcept override {
      reads = 0;
      return errc::none;
    }
    io_result read_some(std::span<char> out) noexcept override {
      if (++reads <= 5) return io_status::want_read;
      if (reads > 7) return io_status::closed;
      out[0] = reads == 6 ? '9' : '4';
      return io_result::moved(1);
    }
    std::uint64_t length() const noexcept override { return 2; }
  } log;
  const mime::part files[] = {{log}};
  const mime::fields with{.from = {"mote@example.org"},
                          .to = "ops@example.org",
                          .subject = "94 degrees",
                          .text = ".\n",
                          .attachments = files};
  mime::message mail{with};
  test::dialogue d =
      test::in_clear({"220 mx", "EHLO mote", "250 mx", "MAIL FROM:<mote@example.org>", "250 ok",
                      "RCPT TO:<ops@example.org>", "250 ok", "DATA", "354 go", composed,
                      "250 taken", "QUIT", "221 bye"});
  d.source([&mail]() -> body_source& { return mail; });
  int before = 0;
  int polls_in_vain = 0;
  d.meanwhile([&](test::dialogue::client_type& smtp, std::size_t) {
    const bool is_waiting = log.reads > 0 && log.reads <= 5;
    if (is_waiting) {
      // The first "not yet" comes behind the text before it, and is asked for once more.
      CHECK(log.reads == before + (before == 0 ? 2 : 1));
      CHECK(smtp.next_timeout(0xFFFF'0000) == source_pace);
      ++polls_in_vain;
    }
    before = log.reads;
  });
  CHECK(d.play().fate == fate::delivered);
  CHECK(polls_in_vain == 4);
  CHECK(d.elapsed() == source_pace);
}

TEST_CASE("a message that cannot be written is not begun, and the server is told goodbye") {
  mime::fields with{.from = {"mote@example.org"}, .subject = "hot\r\nBcc: everybody@example.org"};
  mime::message mail{with};
  test::dialogue d = test::in_clear({"220 mx", "EHLO mote", "250 mx", "QUIT", "221 bye"});
  d.source([&mail]() -> body_source& { return mail; });
  const outcome o = d.run();
  CHECK(o.fate == fate::not_delivered);
  CHECK(o.error == errc::bad_field);
}

TEST_CASE("an address in the header alone asks for SMTPUTF8, too") {
  mime::fields with{.from = {"mote@example.org"}, .reply_to = "j\u00FCrgen@example.org"};
  mime::message mail{with};
  test::dialogue d =
      test::in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-8BITMIME\r\n250 SMTPUTF8",
                      "MAIL FROM:<mote@example.org> BODY=8BITMIME SMTPUTF8", "250 ok",
                      "RCPT TO:<ops@example.org>", "550 no", "QUIT", "221 bye"});
  d.source([&mail]() -> body_source& { return mail; });
  CHECK(d.run().error == errc::recipients_refused);
  test::dialogue without =
      test::in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 8BITMIME", "QUIT", "221 bye"});
  without.source([&mail]() -> body_source& { return mail; });
  CHECK(without.run().error == errc::smtputf8_needed);
}
