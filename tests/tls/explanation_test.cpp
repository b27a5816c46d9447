// SPDX-License-Identifier: BSL-1.0
// What people are told of a server that was not trusted.
#include <mailmote/tls/explanation.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace mailmote;
using namespace std::string_view_literals;

namespace {

std::string told(const tls::fault& found, std::string_view host = "mail.example.org",
                 std::size_t room = 200) {
  std::string text(room, '~');
  return std::string{tls::explain(found, host, text)};
}

}  // namespace

TEST_CASE("dates and names are in the sentence") {
  CHECK(told({.why = errc::tls_expired, .date = 1767312000}) ==
        "the server's certificate expired on 2026-01-02");
  CHECK(told({.why = errc::tls_not_yet_valid, .date = 4070908800}) ==
        "the server's certificate is not valid before 2099-01-01");
  CHECK(told({.why = errc::tls_name_mismatch, .shown_name = "mail.other.org"}) ==
        "the server's certificate is for mail.other.org, not mail.example.org");
  CHECK(told({.why = errc::tls_name_mismatch}) ==
        "the server's certificate is not for mail.example.org");
  CHECK(told({.why = errc::tls_ip_mismatch}, "192.0.2.7") ==
        "the server's certificate is not for the address 192.0.2.7");
}

TEST_CASE("what needs no particulars is said as everywhere") {
  CHECK(told({.why = errc::tls_not_tls}) == "the server does not speak TLS on this port");
  CHECK(told({.why = errc::none}) == explain(errc::none));
  CHECK(told({.why = errc::tls_unknown_ca}) == explain(errc::tls_unknown_ca));
}

TEST_CASE("a TLS library with a wrong clock of its own is told from a server that nobody knows") {
  CHECK(told({.why = errc::tls_unknown_ca, .date = 1767312000}) ==
        "no intermediate certificate was used: the TLS library's own clock is wrong");
}

TEST_CASE("a hostile name can neither move the cursor nor break the line") {
  CHECK(told({.why = errc::tls_name_mismatch, .shown_name = "a\r\n\x1B[2J\0b\xC3\xA9\x7F"sv}) ==
        "the server's certificate is for a???[2J?b???, not mail.example.org");
}

TEST_CASE("a sentence stops where its room ends") {
  CHECK(told({.why = errc::tls_expired, .date = 1767312000}, "h", 10) == "the server");
  CHECK(told({.why = errc::tls_expired, .date = 1767312000}, "h", 0).empty());
}
