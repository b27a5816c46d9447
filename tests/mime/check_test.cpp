// SPDX-License-Identifier: BSL-1.0
// What is not written into a message, and whose fault that is said to be.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/mime/message.hpp>

#include "mime/pull.hpp"

using namespace mailmote;
using namespace std::string_view_literals;

namespace {

const mime::mailbox mote{"mote17@example.org", "Mote 17"};

// Where each string of an author's goes, and what the field is called when it is at fault.
struct entry {
  std::string_view field;
  std::function<void(mime::fields&, std::string_view)> put;
  std::size_t index = 0;
};

struct slots {
  mime::mailbox box{};
  mime::mailbox boxes[2] = {mote, mote};
  mime::header headers[2] = {{"X-A", "a"}, {"X-B", "b"}};
  mime::message_id ids[2] = {"1@x", "2@x"};
  mime::part parts[2] = {{"x"sv}, {"y"sv}};
};

slots s;

const std::vector<entry> people_read = {
    {"From", [](mime::fields& f, std::string_view t) { f.from.name = t; }},
    {"Sender",
     [](mime::fields& f, std::string_view t) {
       f.sender = {"a@b", t};
     }},
    {"Reply-To",
     [](mime::fields& f, std::string_view t) {
       s.box = {"a@b", t}, f.reply_to = s.box;
     }},
    {"To", [](mime::fields& f, std::string_view t) { s.boxes[1].name = t, f.to = s.boxes; }, 1},
    {"Cc", [](mime::fields& f, std::string_view t) { s.boxes[1].name = t, f.cc = s.boxes; }, 1},
    {"Bcc",
     [](mime::fields& f, std::string_view t) {
       s.box = {"a@b", t}, f.bcc = s.box;
     }},
    {"Subject", [](mime::fields& f, std::string_view t) { f.subject = t; }},
    {"headers",
     [](mime::fields& f, std::string_view t) { s.headers[1].value = t, f.headers = s.headers; }, 1},
    {"images",
     [](mime::fields& f, std::string_view t) { s.parts[1].file_name = t, f.images = s.parts; }, 1},
    {"attachments",
     [](mime::fields& f, std::string_view t) { s.parts[1].file_name = t, f.attachments = s.parts; },
     1}};

const std::vector<entry> machines_read = {
    {"From", [](mime::fields& f, std::string_view t) { f.from.address = t; }},
    {"Sender", [](mime::fields& f, std::string_view t) { f.sender.address = t; }},
    {"Reply-To", [](mime::fields& f, std::string_view t) { f.reply_to = t; }},
    {"To", [](mime::fields& f, std::string_view t) { s.boxes[1].address = t, f.to = s.boxes; }, 1},
    {"Cc", [](mime::fields& f, std::string_view t) { s.boxes[1].address = t, f.cc = s.boxes; }, 1},
    {"Bcc", [](mime::fields& f, std::string_view t) { f.bcc = t; }},
    {"Message-ID", [](mime::fields& f, std::string_view t) { f.id = t; }},
    {"Message-ID",
     [](mime::fields& f, std::string_view t) {
       f.id = {t, 1, 1};
     }},
    {"In-Reply-To", [](mime::fields& f, std::string_view t) { f.in_reply_to = t; }},
    {"References", [](mime::fields& f, std::string_view t) { s.ids[1] = t, f.references = s.ids; },
     1},
    {"headers",
     [](mime::fields& f, std::string_view t) { s.headers[0].name = t, f.headers = s.headers; }},
    {"attachments",
     [](mime::fields& f, std::string_view t) { s.parts[0].type = t, f.attachments = s.parts; }},
    {"images",
     [](mime::fields& f, std::string_view t) { s.parts[0].content_id = t, f.images = s.parts; }}};

mime::fault fault_of(const entry& where, std::string_view text) {
  s = {};
  mime::fields with{.from = mote};
  where.put(with, text);
  const mime::fault found = mime::message{with}.check();
  mime::message mail{with};
  CHECK(mail.begin({.eight_bit = true, .utf8 = true}) == found.error);
  return found;
}

}  // namespace

TEST_CASE("no control octet of any string reaches a message, and the field is named") {
  std::vector<entry> all = people_read;
  all.insert(all.end(), machines_read.begin(), machines_read.end());
  for (const entry& where : all) {
    for (int octet = 0; octet < 0x20; ++octet) {
      const char c = static_cast<char>(octet);
      for (const std::string& text :
           {std::string{c}, "a" + std::string{c} + "b@c", "a@b" + std::string{c}}) {
        INFO(where.field, " with ", octet);
        const mime::fault found = fault_of(where, text);
        CHECK(found.error == errc::bad_field);
        CHECK(found.field == where.field);
        CHECK(found.index == where.index);
      }
    }
    CHECK(fault_of(where, "a\x7F").error == errc::bad_field);
  }
}

TEST_CASE("what is no UTF-8 is refused, unless it shall be replaced") {
  for (const entry& where : people_read) {
    INFO(where.field);
    const mime::fault found = fault_of(where, "hei\xDF");
    CHECK(found.error == errc::bad_utf8);
    CHECK(found.field == where.field);
    s = {};
    mime::fields with{.from = mote, .broken_utf8 = mime::broken_utf8::replace};
    where.put(with, "hei\xDF");
    CHECK(mime::message{with}.check().error == errc::none);
    const std::string text = pull(with);
    for (const char c : text) CHECK(static_cast<unsigned char>(c) < 0x80);
  }
  const mime::fields text{.from = mote, .text = "hei\xDF"};
  CHECK(mime::message{text}.check().error == errc::bad_utf8);
  CHECK(mime::message{text}.check().field == "text");
  const mime::fields html{.from = mote, .html = "hei\xDF"};
  CHECK(mime::message{html}.check().field == "html");
}

TEST_CASE("an attachment may have any octets") {
  const mime::part files[] = {{"\xFF\x00\r\n"sv}};
  const mime::fields with{.from = mote, .attachments = files};
  CHECK(mime::message{with}.check().error == errc::none);
}

TEST_CASE("a sender with a name and no address is at fault, not left out") {
  const mime::fields with{.from = mote, .sender = {.name = "Gateway"}};
  CHECK(mime::message{with}.check().error == errc::bad_field);
  CHECK(mime::message{with}.check().field == "Sender");
}

TEST_CASE("what machines read has their grammar") {
  const auto error = [](std::string_view field, std::string_view text) {
    errc found = errc::none;
    for (const entry& where : machines_read) {
      if (where.field == field) found = fault_of(where, text).error;
    }
    return found;
  };
  for (const auto address : {"nobody", "@b", "a@", "a b@c", "<a@b>", "a@b>", "a@b, c@d"}) {
    for (const auto field : {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"}) {
      CHECK(error(field, address) == errc::bad_field);
    }
  }
  for (const auto id : {"a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a@\xC3\xBC"}) {
    CHECK(error("In-Reply-To", id) == errc::bad_field);
    CHECK(error("References", id) == errc::bad_field);
  }
  for (const auto name : {"", "X Y", "X:", "X-\xC3\xBC", "Bcc", "bcc", "Subject", "FROM", "To",
                          "Date", "Message-Id", "MIME-Version", "Content-Type", "content-anything",
                          "Auto-Submitted", "X-Priority", "References"}) {
    CHECK(error("headers", name) == errc::bad_field);
  }
  CHECK(error("headers", "X-Priority-Of-Mine") == errc::none);
  CHECK(error("headers", "Contentious") == errc::none);
  for (const auto type : {"", "text", "text/", "/plain", "text/plain\xC3\xBC", "text /plain",
                          "text/;a=b", "multipart/mixed", "Message/RFC822"}) {
    CHECK(error("attachments", type) == errc::bad_field);
  }
  CHECK(error("attachments", "text/plain; charset=iso-8859-1") == errc::none);
  for (const auto id : {"a b", "<a>", "a>", "\xC3\xBC"})
    CHECK(error("images", id) == errc::bad_field);
}

TEST_CASE("a message has an author") {
  const mime::fields nobody{.to = "ops@example.org"};
  CHECK(mime::message{nobody}.check().field == "From");
}

TEST_CASE("a date is one that a calendar of four digits has, in its zone too") {
  const auto error = [](std::int64_t seconds, std::int16_t east) {
    const mime::fields with{.from = mote, .date = {seconds, east}};
    return mime::message{with}.check().error;
  };
  CHECK(error(0, 0) == errc::none);
  CHECK(error(253402300799, 0) == errc::none);
  CHECK(error(-1, 0) == errc::bad_field);
  CHECK(error(253402300800, 0) == errc::bad_field);
  CHECK(error(0, -1) == errc::bad_field);
  CHECK(error(253402300799, 1) == errc::bad_field);
  CHECK(error(86400, 1439) == errc::none);
  CHECK(error(86400, 1440) == errc::bad_field);
  CHECK(error(86400, -1440) == errc::bad_field);
}
