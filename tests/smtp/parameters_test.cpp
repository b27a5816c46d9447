// SPDX-License-Identifier: BSL-1.0
// What a mail says with MAIL and RCPT, by the examples of the RFCs: what may be said, to whom, and how
// it is written.
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <mailmote/smtp/dsn.hpp>
#include <mailmote/smtp/other_parameters.hpp>
#include <mailmote/smtp/parameters.hpp>
#include <mailmote/smtp/require_tls.hpp>

#include "../support/dialogue.hpp"

using namespace mailmote;
using namespace mailmote::test;
using smtp::capabilities;
using smtp::extension;

namespace {

// What would be gone before the mail is does not compile.
static_assert(!std::is_constructible_v<other_parameters, esmtp_parameter (&&)[2]>);
static_assert(!std::is_constructible_v<other_parameters, const esmtp_parameter (&&)[2]>);
static_assert(std::is_constructible_v<other_parameters, esmtp_parameter (&)[2]>);
static_assert(std::is_constructible_v<other_parameters, std::vector<esmtp_parameter>&>);
static_assert(!std::is_constructible_v<parameters<2>, dsn&, require_tls>);
static_assert(!std::is_constructible_v<parameters<1>, require_tls>);
static_assert(std::is_constructible_v<parameters<2>, dsn&, const require_tls&>);
static_assert(!std::is_copy_constructible_v<parameters<1>>);

// Of an object without a copy on the heap nothing has to be run at exit.
static_assert(std::is_trivially_destructible_v<dsn>);
static_assert(std::is_trivially_destructible_v<require_tls>);
static_assert(std::is_trivially_destructible_v<other_parameters>);
static_assert(std::is_trivially_destructible_v<parameters<3>>);

constinit const require_tls secret_all_the_way;
constinit const dsn silence{{.notify = dsn_notify::never}};
constinit const parameters both{secret_all_the_way, silence};

constexpr envelope alert{.from = "mote@example.org", .to = "ops@example.org"};

capabilities offering(std::initializer_list<extension> extensions) {
  capabilities offered;
  for (const extension e : extensions) {
    offered.extensions = static_cast<std::uint16_t>(offered.extensions | smtp::bit(e));
  }
  return offered;
}
const capabilities offers_dsn = offering({extension::dsn});

// What `put` writes, through rooms of every size.
template <class Put>
std::string written(Put put) {
  std::string whole(4'000, '?');
  text::piece_writer all{whole, 0};
  put(all);
  REQUIRE(all.complete());
  whole.resize(all.written());
  for (std::size_t room = 1; room <= whole.size(); ++room) {
    std::string pieces;
    while (pieces.size() < whole.size()) {
      std::string buffer(room, '?');
      text::piece_writer out{buffer, pieces.size()};
      put(out);
      pieces.append(buffer, 0, out.written());
    }
    CHECK(pieces == whole);
  }
  return whole;
}

std::string of_mail(const esmtp_parameters& these, const capabilities& offered = offers_dsn) {
  return written([&](text::piece_writer& out) { these.put_mail(out, offered); });
}

std::string of_rcpt(const esmtp_parameters& these, std::string_view address = "ops@example.org",
                    std::size_t index = 0, const capabilities& offered = offers_dsn) {
  return written([&](text::piece_writer& out) { these.put_rcpt(out, offered, index, address); });
}

errc check(const esmtp_parameters& these, std::string_view to = "ops@example.org") {
  return these.check({}, {.from = "mote@example.org", .to = to});
}

errc check_id(std::string_view id) { return check(dsn{{.envelope_id = id}}); }

errc check_text(std::string_view text) {
  const esmtp_parameter one[] = {{.keyword = "DSN", .text = text}};
  return check(other_parameters{one});
}

errc check_keyword(std::string_view keyword, std::string_view listed) {
  const esmtp_parameter one[] = {{.keyword = keyword, .text = "X=1"}};
  return other_parameters{one}.check({.other_extensions = listed}, alert);
}

errc check_list(std::string_view listed) { return check_keyword("DSN", listed); }

// A server in clear that takes whatever it is asked for, turn by turn.
dialogue asked(std::string offer, std::string mail, std::string rcpt) {
  return in_clear({"220 mx", "EHLO mote", "250-mx\r\n250-PIPELINING\r\n250 " + std::move(offer),
                   "MAIL FROM:<mote@example.org>" + std::move(mail) +
                       "\r\nRCPT TO:<ops@example.org>" + std::move(rcpt) + "\r\nDATA",
                   accepted_flight, message, "250 ok", "QUIT", "221 bye"});
}

dialogue without(std::string offer) {
  return in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 " + std::move(offer), "QUIT", "221 bye"});
}

}  // namespace

// ---- DSN (RFC 3461) ------------------------------------------------------------------------

TEST_CASE("a mail that asks for nothing says nothing") {
  const dsn nothing{{}};
  CHECK(check(nothing) == errc::none);
  CHECK(of_mail(nothing) == "");
  CHECK(of_rcpt(nothing) == "");
  CHECK(nothing.missing({}) == "");
}

TEST_CASE("RET and ENVID go with MAIL, each where it is asked for (RFC 3461 4.3, 4.4)") {
  CHECK(of_mail(dsn{{.returns = dsn_return::full}}) == " RET=FULL");
  CHECK(of_mail(dsn{{.returns = dsn_return::headers}}) == " RET=HDRS");
  CHECK(of_mail(dsn{{.envelope_id = "QQ314159"}}) == " ENVID=QQ314159");
  const dsn two{{.returns = dsn_return::headers, .envelope_id = "QQ314159"}};
  CHECK(of_mail(two) == " RET=HDRS ENVID=QQ314159");
  CHECK(of_rcpt(two) == "");
}

TEST_CASE("NOTIFY is never, or any of the three others (RFC 3461 4.1)") {
  using enum dsn_notify;
  const struct {
    dsn_notify when;
    std::string_view expected;
  } cases[] = {
      {never, " NOTIFY=NEVER"},
      {success, " NOTIFY=SUCCESS"},
      {failure, " NOTIFY=FAILURE"},
      {delay, " NOTIFY=DELAY"},
      {success | failure, " NOTIFY=SUCCESS,FAILURE"},
      {delay | success, " NOTIFY=SUCCESS,DELAY"},
      {failure | delay, " NOTIFY=FAILURE,DELAY"},
      {success | failure | delay, " NOTIFY=SUCCESS,FAILURE,DELAY"},
      {unsaid, ""},
  };
  for (const auto& c : cases) {
    const dsn report{{.notify = c.when}};
    CHECK(check(report) == errc::none);
    CHECK(of_rcpt(report) == c.expected);
    CHECK(of_mail(report) == "");
  }
  for (const dsn_notify one : {success, failure, delay, success | failure | delay}) {
    CHECK(check(dsn{{.notify = never | one}}) == errc::bad_parameter);
    const dsn_notify each[] = {one, never | one};
    CHECK(check(dsn{{.notify_each = each}}) == errc::bad_parameter);
  }
  CHECK(check(dsn{{.notify = static_cast<dsn_notify>(16)}}) == errc::bad_parameter);
}

TEST_CASE("each recipient can have a NOTIFY of its own, as in RFC 3461 section 10.1") {
  using enum dsn_notify;
  const dsn_notify each[] = {success, failure, success | failure, unsaid};
  const dsn report{{.notify = never, .notify_each = each, .original_recipients = true}};
  CHECK(check(report) == errc::none);
  CHECK(of_rcpt(report, "Bob@Example.COM", 0) == " NOTIFY=SUCCESS ORCPT=rfc822;Bob@Example.COM");
  CHECK(of_rcpt(report, "Carol@Ivory.EDU", 1) == " NOTIFY=FAILURE ORCPT=rfc822;Carol@Ivory.EDU");
  CHECK(of_rcpt(report, "Dana@Ivory.EDU", 2) ==
        " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Dana@Ivory.EDU");
  CHECK(of_rcpt(report, "Eric@Bombs.AF.MIL", 3) == " ORCPT=rfc822;Eric@Bombs.AF.MIL");
  CHECK(of_rcpt(report, "Fred@Bombs.AF.MIL", 4) == " NOTIFY=NEVER ORCPT=rfc822;Fred@Bombs.AF.MIL");
}

TEST_CASE("an original recipient is named in xtext, or in UTF-8 (RFC 3461 4.2, RFC 6533 3)") {
  const dsn report{{.original_recipients = true}};
  CHECK(of_mail(report) == "");
  CHECK(of_rcpt(report, "a+tag=x@b.c") == " ORCPT=rfc822;a+2Btag+3Dx@b.c");
  CHECK(of_rcpt(report, "\"a b\"@b.c") == " ORCPT=rfc822;\"a+20b\"@b.c");
  CHECK(of_rcpt(report, "postmaster") == " ORCPT=rfc822;postmaster");
  CHECK(of_rcpt(report, "m\xC3\xB6te+x@b.c") == " ORCPT=utf-8;m\xC3\xB6te\\x{2B}x@b.c");
}

TEST_CASE("an original recipient that is too long in xtext is refused, and no shorter one") {
  const dsn report{{.original_recipients = true}};
  CHECK(check(report, std::string(493, 'x')) == errc::none);
  CHECK(check(report, std::string(494, 'x')) == errc::bad_parameter);
  CHECK(check(report, std::string(164, '+') + "x") == errc::none);
  CHECK(check(report, std::string(164, '+') + "xx") == errc::bad_parameter);
  // What an address may be at most: a local part of 64 octets, where each special becomes six.
  const std::string local = "\"" + std::string(62, '+') + "\"@\xC3\xB6";
  CHECK(check(report, local + std::string(494 - 62 * 6 - 5, 'x')) == errc::none);
  CHECK(check(report, local + std::string(494 - 62 * 6 - 4, 'x')) == errc::bad_parameter);
  CHECK(check(dsn{{}}, std::string(494, 'x')) == errc::none);
}

TEST_CASE("an envelope id is printable ASCII of at most 100 octets in xtext") {
  CHECK(check_id("QQ314159") == errc::none);
  CHECK(check_id("mail 17, 3rd try = last + best") == errc::none);
  CHECK(of_mail(dsn{{.envelope_id = "a b+c=d"}}) == " ENVID=a+20b+2Bc+3Dd");
  CHECK(check_id(std::string(100, 'x')) == errc::none);
  CHECK(check_id(std::string(101, 'x')) == errc::bad_parameter);
  CHECK(check_id(std::string(33, '+') + "x") == errc::none);
  CHECK(check_id(std::string(33, '+') + "xx") == errc::bad_parameter);
  CHECK(check_id("\xC3\xB6") == errc::bad_parameter);
}

TEST_CASE("a server without DSN is asked for nothing, and is missing where it must not be") {
  const dsn_notify each[] = {dsn_notify::unsaid};
  for (const dsn_options& with :
       {dsn_options{.notify = dsn_notify::never}, dsn_options{.notify_each = each},
        dsn_options{.returns = dsn_return::full}, dsn_options{.envelope_id = "x"},
        dsn_options{.original_recipients = true}}) {
    CHECK(dsn{with}.missing({}) == "DSN");
    CHECK(dsn{with}.missing(offering({extension::size, extension::limits})) == "DSN");
    CHECK(dsn{with}.missing(offers_dsn) == "");
    dsn_options as_well = with;
    as_well.optional = true;
    CHECK(dsn{as_well}.missing({}) == "");
    CHECK(of_mail(dsn{as_well}, {}) == "");
    CHECK(of_rcpt(dsn{as_well}, "a@b", 0, {}) == "");
    CHECK(of_mail(dsn{as_well}) == of_mail(dsn{with}));
    CHECK(of_rcpt(dsn{as_well}) == of_rcpt(dsn{with}));
  }
}

// ---- REQUIRETLS (RFC 8689) -----------------------------------------------------------------

TEST_CASE("REQUIRETLS is a word of MAIL's, and needs the server to know it") {
  const capabilities knows = offering({extension::requiretls});
  CHECK(of_mail(secret_all_the_way, knows) == " REQUIRETLS");
  CHECK(of_rcpt(secret_all_the_way, "a@b", 0, knows) == "");
  CHECK(secret_all_the_way.missing(knows) == "");
  CHECK(secret_all_the_way.missing(offers_dsn) == "REQUIRETLS");
}

TEST_CASE("REQUIRETLS needs TLS, and says so before anything is sent") {
  settings with{.security = security::cleartext};
  CHECK(secret_all_the_way.check(with, alert) == errc::bad_parameter);
  for (const security safe : {security::starttls, security::implicit_tls}) {
    with.security = safe;
    CHECK(secret_all_the_way.check(with, alert) == errc::none);
  }
}

// ---- what mailmote has no name for ---------------------------------------------------------

TEST_CASE("the parameters of other extensions are sent as they are") {
  const settings with{.other_extensions = "DELIVERBY FUTURERELEASE MT-PRIORITY NO-SOLICITING"};
  for (const esmtp_parameter& one :
       {esmtp_parameter{.keyword = "DELIVERBY", .text = "BY=120;R"},           // RFC 2852
        esmtp_parameter{.keyword = "DELIVERBY", .text = "BY=-10;NT"},          // its trace
        esmtp_parameter{.keyword = "FUTURERELEASE", .text = "HOLDFOR=86400"},  // RFC 4865
        esmtp_parameter{.keyword = "futurerelease", .text = "HOLDUNTIL=2006-06-22T12:30:00Z"},
        esmtp_parameter{.keyword = "MT-PRIORITY", .text = "MT-PRIORITY=-3"},  // RFC 6710
        esmtp_parameter{.keyword = "NO-SOLICITING", .text = "SOLICIT=org.example:ADV:ADLT"},
        esmtp_parameter{.keyword = "AUTH", .text = "AUTH=<>"},  // RFC 4954 section 5
        esmtp_parameter{.keyword = "DSN", .text = "RET=HDRS"},
        esmtp_parameter{.keyword = "DSN", .text = "X-WORD"}}) {
    CAPTURE(one.text);
    capabilities offered{.other_keywords = with.other_extensions};
    offered.others = offered.other_bit(one.keyword);
    if (offered.others == 0) offered.extensions = smtp::extension_keywords.bit(one.keyword);
    const other_parameters these{{&one, 1}};
    CHECK(these.check(with, alert) == errc::none);
    CHECK(these.missing(offered) == "");
    CHECK(of_mail(these, offered) == " " + std::string{one.text});
    CHECK(of_rcpt(these, "a@b", 0, offered) == "");
    esmtp_parameter of_recipients = one;
    of_recipients.of = parameter_of::rcpt;
    const other_parameters those{{&of_recipients, 1}};
    CHECK(of_mail(those, offered) == "");
    CHECK(of_rcpt(those, "a@b", 0, offered) == " " + std::string{one.text});
  }
}

TEST_CASE("a parameter has the form of RFC 5321 4.1.2") {
  for (const std::string_view text :
       {"X", "x-1", "1=1", "X=!", "X=~", "X=<>;,\"\\", "XX-Y-=1", "MT-PRIORITY=+3"}) {
    CAPTURE(text);
    CHECK(check_text(text) == errc::none);
  }
  for (const std::string_view text :
       {"",           "=",          "X=",    "=X",   "X=a=b", "X==",  "-X=1",
        "-",          "X_Y=1",      "X.Y=1", "X:1",  " X=1",  "X=1 ", "X=1 Y=2",
        "X=\xC3\xB6", "\xC3\xB6=1", "X =1",  "X= 1", "X=1>",  "X>"}) {
    const bool is_value = text == "X=1>";
    CAPTURE(text);
    CHECK(check_text(text) == (is_value ? errc::none : errc::bad_parameter));
  }
}

TEST_CASE("a parameter has at most 500 octets") {
  CHECK(check_text("X=" + std::string(498, 'y')) == errc::none);
  CHECK(check_text("X=" + std::string(499, 'y')) == errc::bad_parameter);
  CHECK(check_text(std::string(501, 'X')) == errc::bad_parameter);
}

TEST_CASE("what mailmote says itself is not said twice") {
  for (const std::string_view text :
       {"SIZE=1", "size=1", "SIZE", "BODY=BINARYMIME", "SMTPUTF8", "RequireTLS"}) {
    CAPTURE(text);
    CHECK(check_text(text) == errc::bad_parameter);
  }
  CHECK(check_text("SIZES=1") == errc::none);
}

TEST_CASE("a parameter's extension is one that is known or listed, or nobody would look for it") {
  CHECK(check_keyword("DELIVERBY", "DELIVERBY") == errc::none);
  CHECK(check_keyword("DeliverBy", "MT-PRIORITY deliverby") == errc::none);
  CHECK(check_keyword("DSN", "") == errc::none);
  CHECK(check_keyword("DELIVERBY", "") == errc::unlisted_extension);
  CHECK(check_keyword("DELIVERBY", "MT-PRIORITY") == errc::unlisted_extension);
  CHECK(check_keyword("DELIVER", "DELIVERBY") == errc::unlisted_extension);
  CHECK(check_keyword("DELIVERBY MT-PRIORITY", "DELIVERBY MT-PRIORITY") ==
        errc::unlisted_extension);
  CHECK(check_keyword("", "DELIVERBY") == errc::unlisted_extension);
  const esmtp_parameter optional[] = {{.keyword = "X", .text = "X=1", .optional = true}};
  CHECK(check(other_parameters{optional}) == errc::unlisted_extension);
}

TEST_CASE("a list of extensions is keywords with one space between") {
  for (const std::string_view list : {"", "X", "X-1 2-Y", "DSN", "a b c"}) {
    CAPTURE(list);
    CHECK(check_list(list) == errc::none);
  }
  for (const std::string_view list :
       {" ", " X", "X ", "X  Y", "X,Y", "X\tY", "-X", "X=1", "X_Y", "X\r\nY", "\xC3\xB6", "X Y "}) {
    CAPTURE(list);
    CHECK(check_list(list) == errc::bad_extension_list);
  }
  CHECK(check_list(std::string_view{"X\0", 2}) == errc::bad_extension_list);
  CHECK(check_list(std::string(24, 'X')) == errc::none);
  CHECK(check_list(std::string(25, 'X')) == errc::bad_extension_list);
}

TEST_CASE("a list of extensions has at most 32 of them") {
  std::string list = "X0";
  for (int i = 1; i < 32; ++i) list += " X" + std::to_string(i);
  CHECK(check_keyword("X31", list) == errc::none);
  CHECK(check_list(list + " X32") == errc::bad_extension_list);
}

TEST_CASE("the first extension that is missing is named as it was asked for") {
  const settings with{.other_extensions = "A B C"};
  const esmtp_parameter list[] = {{.keyword = "a", .text = "A=1"},
                                  {.keyword = "B", .text = "B=1", .optional = true},
                                  {.keyword = "C", .text = "C=1"},
                                  {.keyword = "B", .text = "D=1", .of = parameter_of::rcpt}};
  const other_parameters these{list};
  CHECK(these.check(with, alert) == errc::none);
  const auto missing = [&](std::uint32_t others) {
    return these.missing({.others = others, .other_keywords = with.other_extensions});
  };
  CHECK(missing(0b000) == "a");
  CHECK(missing(0b011) == "C");
  CHECK(missing(0b101) == "B");
  CHECK(missing(0b111) == "");
  const capabilities all_but_b{.others = 0b101, .other_keywords = with.other_extensions};
  CHECK(of_mail(these, all_but_b) == " A=1 C=1");
  CHECK(of_rcpt(these, "a@b", 0, all_but_b) == "");
}

// ---- several together ----------------------------------------------------------------------

TEST_CASE("several are checked, missed and written in their order") {
  const dsn report{{.notify = dsn_notify::never, .returns = dsn_return::full}};
  const esmtp_parameter list[] = {{.keyword = "X", .text = "X=1"},
                                  {.keyword = "X", .text = "Y=2", .of = parameter_of::rcpt}};
  const other_parameters others{list};
  const parameters all{report, secret_all_the_way, others};
  const settings with{.other_extensions = "X"};
  CHECK(all.check(with, alert) == errc::none);
  CHECK(all.check({}, alert) == errc::unlisted_extension);
  CHECK(all.check({.security = security::cleartext}, alert) == errc::bad_parameter);

  capabilities offered{.other_keywords = with.other_extensions};
  CHECK(all.missing(offered) == "DSN");
  offered.extensions = offers_dsn.extensions;
  CHECK(all.missing(offered) == "REQUIRETLS");
  offered.extensions = offering({extension::dsn, extension::requiretls}).extensions;
  CHECK(all.missing(offered) == "X");
  offered.others = 1;
  CHECK(all.missing(offered) == "");
  CHECK(of_mail(all, offered) == " RET=FULL REQUIRETLS X=1");
  CHECK(of_rcpt(all, "a@b", 0, offered) == " NOTIFY=NEVER Y=2");
}

TEST_CASE("several that were put together elsewhere are as good") {
  const std::array<const esmtp_parameters*, 2> list{&silence, &secret_all_the_way};
  const parameter_list all{list};
  const capabilities offered = offering({extension::dsn, extension::requiretls});
  CHECK(of_mail(all, offered) == of_mail(both, offered));
  CHECK(of_rcpt(all, "a@b", 0, offered) == " NOTIFY=NEVER");
  CHECK(parameter_list{{}}.missing({}) == "");
  CHECK(check(parameter_list{{}}) == errc::none);
}

// ---- dialogues -----------------------------------------------------------------------------

TEST_CASE("a mail is sent with what it says of its notifications") {
  const dsn report{{.notify = dsn_notify::success | dsn_notify::failure,
                    .returns = dsn_return::headers,
                    .envelope_id = "QQ314159",
                    .original_recipients = true}};
  dialogue d = asked("DSN", " RET=HDRS ENVID=QQ314159",
                     " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;ops@example.org");
  d.mail().parameters = &report;
  const outcome o = d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.missing == "");
  CHECK(d.sent() ==
        "EHLO mote\r\nMAIL FROM:<mote@example.org> RET=HDRS ENVID=QQ314159\r\n"
        "RCPT TO:<ops@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;ops@example.org\r\n"
        "DATA\r\nSubject: hot\r\n\r\n84 C\r\n.\r\nQUIT\r\n");
}

TEST_CASE("each recipient's NOTIFY goes with its own RCPT, over every link") {
  using enum dsn_notify;
  const std::string_view to[] = {"a@example.org", "b@example.org", "c@example.org"};
  const dsn_notify each[] = {never, delay};
  const dsn report{{.notify = success, .notify_each = each}};
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 DSN", "MAIL FROM:<mote@example.org>",
                         "250 ok", "RCPT TO:<a@example.org> NOTIFY=NEVER", "250 ok",
                         "RCPT TO:<b@example.org> NOTIFY=DELAY", "550 no",
                         "RCPT TO:<c@example.org> NOTIFY=SUCCESS", "250 ok", "DATA", "354 go",
                         message, "250 ok", "QUIT", "221 bye"});
  d.mail().to = to;
  d.mail().parameters = &report;
  const outcome o = d.run();
  CHECK(o.fate == fate::delivered);
  CHECK(o.accepted == 2);
}

TEST_CASE("an extension that must be there and is not is named, and no MAIL is said") {
  const dsn report{{.notify = dsn_notify::never}};
  const esmtp_parameter list[] = {{.keyword = "DELIVERBY", .text = "BY=120;R"}};
  const other_parameters deadline{list};
  const parameters all{report, deadline};
  const struct {
    const char* offer;
    std::string_view missing;
  } cases[] = {{"DELIVERBY", "DSN"}, {"DSN", "DELIVERBY"}, {"XDELIVERBY", "DSN"}};
  for (const auto& c : cases) {
    dialogue d = without(c.offer);
    d.settings().other_extensions = "MT-PRIORITY DELIVERBY";
    d.mail().parameters = &all;
    const outcome o = d.run();
    CHECK(o.fate == fate::not_delivered);
    CHECK(o.error == errc::extension_missing);
    CHECK(o.phase == phase::mail);
    CHECK(o.retry == retry::after_change);
    CHECK(o.missing == c.missing);
    CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
  }
}

TEST_CASE("an extension that may be there is used, or is not missed") {
  const dsn report{{.notify = dsn_notify::never, .optional = true}};
  const esmtp_parameter list[] = {
      {.keyword = "DELIVERBY", .text = "BY=120;R", .optional = true},
      {.keyword = "X-TAG", .text = "X-TAG=alarm", .of = parameter_of::rcpt, .optional = true}};
  const other_parameters deadline{list};
  const parameters all{report, deadline};
  const struct {
    const char* offer;
    const char* mail;
    const char* rcpt;
  } cases[] = {{"HELP", "", ""},
               {"deliverby 30", " BY=120;R", ""},
               {"X-TAG", "", " X-TAG=alarm"},
               {"dsn", "", " NOTIFY=NEVER"}};

  for (const auto& c : cases) {
    dialogue d = asked(c.offer, c.mail, c.rcpt);
    d.settings().other_extensions = "X-TAG DELIVERBY";
    d.mail().parameters = &all;
    CHECK(d.run().fate == fate::delivered);
  }
}

TEST_CASE("what was offered before TLS is no offer of REQUIRETLS, nor of anything else") {
  const esmtp_parameter list[] = {{.keyword = "X-TAG", .text = "X-TAG=alarm"}};
  const other_parameters tag{list};
  const struct {
    const esmtp_parameters* asked;
    std::string_view missing;
  } cases[] = {{&secret_all_the_way, "REQUIRETLS"}, {&tag, "X-TAG"}};
  for (const auto& c : cases) {
    dialogue d{"220 mx",   "EHLO mote", "250-mx\r\n250-STARTTLS\r\n250-X-TAG\r\n250 REQUIRETLS",
               "STARTTLS", "220 go",    "<TLS>",
               "<TLS>",    "EHLO mote", "250-mx\r\n250 PIPELINING",
               "QUIT",     "221 bye"};
    d.settings().other_extensions = "X-TAG";
    d.mail().parameters = c.asked;
    const outcome o = d.run();
    CHECK(o.error == errc::extension_missing);
    CHECK(o.missing == c.missing);
  }
}

TEST_CASE("a mail that must stay safe on its whole way says so inside TLS") {
  dialogue d{"220 mx",
             "EHLO mote",
             "250-mx\r\n250 STARTTLS",
             "STARTTLS",
             "220 go",
             "<TLS>",
             "<TLS>",
             "EHLO mote",
             "250-mx\r\n250-PIPELINING\r\n250-REQUIRETLS\r\n250 DSN",
             "MAIL FROM:<mote@example.org> REQUIRETLS\r\n"
             "RCPT TO:<ops@example.org> NOTIFY=NEVER\r\nDATA",
             accepted_flight,
             message,
             "250 ok",
             "QUIT",
             "221 bye"};
  d.mail().parameters = &both;
  CHECK(d.run().fate == fate::delivered);
}

TEST_CASE("a server that knows only HELO has no extension") {
  dialogue d = in_clear(
      {"220 mx", "EHLO mote", "502-what\r\n502 DSN", "HELO mote", "250 mx", "QUIT", "221 bye"});
  d.mail().parameters = &silence;
  const outcome o = d.run();
  CHECK(o.error == errc::extension_missing);
  CHECK(o.missing == "DSN");
}

TEST_CASE("the next mail is judged by what it asks for itself") {
  dialogue d = in_clear({"220 mx", "EHLO mote", "250-mx\r\n250 PIPELINING", envelope_flight,
                         accepted_flight, message, "250 ok", "QUIT", "221 bye"});
  d.mail().parameters = &silence;
  d.mail().then = after::stay;
  int missed = 0;
  text_source again{"Subject: hot\r\n\r\n84 C\r\n"};
  d.meanwhile([&](dialogue::client_type& smtp, std::size_t) {
    if (!smtp.idle() || !smtp.is_open()) return;
    const outcome first = smtp.result();
    if (first.missing == "DSN") ++missed;
    CHECK(first.error == errc::extension_missing);
    (void)smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, again);
  });
  const outcome o = d.play();
  CHECK(missed == 1);
  CHECK(o.fate == fate::delivered);
  CHECK(o.missing == "");
}

TEST_CASE("no octet that is not a parameter's reaches the wire in one") {
  std::vector<char> bad{' ', '\x7F', '\xC3', '\x80', '\xFF'};
  for (char c = 0; c < 0x20; ++c) bad.push_back(c);
  const std::string whole = "AB=CD";
  for (const char c : bad) {
    for (std::size_t place = 0; place <= whole.size(); ++place) {
      std::string s = whole;
      s.insert(place, 1, c);
      const auto refusal = [&](const esmtp_parameters& these, std::string_view listed) {
        dialogue d = in_clear({""});
        d.settings().other_extensions = listed;
        d.mail().parameters = &these;
        const outcome o = d.play();
        CHECK(d.sent().empty());
        return o.error;
      };
      for (const parameter_of of : {parameter_of::mail, parameter_of::rcpt}) {
        const esmtp_parameter text[] = {{.keyword = "DSN", .text = s, .of = of, .optional = true}};
        CHECK(refusal(other_parameters{text}, "") == errc::bad_parameter);
        const esmtp_parameter keyword[] = {{.keyword = s, .text = "X=1", .of = of}};
        CHECK(refusal(other_parameters{keyword}, "AB CD") == errc::unlisted_extension);
        CHECK(refusal(other_parameters{keyword}, s) == errc::bad_extension_list);
      }
      if (c == ' ') continue;
      const dsn named{{.envelope_id = s}};
      CHECK(refusal(named, "") == errc::bad_parameter);
      CHECK(refusal(parameters{silence, named}, "") == errc::bad_parameter);
    }
  }
}

TEST_CASE("REQUIRETLS without TLS is refused before anything is sent") {
  dialogue d = in_clear({""});
  d.mail().parameters = &secret_all_the_way;
  CHECK(d.play().error == errc::bad_parameter);
  CHECK(d.sent().empty());
}
