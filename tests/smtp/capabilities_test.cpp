// SPDX-License-Identifier: BSL-1.0
// What a reply to EHLO offers, in whatever way a server writes it.
#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/smtp/capabilities.hpp>

using namespace mailmote;
using sasl::kind;
using smtp::capabilities;
using smtp::extension;

namespace {

constexpr std::size_t extensions = static_cast<std::size_t>(extension::limits) + 1;
static_assert(smtp::extension_keywords[extensions].empty());

// What a server offers that says `lines` after its greeting line.
capabilities offered(std::initializer_list<std::string_view> lines, std::string_view others = {}) {
  smtp::capability_parser parser;
  capabilities found{.other_keywords = others};
  const auto read = [&](std::string_view line) {
    for (const char c : line) parser.text(c, found);
    parser.line_end(found);
  };
  read("mx.example.org at your service");
  for (const std::string_view line : lines) read(line);
  return found;
}

}  // namespace

TEST_CASE("every extension is known by its registered keyword, in any case") {
  const struct {
    extension offered;
    std::string_view upper, mixed;
  } registered[] = {
      {extension::starttls, "STARTTLS", "StartTls"},
      {extension::auth, "AUTH", "Auth"},
      {extension::pipelining, "PIPELINING", "pipelining"},
      {extension::chunking, "CHUNKING", "Chunking"},
      {extension::binarymime, "BINARYMIME", "BinaryMIME"},
      {extension::eight_bit_mime, "8BITMIME", "8bitmime"},
      {extension::smtputf8, "SMTPUTF8", "SMTPutf8"},
      {extension::size, "SIZE", "Size"},
      {extension::dsn, "DSN", "dsn"},
      {extension::enhanced_status_codes, "ENHANCEDSTATUSCODES", "EnhancedStatusCodes"},
      {extension::requiretls, "REQUIRETLS", "RequireTLS"},
      {extension::limits, "LIMITS", "Limits"},
  };
  CHECK(std::size(registered) == extensions);
  for (const auto& r : registered) {
    for (const std::string_view keyword : {r.upper, r.mixed}) {
      CAPTURE(keyword);
      const capabilities found = offered({keyword});
      for (std::size_t e = 0; e < extensions; ++e) {
        CHECK(found.has(static_cast<extension>(e)) == (static_cast<extension>(e) == r.offered));
      }
    }
  }
}

TEST_CASE("a server that only greets offers nothing") { CHECK(offered({}).extensions == 0); }

TEST_CASE("the greeting line names the server, even when the name is a keyword") {
  smtp::capability_parser parser;
  capabilities found;
  for (const char c : std::string_view{"STARTTLS PIPELINING AUTH=PLAIN"}) parser.text(c, found);
  parser.line_end(found);
  CHECK(found.extensions == 0);
  CHECK(found.auth.empty());
}

TEST_CASE("a greeting line without a word is a greeting line") {
  smtp::capability_parser parser;
  capabilities found;
  parser.line_end(found);
  for (const char c : std::string_view{"DSN"}) parser.text(c, found);
  parser.line_end(found);
  CHECK(found.has(extension::dsn));
}

TEST_CASE("keywords that nobody knows change nothing") {
  const capabilities found =
      offered({"X-EXPS GSSAPI", "XSTARTTLS", "STARTTLSX", "START-TLS", "HELP", "VRFY STARTTLS", "",
               "8BITMIM", "=STARTTLS", "STARTTLS=", "X-AUTH=PLAIN", std::string(2'000, 'A'),
               "STARTTLS\xFF", "SMTPUTF8SMTPUTF8SMTPUTF8SMTPUTF8"});
  CHECK(found.extensions == 0);
  CHECK(found.auth.empty());
}

TEST_CASE("a NUL does not end a keyword") {
  CHECK(offered({std::string_view{"STARTTLS\0", 9}}).extensions == 0);
}

TEST_CASE("blanks around and between the words do not matter") {
  const capabilities found = offered({" STARTTLS", "DSN ", "\tAUTH\tPLAIN  LOGIN\t", "SIZE   10"});
  CHECK(found.has(extension::starttls));
  CHECK(found.has(extension::dsn));
  CHECK(found.auth.has(kind::plain));
  CHECK(found.auth.has(kind::login));
  CHECK(found.size_limit == 10);
}

TEST_CASE("the mechanisms of AUTH are found in its old and in its new spelling") {
  for (const std::string_view line :
       {"AUTH PLAIN LOGIN", "AUTH LOGIN PLAIN", "auth plain login", "AUTH=PLAIN LOGIN",
        "AUTH=LOGIN PLAIN", "auth=login plain", "AUTH NTLM LOGIN GSSAPI PLAIN X",
        "AUTH  LOGIN  PLAIN ", "AUTH= PLAIN LOGIN"}) {
    CAPTURE(line);
    const capabilities found = offered({line});
    CHECK(found.has(extension::auth));
    CHECK(found.auth.has(kind::plain));
    CHECK(found.auth.has(kind::login));
    CHECK_FALSE(found.auth.has(kind::cram_md5));
  }
}

TEST_CASE("several AUTH lines add up") {
  const capabilities found = offered({"AUTH=LOGIN", "AUTH PLAIN", "AUTH SCRAM-SHA-256-PLUS"});
  CHECK(found.auth.has(kind::login));
  CHECK(found.auth.has(kind::plain));
  CHECK(found.auth.has(kind::scram_sha_256_plus));
}

TEST_CASE("a mechanism whose name only begins like ours is not ours") {
  const capabilities found =
      offered({"AUTH PLAIN-CLIENTTOKEN XPLAIN PLAI N LOGIN=PLAIN AUTH=PLAIN"});
  CHECK(found.has(extension::auth));
  CHECK(found.auth.empty());
}

TEST_CASE("mechanisms count in the AUTH line only") {
  CHECK(offered({"AUTH", "X PLAIN", "DSN PLAIN", "SIZE PLAIN", "PLAIN"}).auth.empty());
}

TEST_CASE("the size that a server takes is read, or was not said (RFC 1870)") {
  constexpr std::uint32_t largest = smtp::largest_number;  // or more: that is all we know then
  const struct {
    std::string_view line;
    std::uint32_t limit;
  } cases[] = {
      {"SIZE", 0},
      {"SIZE ", 0},
      {"SIZE 0", 0},
      {"SIZE 10240000", 10'240'000},
      {"size 35882577", 35'882'577},
      {"SIZE 007", 7},
      {"SIZE 4294967289", 4'294'967'289},
      {"SIZE 4294967290", largest},
      {"SIZE 4294967296", largest},
      {"SIZE 18446744073709551616", largest},
      {"SIZE 99999999999999999999", largest},
      {"SIZE 10 20", 10},
      {"SIZE 000000000000000000000010240000", 0},  // not cut to some other number
      {"SIZE ten", 0},
      {"SIZE 10k", 0},
      {"SIZE -1", 0},
      {"SIZE +1", 0},
      {"SIZE 1.5", 0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.line);
    CHECK(offered({c.line}).has(extension::size));
    CHECK(offered({c.line}).size_limit == c.limit);
  }
}

TEST_CASE("the limits of a server are read (RFC 9422)") {
  const capabilities found = offered({"LIMITS RCPTMAX=20 MAILMAX=5 RCPTDOMAINMAX=1"});
  CHECK(found.max_recipients == 20);
  CHECK(found.max_mails == 5);
  CHECK(found.max_recipient_domains == 1);
  CHECK(offered({"LIMITS RCPTDOMAINMAX=100"}).max_recipients == 0);
  CHECK(offered({"Limits RcptDomainMax=100"}).max_recipient_domains == 100);
  CHECK(offered({"LIMITS RCPTDOMAINMAX=4294967295"}).max_recipient_domains == 0xFFFF'FFFF);
  CHECK(offered({"LIMITS RCPTDOMAINMAX=10000000000"}).max_recipient_domains == 0);  // too long
  CHECK(offered({"limits mailmax=5"}).max_mails == 5);
  CHECK(offered({"LIMITS X=1 RCPTMAX=999999"}).max_recipients == 999'999);
  CHECK(offered({"LIMITS RCPTMAX=99999999999"}).max_recipients == 0xFFFF'FFFF);
}

TEST_CASE("a limit that is no number is none") {
  for (const std::string_view line :
       {"LIMITS", "LIMITS RCPTMAX", "LIMITS RCPTMAX=", "LIMITS RCPTMAX=x", "LIMITS RCPTMAX=-1",
        "LIMITS RCPTMAX=0", "LIMITS RCPTMAX 20", "LIMITS XRCPTMAX=20", "DSN RCPTMAX=20",
        "RCPTMAX=20", "LIMITS RCPTMAX=20;MAILMAX=5", "LIMITS =20", "LIMITS RCPTMAX==20",
        "LIMITS RCPTDOMAINMAX=x", "LIMITS RCPTMAXX=20", "LIMITS RCPT=20",
        "LIMITS RCPTMAX,MAX=20"}) {
    CAPTURE(line);
    CHECK(offered({line}).max_recipients == 0);
    CHECK(offered({line}).max_mails == 0);
    CHECK(offered({line}).max_recipient_domains == 0);
  }
}

TEST_CASE("a limit that nobody knows does not hide the others, and the last word counts") {
  const capabilities found =
      offered({"LIMITS X-FLAG RCPTMAX=20 FUTURE=a=b MAILMAX=5 X_Y=! RCPTMAX=30"});
  CHECK(found.max_recipients == 30);
  CHECK(found.max_mails == 5);
  CHECK(found.max_recipient_domains == 0);
}

TEST_CASE("a keyword that was listed is noted, in any case, with or without words behind it") {
  const std::string_view list = "DELIVERBY MT-PRIORITY X-1";
  const capabilities found = offered({"deliverby 240", "x-1"}, list);
  CHECK(found.others == 0b101);
  CHECK(found.offers("DELIVERBY"));
  CHECK(found.offers("DeliverBy"));
  CHECK(found.offers("X-1"));
  CHECK_FALSE(found.offers("MT-PRIORITY"));
  CHECK(found.knows("mt-priority"));
  CHECK(found.extensions == 0);
}

TEST_CASE("a keyword that was not listed is offered to nobody") {
  const capabilities found = offered({"DELIVERBY", "X-1", "DSN"});
  CHECK(found.others == 0);
  for (const std::string_view keyword : {"DELIVERBY", "X-1", "", "DSN DSN"}) {
    CHECK_FALSE(found.offers(keyword));
    CHECK_FALSE(found.knows(keyword));
  }
  CHECK(found.offers("dsn"));
  CHECK(found.knows("CHUNKING"));
  CHECK_FALSE(found.offers("CHUNKING"));
}

TEST_CASE("a listed keyword is looked for where keywords are, and whole") {
  const std::string_view list = "X-1 mx.example.org";
  CHECK(offered({"DSN X-1", "X-10", "X-", "SIZE X-1", "AUTH X-1", "X-1=", ""}, list).others == 0);
  CHECK(offered({"X-1 X-2", "X-1"}, list).others == 1);
}

TEST_CASE("a keyword that is listed and known is both") {
  const capabilities found = offered({"DSN"}, "X DSN");
  CHECK(found.has(extension::dsn));
  CHECK(found.others == 0b10);
  CHECK(offered({"X"}, "X DSN").offers("DSN") == false);
}

TEST_CASE("of a list of any length the first 32 keywords are looked for") {
  std::string list;
  std::vector<std::string> lines;
  for (int i = 0; i < 40; ++i) {
    lines.push_back("X" + std::to_string(i));
    list += (i > 0 ? " " : "") + lines.back();
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const capabilities found = offered({lines[i]}, list);
    CHECK(found.others == (i < 32 ? std::uint32_t{1} << i : 0));
    CHECK(found.offers(lines[i]) == (i < 32));
    CHECK(found.knows(lines[i]) == (i < 32));
  }
}

TEST_CASE("the longest keyword there may be is read to its last octet") {
  const std::string longest(smtp::max_keyword, 'K');
  const std::string longer = longest + 'K';
  CHECK(offered({longest}, longest).offers(longest));
  CHECK_FALSE(offered({longer}, longest).offers(longest));
  CHECK_FALSE(offered({longer}, longer).offers(longer));
}

TEST_CASE("a line of any length is read in fixed memory, to its last word") {
  std::string line = "AUTH ";
  for (int i = 0; i < 10'000; ++i) line += "X-MECHANISM-" + std::to_string(i) + ' ';
  line += std::string(100'000, 'Y') + " PLAIN";
  const capabilities found = offered({line});
  CHECK(found.auth.has(kind::plain));
  CHECK_FALSE(found.auth.has(kind::login));
}

TEST_CASE("everything that a large provider offers is taken in") {
  const capabilities found =
      offered({"SIZE 157286400", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS", "8BITMIME",
               "AUTH LOGIN PLAIN XOAUTH2 OAUTHBEARER", "BINARYMIME", "CHUNKING", "SMTPUTF8",
               "REQUIRETLS", "LIMITS MAILMAX=100 RCPTMAX=500"});
  CHECK(found.extensions == (1u << extensions) - 1);
  CHECK(found.size_limit == 157'286'400);
  CHECK(found.max_mails == 100);
  CHECK(found.max_recipients == 500);
  CHECK(found.auth.has(kind::xoauth2));
  CHECK(found.auth.has(kind::oauthbearer));
}
