// SPDX-License-Identifier: BSL-1.0
// What has to hold before a mail may be begun.
#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/sasl/plain.hpp>
#include <mailmote/smtp/preconditions.hpp>
#include <mailmote/text/text_source.hpp>

using namespace mailmote;
using smtp::capabilities;
using smtp::extension;

namespace {

constexpr settings sound{.host = "mail.example.org", .helo = "mote17.example.org"};
constexpr envelope alert{.from = "mote17@example.org", .to = "ops@example.org"};

errc check(const settings& with, const envelope& mail) {
  bool needs_utf8 = false;
  return smtp::check_strings(with, mail, needs_utf8);
}

errc check_host(std::string_view host) {
  settings with = sound;
  with.host = host;
  return check(with, alert);
}

errc check_helo(std::string_view helo) {
  settings with = sound;
  with.helo = helo;
  return check(with, alert);
}

capabilities offering(std::initializer_list<extension> extensions) {
  capabilities offered;
  for (const extension e : extensions) {
    offered.extensions =
        static_cast<std::uint16_t>(offered.extensions | (1u << static_cast<unsigned>(e)));
  }
  return offered;
}

// A body of a given length that remembers what it was told.
struct listening_body final : body_source {
  errc begin(body_limits limits) noexcept override {
    told = limits;
    return answer;
  }
  body_needs needs() const noexcept override { return uses; }
  std::uint64_t length() const noexcept override { return octets; }
  io_result read_some(std::span<char>) noexcept override { return io_status::closed; }

  std::uint64_t octets = 0;
  errc answer = errc::none;
  body_limits told{};
  body_needs uses{body_kind::seven_bit};
};

}  // namespace

TEST_CASE("a sound mail to a sound server may be begun") {
  CHECK(check(sound, alert) == errc::none);
}

TEST_CASE("a host is a domain name or an IP address") {
  for (const std::string_view host : {"mail.example.org", "mail.example.org.", "localhost",
                                      "192.0.2.7", "2001:db8::7", "::1", "MAIL"}) {
    CAPTURE(host);
    CHECK(check_host(host) == errc::none);
  }
  for (const std::string_view host :
       {"", ".", "..", "mail..org", "mail.example.org..", ".org", "-a", "a-", "[192.0.2.7]",
        "[::1]", "::1%eth0", "mail example", "mail:587", "https://mail",
        "b\xC3\xBC"
        "cher.example",
        "*.example.org"}) {
    CAPTURE(host);
    CHECK(check_host(host) == errc::bad_host);
  }
}

TEST_CASE("a host need not be named where no certificate is asked for") {
  settings with = sound;
  with.host = "";
  with.security = security::implicit_tls;
  CHECK(check(with, alert) == errc::bad_host);
  with.security = security::cleartext;
  CHECK(check(with, alert) == errc::none);
}

TEST_CASE("a client calls itself by a domain name or an address literal") {
  for (const std::string_view helo :
       {"mote17.example.org", "mote", "17", "[192.0.2.7]", "[IPv6:2001:db8::7]"}) {
    CAPTURE(helo);
    CHECK(check_helo(helo) == errc::none);
  }
  for (const std::string_view helo :
       {"", "mote 17", "mote_17", "2001:db8::7", "[mote]", "mote.", "m\xC3\xB6te", "mote SIZE=1"}) {
    CAPTURE(helo);
    CHECK(check_helo(helo) == errc::bad_helo);
  }
}

TEST_CASE("a control character in any string is refused, and the error says in which") {
  const std::string address = "a@b.c";
  for (const char c : {'\r', '\n', '\0', '\t', '\x7F', '\x1B'}) {
    for (std::size_t place = 0; place <= address.size(); ++place) {
      std::string name = "a-b.c";
      name.insert(place, 1, c);
      CHECK(check_host(name) == errc::bad_host);
      CHECK(check_helo(name) == errc::bad_helo);

      std::string mailbox = address;
      mailbox.insert(place, 1, c);
      CHECK(check(sound, {.from = mailbox, .to = "a@b"}) == errc::bad_reverse_path);
      CHECK(check(sound, {.from = "", .to = mailbox}) == errc::bad_recipient);

      settings with = sound;
      sasl::plain bad_name{name, "secret"};
      with.auth = &bad_name;
      CHECK(check(with, alert) == errc::bad_username);
      sasl::plain bad_password{"tim", name};
      with.auth = &bad_password;
      CHECK(check(with, alert) == errc::bad_password);
      sasl::plain bad_authorization{"tim", "secret", name};
      with.auth = &bad_authorization;
      CHECK(check(with, alert) == errc::bad_authorization);
    }
  }
}

TEST_CASE("a mail without a sender is legal, and one without a recipient is not") {
  CHECK(check(sound, {.from = "", .to = "ops@example.org"}) == errc::none);
  CHECK(check(sound, {.from = "mote@example.org"}) == errc::no_recipients);
}

TEST_CASE("one bad recipient among many is found wherever it stands") {
  for (std::size_t place = 0; place < 5; ++place) {
    std::string_view many[] = {"a@b", "a@b", "postmaster", "a@b", "a@b"};
    CHECK(check(sound, {.from = "", .to = many}) == errc::none);
    many[place] = "a@b c";
    CHECK(check(sound, {.from = "", .to = many}) == errc::bad_recipient);
  }
}

TEST_CASE("an address that is not ASCII makes the whole mail need SMTPUTF8") {
  const auto needs_utf8 = [](const envelope& mail) {
    bool needed = false;
    CHECK(smtp::check_strings(sound, mail, needed) == errc::none);
    return needed;
  };
  CHECK_FALSE(needs_utf8(alert));
  CHECK(needs_utf8({.from = "m\xC3\xB6te@b", .to = "a@b"}));
  const std::string_view many[] = {"a@b", "\xC3\xB6@b", "a@b"};
  CHECK(needs_utf8({.from = "", .to = many}));
}

TEST_CASE("a mail that needs SMTPUTF8 is not given to a server without it") {
  text_source body{"hot"};
  smtp::mail_parameters with{.utf8 = true};
  CHECK(smtp::fit_mail(offering({}), alert, body, with) == errc::smtputf8_needed);
  CHECK(smtp::fit_mail(offering({extension::smtputf8}), alert, body, with) == errc::none);
  CHECK(with.utf8);
}

TEST_CASE("a mail that needs no SMTPUTF8 does not ask for it") {
  text_source body{"hot"};
  smtp::mail_parameters with;
  CHECK(smtp::fit_mail(offering({extension::smtputf8}), alert, body, with) == errc::none);
  CHECK_FALSE(with.utf8);
}

TEST_CASE("a body is told whether it may have 8-bit octets, and the server whether it has") {
  listening_body body;
  smtp::mail_parameters with;
  CHECK(smtp::fit_mail(offering({}), alert, body, with) == errc::none);
  CHECK_FALSE(body.told.eight_bit);
  CHECK(with.body == body_kind::seven_bit);
  CHECK(smtp::fit_mail(offering({extension::eight_bit_mime}), alert, body, with) == errc::none);
  CHECK(body.told.eight_bit);
  CHECK(with.body == body_kind::seven_bit);
  body.uses.kind = body_kind::eight_bit;
  CHECK(smtp::fit_mail(offering({extension::eight_bit_mime}), alert, body, with) == errc::none);
  CHECK(with.body == body_kind::eight_bit);
  CHECK_FALSE(body.told.binary);
}

TEST_CASE("a body that may have 8-bit octets is not announced where it cannot be") {
  listening_body body;
  body.uses.kind = body_kind::unknown;
  smtp::mail_parameters with{.body = body_kind::eight_bit};
  CHECK(smtp::fit_mail(offering({}), alert, body, with) == errc::none);
  CHECK(with.body == body_kind::seven_bit);
  CHECK(smtp::fit_mail(offering({extension::eight_bit_mime}), alert, body, with) == errc::none);
  CHECK(with.body == body_kind::unknown);
}

TEST_CASE("a body may be binary only where it goes in chunks, and BINARYMIME is offered") {
  const auto is_allowed = [](bool chunked, const capabilities& offered) {
    listening_body body;
    smtp::mail_parameters with{.chunked = chunked};
    CHECK(smtp::fit_mail(offered, alert, body, with) == errc::none);
    CHECK(with.body == body_kind::seven_bit);
    CHECK_FALSE(body.told.verbatim);
    return body.told.binary;
  };
  CHECK(is_allowed(true, offering({extension::chunking, extension::binarymime})));
  CHECK_FALSE(is_allowed(false, offering({extension::chunking, extension::binarymime})));
  CHECK_FALSE(is_allowed(true, offering({extension::chunking})));
}

TEST_CASE("a binary text is announced as one, and gets an error where it cannot go") {
  const capabilities all =
      offering({extension::chunking, extension::binarymime, extension::eight_bit_mime});
  text_source binary{"\xFF\n", body_kind::binary};
  smtp::mail_parameters with{.chunked = true};
  CHECK(smtp::fit_mail(all, alert, binary, with) == errc::none);
  CHECK(with.body == body_kind::binary);
  text_source text{"\xFF\n"};
  CHECK(smtp::fit_mail(all, alert, text, with) == errc::none);
  CHECK(with.body == body_kind::eight_bit);
  with.chunked = false;
  CHECK(smtp::fit_mail(all, alert, binary, with) == errc::binary_needed);
}

TEST_CASE("a body that cannot be sent says why") {
  listening_body body;
  for (const errc why : {errc::eight_bit_needed, errc::source_spent}) {
    body.answer = why;
    smtp::mail_parameters with;
    CHECK(smtp::fit_mail(offering({}), alert, body, with) == why);
  }
}

TEST_CASE("the size of a mail is told only to a server that asks for it (RFC 1870)") {
  listening_body body;
  body.octets = 1'000;
  smtp::mail_parameters with;
  CHECK(smtp::fit_mail(offering({}), alert, body, with) == errc::none);
  CHECK(with.size == smtp::size_not_said);
  CHECK(smtp::fit_mail(offering({extension::size}), alert, body, with) == errc::none);
  CHECK(with.size == 1'000);
}

TEST_CASE("a mail may be exactly as large as the server takes, and not an octet more") {
  capabilities offered = offering({extension::size});
  offered.size_limit = 1'000;
  listening_body body;
  smtp::mail_parameters with;
  body.octets = 1'000;
  CHECK(smtp::fit_mail(offered, alert, body, with) == errc::none);
  body.octets = 1'001;
  CHECK(smtp::fit_mail(offered, alert, body, with) == errc::message_too_large);
  body.octets = unknown_length;
  CHECK(smtp::fit_mail(offered, alert, body, with) == errc::none);
  offered.size_limit = 0;
  body.octets = 1'001;
  CHECK(smtp::fit_mail(offered, alert, body, with) == errc::none);
  offered.size_limit = smtp::largest_number;  // 4 GB, or any more
  body.octets = 0x1'0000'0000;
  CHECK(smtp::fit_mail(offered, alert, body, with) == errc::none);
}

TEST_CASE("a mail's own parameters are judged after its addresses, and before its login") {
  struct refusing final : esmtp_parameters {
    errc check(const settings&, const envelope&) const noexcept override {
      return errc::bad_parameter;
    }
    std::string_view missing(const capabilities& offered) const noexcept override {
      return offered.has(extension::dsn) ? std::string_view{} : "DSN";
    }
    void put_mail(smtp::piece_writer&, const capabilities&) const noexcept override {}
    void put_rcpt(smtp::piece_writer&, const capabilities&, std::size_t,
                  std::string_view) const noexcept override {}
  };
  const refusing those;
  settings with = sound;
  sasl::plain bad_login{"", ""};
  with.auth = &bad_login;
  CHECK(check(with, {.from = "a@b", .to = "a", .parameters = &those}) == errc::bad_recipient);
  CHECK(check(with, {.from = "a@b", .to = "a@b", .parameters = &those}) == errc::bad_parameter);

  listening_body body;
  body.answer = errc::source_spent;
  smtp::mail_parameters parameters;
  const envelope mail{.from = "a@b", .to = "a@b", .parameters = &those};
  CHECK(smtp::fit_mail(offering({}), mail, body, parameters) == errc::extension_missing);
  CHECK(smtp::missing_in(offering({}), mail) == "DSN");
  CHECK(smtp::fit_mail(offering({extension::dsn}), mail, body, parameters) == errc::source_spent);
  CHECK(smtp::missing_in(offering({extension::dsn}), mail) == "");
}

TEST_CASE("more recipients than the server takes are an error only where all are wanted") {
  const std::string_view three[] = {"a@b", "b@b", "c@b"};
  envelope mail{.from = "", .to = three};
  capabilities offered = offering({extension::limits});
  text_source body{"hot"};
  smtp::mail_parameters with;
  offered.max_recipients = 2;
  CHECK(smtp::fit_mail(offered, mail, body, with) == errc::none);
  mail.deliver_if = recipients::all;
  CHECK(smtp::fit_mail(offered, mail, body, with) == errc::too_many_recipients);
  offered.max_recipients = 3;
  CHECK(smtp::fit_mail(offered, mail, body, with) == errc::none);
}

TEST_CASE("a login goes over cleartext only where its owner allows it") {
  struct challenge_response final : sasl::mechanism {
    errc check() const noexcept override { return errc::none; }
    errc select(sasl::offer) noexcept override { return errc::none; }
    sasl::kind selected() const noexcept override { return sasl::kind::cram_md5; }
    bool reveals_secret() const noexcept override { return false; }
    std::size_t initial_response() const noexcept override { return sasl::no_initial_response; }
    void challenge(std::span<const char>) noexcept override {}
    errc respond() noexcept override { return errc::none; }
    io_result read_some(std::span<char>) noexcept override { return io_status::closed; }
    errc accept() noexcept override { return errc::none; }
    void forget() noexcept override {}
  };
  const sasl::plain shows_password{"tim", "secret"};
  const challenge_response shows_nothing;
  const struct {
    cleartext_auth allowed;
    bool plain, challenged;
  } cases[] = {
      {cleartext_auth::never, false, false},
      {cleartext_auth::challenge_only, false, true},
      {cleartext_auth::any, true, true},
  };
  for (const auto& c : cases) {
    settings with = sound;
    with.cleartext_auth = c.allowed;
    CHECK(smtp::may_log_in(with, shows_password, false) == c.plain);
    CHECK(smtp::may_log_in(with, shows_nothing, false) == c.challenged);
    CHECK(smtp::may_log_in(with, shows_password, true));
    CHECK(smtp::may_log_in(with, shows_nothing, true));
  }
}

TEST_CASE("a login that may choose goes on until it comes to what the connection allows") {
  struct several final : sasl::mechanism {
    errc check() const noexcept override { return errc::none; }
    errc select(sasl::offer) noexcept override { return errc::none; }
    bool select_next() noexcept override { return at + 1 < shows.size() && ++at > 0; }
    sasl::kind selected() const noexcept override { return sasl::kind::plain; }
    bool reveals_secret() const noexcept override { return shows[at] == 'y'; }
    std::size_t initial_response() const noexcept override { return 0; }
    void challenge(std::span<const char>) noexcept override {}
    errc respond() noexcept override { return errc::none; }
    io_result read_some(std::span<char>) noexcept override { return io_status::closed; }
    errc accept() noexcept override { return errc::none; }
    void forget() noexcept override {}
    std::string_view shows;
    std::size_t at = 0;
  };
  const struct {
    const char* shows;
    cleartext_auth allowed;
    bool encrypted;
    errc bad;
    std::size_t chosen;
  } cases[] = {{"yyn", cleartext_auth::challenge_only, false, errc::none, 2},
               {"nyn", cleartext_auth::challenge_only, false, errc::none, 0},
               {"yyy", cleartext_auth::challenge_only, false, errc::auth_needs_tls, 2},
               {"yyn", cleartext_auth::never, false, errc::auth_needs_tls, 2},
               {"yyn", cleartext_auth::any, false, errc::none, 0},
               {"yyn", cleartext_auth::never, true, errc::none, 0}};
  for (const auto& c : cases) {
    settings with = sound;
    with.cleartext_auth = c.allowed;
    several login;
    login.shows = c.shows;
    CHECK(smtp::choose_allowed(with, login, c.encrypted) == c.bad);
    CHECK(login.at == c.chosen);
  }
}
