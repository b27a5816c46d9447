// SPDX-License-Identifier: BSL-1.0
// How header fields are folded and encoded.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include <mailmote/mime/file_name.hpp>
#include <mailmote/mime/header_writer.hpp>

using namespace mailmote;

namespace {

template <class Write>
std::string header(Write write, bool raw_utf8 = false) {
  std::array<char, 4096> room;
  text::piece_writer out{room, 0};
  mime::header_writer header{out, 0, raw_utf8};
  write(header);
  REQUIRE(out.complete());
  return {room.data(), out.written()};
}

std::string subject(std::string_view value, bool raw_utf8 = false) {
  return header(
      [&](mime::header_writer& out) {
        out.put("Subject:");
        out.unstructured(value);
      },
      raw_utf8);
}

std::string name(std::string_view value) {
  return header([&](mime::header_writer& out) { out.phrase(value); });
}

std::string file_name(std::string_view value) {
  return header([&](mime::header_writer& out) { mime::put_file_name(out, value); });
}

}  // namespace

TEST_CASE("a long line is folded before a blank, and stays the same when it is unfolded") {
  CHECK(subject("94 degrees") == "Subject: 94 degrees");
  const std::string words = std::string(60, 'a') + " " + std::string(20, 'b') + "  c";
  CHECK(subject(words) ==
        "Subject: " + std::string(60, 'a') + "\r\n " + std::string(20, 'b') + "  c");
  CHECK(subject(std::string(300, 'x')) == "Subject: " + std::string(300, 'x'));
}

TEST_CASE("what would not be read as it was written becomes an encoded word") {
  CHECK(subject("zu hei\u00DF") == "Subject: =?utf-8?q?zu_hei=C3=9F?=");
  CHECK(subject("\u9505\u7089") == "Subject: =?utf-8?b?6ZSF54KJ?=");
  CHECK(subject("=?utf-8?q?x?=") == "Subject: =?utf-8?b?PT91dGYtOD9xP3g/PQ==?=");
  CHECK(subject(" a") == "Subject: =?utf-8?q?_a?=");
  CHECK(subject("hei\u00DF", true) == "Subject: hei\u00DF");
  CHECK(subject(std::string(801, 'x')).starts_with("Subject: =?utf-8?q?xxx"));
}

// RFC 2047 section 8, in UTF-8. Erratum 5469: a `=` in a phrase stands only before two digits.
TEST_CASE("the names and words of RFC 2047 are written as it writes them") {
  CHECK(name("Keith Moore") == " Keith Moore");
  CHECK(name("Keld J\u00F8rn Simonsen") == " =?utf-8?q?Keld_J=C3=B8rn_Simonsen?=");
  CHECK(name("Andr\u00E9 Pirard") == " =?utf-8?q?Andr=C3=A9_Pirard?=");
  CHECK(name("Olle J\u00E4rnefors") == " =?utf-8?q?Olle_J=C3=A4rnefors?=");
  CHECK(name("Patrik F\u00E4ltstr\u00F6m") == " =?utf-8?b?UGF0cmlrIEbDpGx0c3Ryw7Zt?=");
  CHECK(name("a=b of \u00E9tage two") == " =?utf-8?q?a=3Db_of_=C3=A9tage_two?=");
  CHECK(subject("Time for ISO 10646?") == "Subject: Time for ISO 10646?");
  CHECK(subject("If you can read this you understand the example.") ==
        "Subject: If you can read this you understand the example.");
  // The table: what is displayed with a blank has it inside of a word, and the blanks between two
  // words are not displayed.
  CHECK(subject("\u00E4") == "Subject: =?utf-8?b?w6Q=?=");
  CHECK(subject("\u00E4 b") == "Subject: =?utf-8?q?=C3=A4_b?=");
  const std::string many(49, 'a');
  CHECK(subject("\u00E4" + many + " b") ==
        "Subject: =?utf-8?q?=C3=A4" + many + "?=\r\n =?utf-8?q?_b?=");
  CHECK(subject("\u00E4" + many + "b") ==
        "Subject: =?utf-8?q?=C3=A4" + many + "?=\r\n =?utf-8?q?b?=");
}

TEST_CASE("no encoded word is longer than 75, none splits a character, and their lines have 76") {
  for (const std::string_view character : {"a\u00FC", "\u00DF", "\u20AC", "\U0001F525"}) {
    for (std::size_t n = 1; n < 60; ++n) {
      std::string value;
      for (std::size_t i = 0; i < n; ++i) value += character;
      const std::string text = subject(value);
      std::size_t begin = 0;
      while (begin < text.size()) {
        const std::size_t end = std::min(text.find("\r\n", begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        CHECK(line.size() <= 76);
        const std::size_t word = line.find("=?utf-8?");
        REQUIRE(word != std::string::npos);
        CHECK(line.size() - word <= 75);
        begin = end + 2;
      }
    }
  }
}

TEST_CASE("a name is atoms, a quoted string or encoded words") {
  CHECK(name("Mote 17") == " Mote 17");
  CHECK(name("Doe, J.") == " \"Doe, J.\"");
  CHECK(name("a \"b\" \\") == " \"a \\\"b\\\" \\\\\"");
  CHECK(name("J\u00FCrgen") == " =?utf-8?q?J=C3=BCrgen?=");
  CHECK(name("two  blanks") == " \"two  blanks\"");
  CHECK(name("Keith (x) _") == " \"Keith (x) _\"");
  CHECK(name("\u00FC (x) is our boiler number 1_2") ==
        " =?utf-8?q?=C3=BC_=28x=29_is_our_boiler_number_1=5F2?=");
}

TEST_CASE("quotes within quotes count twice: what they make longer than a line is encoded") {
  CHECK(name(std::string(30, '"')).size() == 63);
  CHECK(name(std::string(31, '"')).starts_with(" =?utf-8?b?"));
  CHECK(file_name(std::string(30, '"')).size() == 73);
  CHECK(file_name(std::string(31, '"')).starts_with(";\r\n filename*0*=utf-8''%22%22"));
}

TEST_CASE("a file name is a quoted string, or as RFC 2231 has it with ASCII behind") {
  CHECK(file_name("a.csv") == "; filename=\"a.csv\"");
  CHECK(file_name("a \"b\".csv") == "; filename=\"a \\\"b\\\".csv\"");
  CHECK(file_name("gr\u00F6\u00DFe.csv") ==
        ";\r\n filename*=utf-8''gr%C3%B6%C3%9Fe.csv;\r\n filename=\"gr__e.csv\"");
  // RFC 2231 section 3: the value that its pieces are read as, which needs none.
  CHECK(file_name("ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar") ==
        "; filename=\"ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"");
  // The words and the octets of RFC 2231 section 4, and pieces as in section 4.1, with a semicolon
  // behind each (erratum 590).
  CHECK(file_name("This is ***fun***") == "; filename=\"This is ***fun***\"");
  CHECK(file_name("This is even more ***fun*** isn't it!\u00FC") ==
        ";\r\n filename*0*=utf-8''This%20is%20even%20more%20%2A%2A%2Afun%2A;\r\n"
        " filename*1*=%2A%2A%20isn%27t%20it%21%C3%BC;\r\n"
        " filename=\"This is even more ***fun*** isn't it!_\"");
  CHECK(file_name("This is ***fun*** so it is\u00FC") ==
        ";\r\n filename*0*=utf-8''This%20is%20%2A%2A%2Afun%2A%2A%2A%20so%20i;\r\n"
        " filename*1*=t%20is%C3%BC;\r\n filename=\"This is ***fun*** so it is_\"");
  const std::string longer = file_name(std::string(70, 'x') + ".csv");
  CHECK(longer == ";\r\n filename*0*=utf-8''" + std::string(42, 'x') +
                      ";\r\n filename*1*=" + std::string(28, 'x') + ".csv;\r\n filename=\"" +
                      std::string(56, 'x') + ".csv\"");
}
