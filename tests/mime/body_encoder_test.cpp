// SPDX-License-Identifier: BSL-1.0
// What becomes of a part's octets, and of those that cannot go as they were told to.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mailmote/mime/encoding_choice.hpp>
#include <mailmote/text/text_source.hpp>

#include "ground/read_to_end.hpp"

using namespace mailmote;
using namespace std::string_view_literals;
using mime::content_form;
using mime::encoding;

namespace {

std::string encoded(std::string_view octets, encoding as, content_form form) {
  std::string whole;
  for (const std::size_t room : {1'000u, 1u, 2u, 3u, 31u, 32u, 33u, 64u, 100u}) {
    mime::body_encoder encoder;
    encoder.begin(octets, as, form, mime::broken_utf8::refuse);
    const std::string text = read_to_end(encoder, room);
    if (room == 1'000) whole = text;
    CHECK(text == whole);
  }
  mime::body_encoder encoder;
  encoder.begin(octets, as, form, mime::broken_utf8::refuse);
  CHECK(encoder.length() == whole.size());
  return whole;
}

std::string quoted(std::string_view octets, content_form form = content_form::text) {
  return encoded(octets, encoding::quoted_printable, form);
}

errc error_of(std::string_view octets, encoding as, content_form form) {
  mime::body_encoder encoder;
  encoder.begin(octets, as, form, mime::broken_utf8::refuse);
  std::string room(64, '?');
  for (;;) {
    const io_result result = encoder.read_some(room);
    if (!result.ok()) break;
  }
  return encoder.error();
}

encoding chosen(const mime::content& what, mime::content_use use, bool eight_bit_allowed) {
  mime::body_encoder encoder;
  return mime::choose_encoding(what, use, eight_bit_allowed, encoder);
}

}  // namespace

TEST_CASE("quoted-printable is as RFC 2045 section 6.7 has it") {
  CHECK(quoted("\f=") == "=0C=3D");                  // the two examples of rule 1
  CHECK(quoted("a \nb\t\n") == "a=20\r\nb=09\r\n");  // rule 3
  CHECK(quoted("a  b\tc") == "a  b\tc");
  CHECK(quoted("one\r\ntwo\nthree") == "one\r\ntwo\r\nthree");  // rule 4
  CHECK(quoted("a\rb\r") == "a=0Db=0D");
  CHECK(quoted(std::string(76, 'x')) == std::string(75, 'x') + "=\r\nx");  // rule 5
  CHECK(quoted(std::string(74, 'x') + "=") == std::string(74, 'x') + "=\r\n=3D");
  CHECK(quoted("\u00FC") == "=C3=BC");
  // The text that the section folds by hand: it fits into a line, and needs no fold.
  CHECK(quoted("Now's the time for all folk to come to the aid of their country.") ==
        "Now's the time for all folk to come to the aid of their country.");
  CHECK(quoted("a\r\nb\n", content_form::octets) == "a=0D=0Ab=0A");
}

TEST_CASE("base64 has lines of 76 characters") {
  const auto base64 = [](std::size_t n, content_form form = content_form::octets) {
    return encoded(std::string(n, '\0'), encoding::base64, form);
  };
  CHECK(base64(0).empty());
  CHECK(base64(1) == "AA==");
  CHECK(base64(57) == std::string(76, 'A'));
  CHECK(base64(58) == std::string(76, 'A') + "\r\nAA==");
  CHECK(base64(115) == std::string(76, 'A') + "\r\n" + std::string(76, 'A') + "\r\nAA==");
  for (const std::size_t n : {0u, 1u, 56u, 57u, 58u, 113u, 114u, 115u, 1'000u}) {
    CHECK(base64(n).size() == text::base64_lines::length(n));
    CHECK(base64(n, content_form::text) == base64(n));
  }
  CHECK(encoded("a\n", encoding::base64, content_form::text) == "YQ0K");
  CHECK(encoded("a\n", encoding::base64, content_form::octets) == "YQo=");
}

TEST_CASE(
    "what goes as it is has lines of 998 octets, and nothing that a server could stumble over") {
  const std::string longest(998, 'x');
  CHECK(encoded(longest + "\n" + longest, encoding::seven_bit, content_form::text) ==
        longest + "\r\n" + longest);
  const auto error = [](std::string_view octets, encoding as = encoding::seven_bit) {
    return error_of(octets, as, content_form::text);
  };
  CHECK(error(longest + "x") == errc::bad_part);
  CHECK(error("a\0b"sv) == errc::bad_part);
  CHECK(error("a\rb") == errc::bad_part);
  CHECK(error("a\r") == errc::bad_part);
  CHECK(error("\u00FC") == errc::bad_part);
  CHECK(error("\u00FC", encoding::eight_bit) == errc::none);
  CHECK(error("--=_1") == errc::bad_part);
  CHECK(error("a\n--=_1") == errc::bad_part);
  CHECK(error("a --=_1\n -- --=\n--\n") == errc::none);
}

TEST_CASE("a text from a stream that is no UTF-8 is found before the message is complete") {
  CHECK(error_of("a\xFF", encoding::base64, content_form::text) == errc::bad_utf8);
  CHECK(error_of("a\xC3", encoding::quoted_printable, content_form::text) == errc::bad_utf8);
  CHECK(error_of("a\xFF", encoding::eight_bit, content_form::lines) == errc::none);
}

TEST_CASE("an encoding is chosen by what is in the text, and what is shorter") {
  const auto text = [](std::string_view octets) {
    return chosen(octets, mime::content_use::text, false);
  };
  CHECK(text("hot\n") == encoding::seven_bit);
  CHECK(text("zu hei\u00DF, viel zu hei\u00DF\n") == encoding::quoted_printable);
  CHECK(text("\u9505\u7089\u8FC7\u70ED") == encoding::base64);
  CHECK(text(std::string(999, 'x')) == encoding::quoted_printable);
  const auto file = [](std::string_view octets) {
    return chosen(octets, mime::content_use::file, true);
  };
  CHECK(file("a,b\n") == encoding::quoted_printable);
  CHECK(file("\0\1\2\3"sv) == encoding::base64);
}

TEST_CASE("a source travels as its part names, in base64 where it names nothing") {
  text_source octets{"x"};
  const auto file = [&](encoding as, bool eight_bit) {
    return chosen({octets, as}, mime::content_use::file, eight_bit);
  };
  CHECK(file(encoding::automatic, true) == encoding::base64);
  CHECK(file(encoding::quoted_printable, true) == encoding::quoted_printable);
  CHECK(file(encoding::seven_bit, true) == encoding::seven_bit);
  CHECK(file(encoding::eight_bit, true) == encoding::eight_bit);
  CHECK(file(encoding::eight_bit, false) == encoding::base64);
}
