// SPDX-License-Identifier: BSL-1.0
// IPv4 and IPv6 addresses as people write them (RFC 4291 section 2.2, RFC 5954, RFC 5321 4.1.3).
#include <doctest/doctest.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <mailmote/text/ip_address.hpp>

#include "text/all_texts.hpp"

using namespace mailmote;

namespace {

using groups = std::array<std::uint16_t, 8>;

text::ip_address v6(const groups& g) {
  text::ip_address ip;
  for (std::size_t i = 0; i < 16; ++i) {
    ip.octets[i] = static_cast<std::uint8_t>(i % 2 == 0 ? g[i / 2] >> 8 : g[i / 2] & 255);
  }
  ip.size = 16;
  return ip;
}

text::ip_address read_ipv4(std::string_view s) {
  const text::ip_address ip = text::read_ip(s);
  return ip.size == 4 ? ip : text::ip_address{};
}

text::ip_address read_ipv6(std::string_view s) {
  const text::ip_address ip = text::read_ip(s);
  return ip.size == 16 ? ip : text::ip_address{};
}

// What the operating system makes of it.
text::ip_address by_the_system(const std::string& s) {
  text::ip_address ip;
  if (inet_pton(AF_INET, s.c_str(), ip.octets.data()) == 1) {
    ip.size = 4;
  } else if (inet_pton(AF_INET6, s.c_str(), ip.octets.data()) == 1) {
    ip.size = 16;
  } else {
    ip = {};
  }
  return ip;
}

}  // namespace

TEST_CASE("four decimal numbers are an IPv4 address") {
  for (const std::string s : {"0.0.0.0", "192.0.2.7", "255.255.255.255", "1.20.255.9"}) {
    CAPTURE(s);
    CHECK(read_ipv4(s) == by_the_system(s));
    CHECK(read_ipv4(s).size == 4);
  }
  CHECK(read_ipv4("192.0.2.7").octets == std::array<std::uint8_t, 16>{192, 0, 2, 7});
}

TEST_CASE("what only resembles an IPv4 address is none") {
  for (const std::string_view s :
       {"",           ".",        "1",         "1.2.3",     "1.2.3.",    ".1.2.3",
        "1..2.3",     "1.2.3.4.", "1.2.3.4.5", "256.0.0.1", "1.2.3.256", "1.2.3.999",
        "1.2.3.1000", "01.2.3.4", "1.2.3.00",  "1.2.3.04",  "0x1.2.3.4", "1.2.3.a",
        "+1.2.3.4",   "-1.2.3.4", " 1.2.3.4",  "1.2.3.4 ",  "1.2.3.4\n", "::1"}) {
    CAPTURE(s);
    CHECK_FALSE(read_ipv4(s));
  }
  CHECK_FALSE(read_ipv4({"1.2.3.4\0", 8}));
}

TEST_CASE("the examples of RFC 4291 section 2.2 are read") {
  const struct {
    std::string_view text;
    groups address;
  } cases[] = {
      {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
       {0xABCD, 0xEF01, 0x2345, 0x6789, 0xABCD, 0xEF01, 0x2345, 0x6789}},
      {"2001:DB8:0:0:8:800:200C:417A", {0x2001, 0xDB8, 0, 0, 8, 0x800, 0x200C, 0x417A}},
      {"2001:DB8::8:800:200C:417A", {0x2001, 0xDB8, 0, 0, 8, 0x800, 0x200C, 0x417A}},
      {"FF01::101", {0xFF01, 0, 0, 0, 0, 0, 0, 0x101}},
      {"::1", {0, 0, 0, 0, 0, 0, 0, 1}},
      {"::", {}},
      {"0:0:0:0:0:0:13.1.68.3", {0, 0, 0, 0, 0, 0, 0x0D01, 0x4403}},
      {"::13.1.68.3", {0, 0, 0, 0, 0, 0, 0x0D01, 0x4403}},
      {"::FFFF:129.144.52.38", {0, 0, 0, 0, 0, 0xFFFF, 0x8190, 0x3426}},
      {"2001:db8::192.0.2.1", {0x2001, 0xDB8, 0, 0, 0, 0, 0xC000, 0x0201}},  // RFC 5954
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(read_ipv6(c.text) == v6(c.address));
  }
}

TEST_CASE("what only resembles an IPv6 address is none") {
  for (const std::string_view s : {"",
                                   ":",
                                   ":::",
                                   "1:2:3:4:5:6:7",
                                   "1:2:3:4:5:6:7:8:9",
                                   "1:2:3:4:5:6:7:8:",
                                   ":1:2:3:4:5:6:7:8",
                                   "1::2::3",
                                   "1:::2",
                                   "::1:",
                                   ":1::",
                                   "1:2:3:4:5:6:7:8::",
                                   "1:2:3:4::5:6:7:8",
                                   "12345::",
                                   "::00001",
                                   "::g",
                                   "::1%eth0",
                                   "::1/64",
                                   "[::1]",
                                   "::1.2.3",
                                   "::1.2.3.4.5",
                                   "::1.2.3.256",
                                   "1.2.3.4::",
                                   "1:2:3:4:5:6:7:1.2.3.4",
                                   "1:2:3:4:5:6::1.2.3.4",
                                   "::abc.1.2.3",
                                   "1.2.3.4",
                                   " ::1",
                                   "::1 "}) {
    CAPTURE(s);
    CHECK_FALSE(read_ipv6(s));
  }
  CHECK_FALSE(read_ipv6({"::1\0", 4}));
}

TEST_CASE("every short text is the address that the operating system sees in it") {
  for_each_text(":.1f", 8, [](const std::string& s) {
    if (text::read_ip(s) != by_the_system(s)) FAIL_CHECK(s);
  });
}

TEST_CASE("every sequence of groups is the address that the operating system sees in it") {
  const std::string parts[] = {"", "0", "9a8B", "1.2.3.4"};
  for_each_text("0123", 9, [&](const std::string& choice) {
    std::string s;
    for (const char c : choice) s += ":" + parts[c - '0'];
    if (!s.empty()) s.erase(0, 1);
    if (text::read_ip(s) != by_the_system(s)) FAIL_CHECK(s);
  });
}
