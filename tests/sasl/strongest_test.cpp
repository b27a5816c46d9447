// SPDX-License-Identifier: BSL-1.0
// The choice among the logins that a server offers.
#include <doctest/doctest.h>

#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/oauthbearer.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/sasl/strongest.hpp>
#include <mailmote/sasl/xoauth2.hpp>

#include "ground/read_to_end.hpp"
#include "sasl/offer_of.hpp"
#include "sasl/token_source.hpp"

using namespace mailmote;
using sasl::kind;

namespace {

constexpr std::size_t kinds = static_cast<std::size_t>(kind::external) + 1;

constexpr bool every_kind_has_a_rank() {
  for (std::size_t k = 0; k < kinds; ++k) {
    if (sasl::rank(static_cast<kind>(k)) >= std::size(sasl::by_strength)) return false;
  }
  return std::size(sasl::by_strength) == kinds;
}
static_assert(every_kind_has_a_rank());

// A login of any kind, that can be had, or why not; and that keeps count of what is asked of it.
struct stand_in final : sasl::mechanism {
  constexpr explicit stand_in(kind k) : which{k} {}

  errc check() const noexcept override { return fitness; }
  errc select(sasl::offer offered) noexcept override {
    ++selected_times;
    is_begun = offered.has(which) && in_the_way == errc::none;
    if (!offered.has(which)) return errc::auth_unavailable;
    return in_the_way;
  }
  bool select_next() noexcept override { return other_ways-- > 0; }
  kind selected() const noexcept override { return which; }
  bool reveals_secret() const noexcept override { return which == kind::plain; }
  std::size_t initial_response() const noexcept override { return static_cast<std::size_t>(which); }
  void challenge(std::span<const char> octets) noexcept override {
    heard.append(octets.begin(), octets.end());
  }
  errc respond() noexcept override { return errc::challenge_too_long; }
  io_result read_some(std::span<char> out) noexcept override {
    out[0] = 'x';
    return io_result::moved(1);
  }
  errc accept() noexcept override { return errc::auth_server_unproven; }
  errc refusal() const noexcept override { return errc::auth_token_refused; }
  std::string_view server_text() const noexcept override { return sasl::name(which); }
  void forget() noexcept override { is_begun = false; }

  kind which;
  errc fitness = errc::none;
  errc in_the_way = errc::none;
  int other_ways = 0;
  int selected_times = 0;
  bool is_begun = false;
  std::string heard;
};

sasl::offer everything() {
  sasl::offer offered;
  for (std::size_t k = 0; k < kinds; ++k) offered.add(sasl::name(static_cast<kind>(k)));
  return offered;
}

template <class... Login>
concept can_choose = requires {
  sasl::strongest{std::declval<Login>()...};
};
static_assert(can_choose<sasl::plain&, sasl::login&>);
static_assert(!can_choose<sasl::plain&, sasl::login>, "it would be gone at the end of the line");
static_assert(!can_choose<const sasl::plain&>);
static_assert(!can_choose<std::string&>);
static_assert(!std::is_copy_constructible_v<sasl::strongest<2>>);

}  // namespace

TEST_CASE("the strongest login that is offered is chosen, in whatever order they are given") {
  stand_in external{kind::external}, scram_256_plus{kind::scram_sha_256_plus},
      scram_1_plus{kind::scram_sha_1_plus}, scram_256{kind::scram_sha_256},
      scram_1{kind::scram_sha_1}, oauthbearer{kind::oauthbearer}, xoauth2{kind::xoauth2},
      cram{kind::cram_md5}, plain{kind::plain}, login{kind::login};
  sasl::strongest upward{login,   plain,     cram,         xoauth2,        oauthbearer,
                         scram_1, scram_256, scram_1_plus, scram_256_plus, external};
  sasl::strongest mixed{cram,    scram_256_plus, login,        external,    plain,
                        scram_1, xoauth2,        scram_1_plus, oauthbearer, scram_256};
  constexpr kind order[] = {kind::external,      kind::scram_sha_256_plus, kind::scram_sha_1_plus,
                            kind::scram_sha_256, kind::scram_sha_1,        kind::oauthbearer,
                            kind::xoauth2,       kind::cram_md5,           kind::plain,
                            kind::login};
  for (sasl::mechanism* const each :
       {static_cast<sasl::mechanism*>(&upward), static_cast<sasl::mechanism*>(&mixed)}) {
    // By what is offered, and by what is set aside.
    for (std::size_t first = 0; first < std::size(order); ++first) {
      sasl::offer offered;
      for (std::size_t i = first; i < std::size(order); ++i) offered.add(sasl::name(order[i]));
      CHECK(each->select(offered) == errc::none);
      CHECK(each->selected() == order[first]);
      for (std::size_t i = first + 1; i < std::size(order); ++i) {
        CHECK(each->select_next());
        CHECK(each->selected() == order[i]);
      }
      CHECK_FALSE(each->select_next());
      CHECK(each->selected() == kind::login);  // of whom the refusal is
    }
  }
}

TEST_CASE("what was set aside comes back with the next exchange") {
  stand_in cram{kind::cram_md5}, plain{kind::plain};
  sasl::strongest login{plain, cram};
  for (int exchange = 0; exchange < 3; ++exchange) {
    CHECK(login.select(everything()) == errc::none);
    CHECK(login.selected() == kind::cram_md5);
    CHECK(login.select_next());
    CHECK(login.selected() == kind::plain);
    CHECK_FALSE(cram.is_begun);
    CHECK(plain.is_begun);
    login.forget();
    CHECK_FALSE(plain.is_begun);
  }
  CHECK(cram.selected_times == 3);
  CHECK(plain.selected_times == 3);  // and what was begun, is not begun again
}

TEST_CASE("what goes on is the chosen login's") {
  stand_in cram{kind::cram_md5}, plain{kind::plain};
  sasl::strongest login{plain, cram};
  std::string room(10, '?');
  for (const kind k : {kind::cram_md5, kind::plain}) {
    CHECK((k == kind::cram_md5 ? login.select(everything()) == errc::none : login.select_next()));
    CHECK(login.selected() == k);
    CHECK(login.reveals_secret() == (k == kind::plain));
    CHECK(login.initial_response() == static_cast<std::size_t>(k));
    CHECK(login.server_text() == sasl::name(k));
    login.challenge(sasl::name(k));
  }
  CHECK(cram.heard == "CRAM-MD5");
  CHECK(plain.heard == "PLAIN");
  CHECK(login.respond() == errc::challenge_too_long);
  CHECK(login.read_some(room).count() == 1);
  CHECK(login.accept() == errc::auth_server_unproven);
  CHECK(login.refusal() == errc::auth_token_refused);
}

TEST_CASE("a login that knows another way itself is not set aside") {
  stand_in scram{kind::scram_sha_256_plus}, plain{kind::plain};
  scram.other_ways = 1;
  sasl::strongest login{scram, plain};
  CHECK(login.select(everything()) == errc::none);
  CHECK(login.select_next());
  CHECK(login.selected() == kind::scram_sha_256_plus);
  CHECK(login.select_next());
  CHECK(login.selected() == kind::plain);
}

TEST_CASE("of two logins of a kind the first is tried first") {
  sasl::plain mine{"tim", "secret"}, ours{"ops", "secret"};
  sasl::strongest login{mine, ours};
  CHECK(login.select(offer_of("PLAIN")) == errc::none);
  CHECK(login.initial_response() == 11);
  CHECK(read_to_end(login, 5) == std::string_view{"\0tim\0secret", 11});
}

TEST_CASE("where no login can be had, the answer is what is in the way of one, if anything is") {
  stand_in scram{kind::scram_sha_256}, cram{kind::cram_md5}, plain{kind::plain};
  sasl::strongest login{cram, scram, plain};
  CHECK(login.select({}) == errc::auth_unavailable);
  CHECK_FALSE(login.select_next());
  scram.in_the_way = errc::auth_no_random;
  CHECK(login.select(offer_of("GSSAPI")) == errc::auth_unavailable);
  CHECK(login.select(offer_of("SCRAM-SHA-256")) == errc::auth_no_random);
}

TEST_CASE("a login that is offered and fails is not made up for by a weaker one") {
  stand_in certificate{kind::external}, scram{kind::scram_sha_256}, cram{kind::cram_md5},
      plain{kind::plain};
  scram.in_the_way = errc::auth_no_random;
  sasl::strongest login{plain, cram, scram, certificate};
  CHECK(login.select(offer_of({"SCRAM-SHA-256", "CRAM-MD5", "PLAIN"})) == errc::auth_no_random);
  CHECK(login.select(offer_of({"CRAM-MD5", "PLAIN"})) == errc::none);  // it is not offered
  CHECK(login.selected() == kind::cram_md5);
  CHECK(login.select_next());
  CHECK(login.selected() == kind::plain);
  CHECK(login.select(everything()) == errc::none);  // there is a stronger one
  CHECK(login.selected() == kind::external);
  CHECK_FALSE(login.select_next());  // and no weaker one after it
  CHECK(login.selected() == kind::external);
  scram.in_the_way = errc::none;
  CHECK(login.select(everything()) == errc::none);
  CHECK(login.select_next());
  CHECK(login.selected() == kind::scram_sha_256);
}

TEST_CASE("of the logins that fail the strongest says why, and one as strong may take its place") {
  stand_in scram{kind::scram_sha_256}, spare{kind::scram_sha_256}, token{kind::xoauth2};
  scram.in_the_way = errc::auth_no_random;
  spare.in_the_way = errc::bad_password;
  token.in_the_way = errc::source_spent;
  sasl::strongest upward{token, scram, spare};
  CHECK(upward.select(everything()) == errc::auth_no_random);
  sasl::strongest downward{spare, scram, token};
  CHECK(downward.select(everything()) == errc::bad_password);
  spare.in_the_way = errc::none;
  CHECK(downward.select(everything()) == errc::none);
  CHECK(downward.selected() == kind::scram_sha_256);
  downward.challenge(std::string_view{"nonce"});
  CHECK(spare.heard == "nonce");
}

TEST_CASE("every one of the logins has to be fit") {
  stand_in cram{kind::cram_md5}, plain{kind::plain};
  sasl::strongest login{cram, plain};
  CHECK(login.check() == errc::none);
  plain.fitness = errc::bad_password;
  CHECK(login.check() == errc::bad_password);
  cram.fitness = errc::needs_saslprep;
  CHECK(login.check() == errc::needs_saslprep);
}

TEST_CASE("a token that can be had only once is asked for once") {
  token_source source{"ya29.token"};
  sasl::xoauth2 token{"tim", source};
  sasl::plain plain{"tim", "secret"};
  stand_in scram{kind::scram_sha_1};
  sasl::strongest login{plain, token, scram};
  CHECK(login.select(everything()) == errc::none);
  source.begun = errc::source_spent;
  CHECK(login.select_next());
  CHECK(login.selected() == kind::xoauth2);
  CHECK(read_to_end(login, 9) == "user=tim\1auth=Bearer ya29.token\1\1");
}

TEST_CASE("two logins may have their token from one source, of which each says all") {
  token_source source{"ya29.token"};
  sasl::oauthbearer standard{"tim", source};
  sasl::xoauth2 old{"tim", source};
  sasl::strongest login{standard, old};
  for (const std::size_t room : {1u, 7u, 100u}) {
    CHECK(login.select(everything()) == errc::none);
    CHECK(read_to_end(login, room) == "n,a=tim,\1auth=Bearer ya29.token\1\1");
    CHECK(login.select_next());
    CHECK(login.initial_response() == 33);
    CHECK(read_to_end(login, room) == "user=tim\1auth=Bearer ya29.token\1\1");
    CHECK_FALSE(login.select_next());
  }
}

TEST_CASE("a source of two logins begins again only where the first has read of it") {
  token_source source{"ya29.token"};
  sasl::oauthbearer standard{"tim", source};
  sasl::xoauth2 old{"tim", source};
  sasl::strongest login{standard, old};
  CHECK(login.select(everything()) == errc::none);
  CHECK(source.begun_times == 2);  // for each to know how long it is
  CHECK(login.select_next());
  CHECK(source.begun_times == 2);
  CHECK(read_to_end(login, 100) == "user=tim\1auth=Bearer ya29.token\1\1");
  CHECK(login.select(everything()) == errc::none);
  CHECK(source.begun_times == 4);
  CHECK(read_to_end(login, 100) == "n,a=tim,\1auth=Bearer ya29.token\1\1");
  CHECK(login.select_next());
  CHECK(source.begun_times == 5);
}

TEST_CASE("a source that does not give its token again gives no half of a login") {
  token_source source{"ya29.token"};
  sasl::oauthbearer standard{"tim", source};
  sasl::xoauth2 old{"tim", source};
  sasl::strongest login{standard, old};
  CHECK(login.select(everything()) == errc::none);
  CHECK(read_to_end(login, 100) == "n,a=tim,\1auth=Bearer ya29.token\1\1");
  source.text.clear();  // which is what is left of it
  CHECK(login.select_next());
  std::string room(100, '?');
  CHECK(login.read_some(room).count() == 21);
  CHECK(login.read_some(room).status() == io_status::failed);
}

TEST_CASE("as many as sixteen logins may be given, of which the last is as good as any") {
  stand_in weak{kind::login}, strong{kind::plain};
  sasl::strongest login{weak, weak, weak, weak, weak, weak, weak, weak,
                        weak, weak, weak, weak, weak, weak, weak, strong};
  CHECK(login.select(everything()) == errc::none);
  CHECK(login.selected() == kind::plain);
  for (int i = 0; i < 15; ++i) CHECK(login.select_next());
  CHECK_FALSE(login.select_next());
}
