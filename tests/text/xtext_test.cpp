// SPDX-License-Identifier: BSL-1.0
// The values of parameters, octet for octet (RFC 3461 section 4, RFC 6533 section 3).
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <mailmote/text/xtext.hpp>

using namespace mailmote;
using text::xtext_form;

namespace {

std::string encoded(std::string_view s, xtext_form form = xtext_form::ascii) {
  std::string room(s.size() * 6, '?');
  text::piece_writer out{room, 0};
  text::put_xtext(out, s, form);
  REQUIRE(out.complete());
  CHECK(text::xtext_length(s, form) == out.written());
  for (std::size_t skip = 0; skip <= out.written(); ++skip) {
    std::string one(1, '?');
    text::piece_writer again{one, skip};
    text::put_xtext(again, s, form);
    CHECK(again.written() == (skip < out.written() ? 1 : 0));
    if (skip < out.written()) CHECK(one[0] == room[skip]);
  }
  return room.substr(0, out.written());
}

}  // namespace

TEST_CASE("what is printable, and no special of xtext, stays as it is") {
  CHECK(encoded("Bob@Example.COM") == "Bob@Example.COM");
  CHECK(encoded("QQ314159") == "QQ314159");
  CHECK(encoded("") == "");
  CHECK(encoded("!\"#$%&'()*,-./09:;<>?@AZ[\\]^_`az{|}~") ==
        "!\"#$%&'()*,-./09:;<>?@AZ[\\]^_`az{|}~");
}

TEST_CASE("everything else is a plus and two digits, of which the letters are large") {
  CHECK(encoded("smith+x=y") == "smith+2Bx+3Dy");
  CHECK(encoded("a b") == "a+20b");
  CHECK(encoded(std::string_view{"\0\r\n\x1F\x7F", 5}) == "+00+0D+0A+1F+7F");
  CHECK(encoded("\xC3\xB6") == "+C3+B6");
}

TEST_CASE("every octet is written by one rule or the other") {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (unsigned octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const bool stays = octet > 32 && octet < 127 && c != '+' && c != '=';
    const std::string escaped{'+', digits[octet / 16], digits[octet % 16]};
    CHECK(encoded({&c, 1}) == (stays ? std::string(1, c) : escaped));
  }
}

TEST_CASE("an address outside ASCII keeps its letters, and escapes the specials") {
  CHECK(encoded("m\xC3\xB6te@b\xC3\xBC"
                "cher.example",
                xtext_form::unitext) ==
        "m\xC3\xB6te@b\xC3\xBC"
        "cher.example");
  CHECK(encoded("\xC3\xB6+a=b", xtext_form::unitext) == "\xC3\xB6\\x{2B}a\\x{3D}b");
  CHECK(encoded("\"\xC3\xB6 \\\\\"@b", xtext_form::unitext) ==
        "\"\xC3\xB6\\x{20}\\x{5C}\\x{5C}\"@b");
}
