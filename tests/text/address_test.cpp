// SPDX-License-Identifier: BSL-1.0
// Which addresses may go between < and > (RFC 5321 sections 4.1.2, 4.1.3, 4.5.3.1; RFC 6531).
#include <doctest/doctest.h>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include <mailmote/text/address.hpp>

#include "text/all_texts.hpp"

using namespace mailmote;
using text::address_form;

namespace {

// A domain of `length` octets, in labels of at most 63.
std::string domain_of(std::size_t length) {
  std::string domain;
  while (domain.size() < length) {
    const std::size_t rest = length - domain.size();
    const std::size_t label = rest > 65 ? 63 : rest > 63 ? 32 : rest;
    domain += std::string(label, 'd');
    if (domain.size() < length) domain += '.';
  }
  return domain;
}

bool is_valid(std::string_view mailbox) {
  return text::mailbox_form(mailbox) == address_form::ascii;
}

}  // namespace

TEST_CASE("local parts of letters, digits and the marks of RFC 5322 are taken") {
  for (const std::string_view local :
       {"a", "Smith", "mote17", "first.last", "a.b.c", "customer/department=shipping", "$A12345",
        "!def!xyz%abc", "_somename", "#!$%&'*+-/=?^_`{|}~", "-"}) {
    CAPTURE(local);
    CHECK(is_valid(std::string{local} + "@example.org"));
  }
}

TEST_CASE("local parts with anything else in them are refused, unless they are quoted") {
  for (const std::string local : {"", "a b", " a", "a ", ".a", "a.", "a..b", ".", "<a", "a>", "a,b",
                                  "a:b", "a;b", "a[b", "a]b", "a(comment)", "@relay:a", "a@b"}) {
    CAPTURE(local);
    CHECK_FALSE(is_valid(local + "@example.org"));
    CHECK(is_valid('"' + local + "\"@example.org"));
  }
}

TEST_CASE("a quoted string is quoted from its first octet to its last") {
  for (const std::string_view local : {R"("a\"b")", R"("\\")", R"("a\\\"")", R"("\a")", R"("@")"}) {
    CAPTURE(local);
    CHECK(is_valid(std::string{local} + "@b"));
  }
  for (const std::string_view local :
       {R"(")", R"("a)", R"(a")", R"("""")", R"("a"b)", R"(a"b")", R"("a".b)", R"("a"."b")",
        R"("a"b")", R"("\")", R"("a\)", R"("\\\")"}) {
    CAPTURE(local);
    CHECK_FALSE(is_valid(std::string{local} + "@b"));
  }
}

TEST_CASE("domains are labels of letters, digits and inner hyphens") {
  for (const std::string_view domain :
       {"b", "bar.com", "mail.example.co.uk", "123", "123.example", "x-1.y--z", "B.C"}) {
    CAPTURE(domain);
    CHECK(is_valid("a@" + std::string{domain}));
  }
  for (const std::string_view domain :
       {"",   ".",  ".b", "b.",    "b..c", "-b",  "b-",   "b.-c", "b-.c",  "b_c", "b c",
        " b", "b ", "b>", "b,c@d", "b,",   "b/c", "b:25", "b(c)", "\"b\"", "*.b"}) {
    CAPTURE(domain);
    CHECK_FALSE(is_valid("a@" + std::string{domain}));
  }
}

TEST_CASE("a domain may be an address in brackets") {
  for (const std::string_view literal :
       {"[192.0.2.7]", "[IPv6:2001:db8::7]", "[ipv6:::1]", "[IPv6:::ffff:192.0.2.7]"}) {
    CAPTURE(literal);
    CHECK(is_valid("a@" + std::string{literal}));
  }
}

TEST_CASE("what is no IP address in brackets is no domain") {
  for (const std::string_view literal :
       {"[", "]", "[]", "[1.2.3]", "[1.2.3.4", "1.2.3.4]", "[1.2.3.4]x", "[1.2.3.4 ]",
        "[256.1.1.1]", "[IPv6:]", "[IPv6:1.2.3.4]", "[::1]", "[IPv6:::1%eth0]", "[IPv6:g::]",
        "[mote]"}) {
    CAPTURE(literal);
    CHECK_FALSE(is_valid("a@" + std::string{literal}));
  }
}

TEST_CASE("an address of some other protocol is none: no tag but IPv6 was ever registered") {
  for (const std::string_view literal :
       {"[x-tag:any!thing]", "[9:x:y]", "[:x]", "[x:]", "[x:y z]"}) {
    CAPTURE(literal);
    CHECK_FALSE(is_valid("a@" + std::string{literal}));
  }
}

TEST_CASE("a mailbox has both its parts, and is no recipient otherwise") {
  for (const std::string_view s :
       {"", "@", "a", "a@", "@b", "a@@b", "a@b@c", "<a@b>", "[1.2.3.4]"}) {
    CAPTURE(s);
    CHECK(text::mailbox_form(s) == address_form::invalid);
    CHECK(text::forward_path_form(s) == address_form::invalid);
  }
}

TEST_CASE("a local part may have 64 octets and not one more") {
  CHECK(is_valid(std::string(64, 'a') + "@b"));
  CHECK_FALSE(is_valid(std::string(65, 'a') + "@b"));
  CHECK(is_valid('"' + std::string(62, ' ') + "\"@b"));
  CHECK_FALSE(is_valid('"' + std::string(63, ' ') + "\"@b"));
}

TEST_CASE("a label may have 63 octets and not one more") {
  for (const std::string after : {"", ".org"}) {
    CHECK(is_valid("a@" + std::string(63, 'd') + after));
    CHECK_FALSE(is_valid("a@" + std::string(64, 'd') + after));
  }
}

TEST_CASE("a domain may have 255 octets and not one more") {
  CHECK(domain_of(255).size() == 255);
  CHECK(text::is_domain(domain_of(255)));
  CHECK(domain_of(256).size() == 256);
  CHECK_FALSE(text::is_domain(domain_of(256)));
}

TEST_CASE("a mailbox may have 254 octets and not one more, so that a path has 256") {
  for (const std::size_t local : {1u, 32u, 64u}) {
    const std::string begin = std::string(local, 'a') + '@';
    CHECK(is_valid(begin + domain_of(254 - begin.size())));
    CHECK_FALSE(is_valid(begin + domain_of(255 - begin.size())));
  }
}

TEST_CASE("a control character or NUL in any place of any address is refused") {
  for (const std::string address : {"mote@example.org", R"("q \" q"@[192.0.2.7])", "m@[x:yz]",
                                    "postmaster", "m\xC3\xB6te@example.org"}) {
    for (int octet = 0; octet < 128; ++octet) {
      const char c = static_cast<char>(octet);
      if (!ascii::is_control(c)) continue;
      for (std::size_t place = 0; place <= address.size(); ++place) {
        std::string longer = address;
        longer.insert(place, 1, c);
        std::string other = address;
        if (place < address.size()) other[place] = c;
        CAPTURE(longer);
        CHECK(text::reverse_path_form(longer) == address_form::invalid);
        CHECK(text::forward_path_form(longer) == address_form::invalid);
        if (other != address) CHECK(text::forward_path_form(other) == address_form::invalid);
      }
    }
  }
}

TEST_CASE("an address that could end its command early is never taken") {
  for_each_text("a@\".\\>\r\n", 6, [](const std::string& s) {
    if (s.find_first_of("\r\n") == std::string::npos) return;
    if (text::forward_path_form(s) != address_form::invalid) FAIL_CHECK(s);
  });
}

TEST_CASE("outside quotes an address never holds what would end its path") {
  for_each_text("a@\".> ", 6, [](const std::string& s) {
    if (s.starts_with('"') || s.find_first_of("> ") == std::string::npos) return;
    if (text::forward_path_form(s) != address_form::invalid) FAIL_CHECK(s);
  });
}

TEST_CASE("an address that is not ASCII is marked as needing SMTPUTF8") {
  for (const std::string_view s : {"m\xC3\xB6te@example.org",
                                   "mote@b\xC3\xBC"
                                   "cher.example",
                                   "\xE6\x94\xB6@\xE4\xBE\x8B.org", "\"\xC3\xB6 \xC3\xB6\"@b",
                                   "\xF0\x9F\x98\x80@b", "a@\xE4\xBE\x8B"}) {
    CAPTURE(s);
    CHECK(text::mailbox_form(s) == address_form::utf8);
    CHECK(text::reverse_path_form(s) == address_form::utf8);
    CHECK(text::forward_path_form(s) == address_form::utf8);
  }
}

TEST_CASE("the limits of an address are counted in octets and not in characters") {
  std::string local;
  for (int i = 0; i < 32; ++i) local += "\xC3\xB6";
  CHECK(text::mailbox_form(local + "@b") == address_form::utf8);
  CHECK(text::mailbox_form(local + "a@b") == address_form::invalid);
}

TEST_CASE("what is no well-formed UTF-8 is no address (RFC 3629 section 4)") {
  const struct {
    std::string_view octets;
    bool well_formed;
  } cases[] = {
      {"\x80", false},
      {"\xBF", false},
      {"\xC0\x80", false},
      {"\xC1\xBF", false},
      {"\xC2\x80", true},
      {"\xDF\xBF", true},
      {"\xC2", false},
      {"\xC2\x7F", false},
      {"\xC2\xC0", false},
      {"\xE0\x9F\xBF", false},
      {"\xE0\xA0\x80", true},
      {"\xED\x9F\xBF", true},
      {"\xED\xA0\x80", false},
      {"\xED\xBF\xBF", false},
      {"\xEE\x80\x80", true},
      {"\xEF\xBF\xBF", true},
      {"\xE4\xBE", false},
      {"\xE4", false},
      {"\xF0\x90\x80\x80", true},
      {"\xF0\x8F\xBF\xBF", false},
      {"\xF4\x8F\xBF\xBF", true},
      {"\xF4\x90\x80\x80", false},
      {"\xF0\x9F\x98", false},
      {"\xF5\x80\x80\x80", false},
      {"\xF8\x88\x80\x80\x80", false},
      {"\xFE", false},
      {"\xFF", false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.octets);
    const address_form expected = c.well_formed ? address_form::utf8 : address_form::invalid;
    const std::string octets{c.octets};
    CHECK(text::mailbox_form(octets + "@b") == expected);
    CHECK(text::mailbox_form("a@" + octets) == expected);
    CHECK(text::mailbox_form('"' + octets + "\"@b") == expected);
  }
}

TEST_CASE("an address literal is ASCII") {
  CHECK_FALSE(text::is_address_literal("[x:\xC3\xB6]"));
  CHECK_FALSE(text::is_address_literal("[\xC3\xB6:x]"));
}

TEST_CASE("the null reverse-path is a sender and no recipient") {
  CHECK(text::reverse_path_form("") == address_form::ascii);
  CHECK(text::forward_path_form("") == address_form::invalid);
}

TEST_CASE("postmaster needs no domain, in any case, but only as a recipient") {
  CHECK(text::forward_path_form("postmaster") == address_form::ascii);
  CHECK(text::forward_path_form("PostMaster") == address_form::ascii);
  CHECK(text::forward_path_form("postmaste") == address_form::invalid);
  CHECK(text::forward_path_form("postmasters") == address_form::invalid);
  CHECK(text::reverse_path_form("postmaster") == address_form::invalid);
}
