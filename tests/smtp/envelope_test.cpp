// SPDX-License-Identifier: BSL-1.0
// Who a mail is for, seen and not copied.
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <mailmote/smtp/envelope.hpp>

using namespace mailmote;

namespace {

using view = std::string_view;

// What would be gone before the mail is does not compile.
static_assert(!std::is_constructible_v<recipient_list, view (&&)[2]>);
static_assert(!std::is_constructible_v<recipient_list, const view (&&)[2]>);
static_assert(!std::is_constructible_v<recipient_list, const char* (&&)[2]>);
static_assert(!std::is_constructible_v<recipient_list, std::initializer_list<view>>);
static_assert(!std::is_constructible_v<recipient_list, std::initializer_list<const char*>>);
static_assert(!std::is_constructible_v<recipient_list, std::array<view, 2>>);
static_assert(!std::is_constructible_v<recipient_list, std::vector<view>>);

// What somebody else keeps alive does.
static_assert(std::is_convertible_v<const char*, recipient_list>);
static_assert(std::is_convertible_v<view, recipient_list>);
static_assert(std::is_convertible_v<std::string&, recipient_list>);
static_assert(std::is_convertible_v<view (&)[2], recipient_list>);
static_assert(std::is_convertible_v<const view (&)[2], recipient_list>);
static_assert(std::is_convertible_v<std::array<view, 2>&, recipient_list>);
static_assert(std::is_convertible_v<const std::array<view, 2>&, recipient_list>);
static_assert(std::is_convertible_v<std::vector<view>&, recipient_list>);
static_assert(std::is_convertible_v<std::span<const view>, recipient_list>);
static_assert(std::is_convertible_v<std::span<view, 2>, recipient_list>);

constexpr view team[] = {"ann@example.org", "bob@example.org"};

void check_team(const recipient_list& to) {
  CHECK(to.size() == 2);
  CHECK(to[0] == team[0]);
  CHECK(to[1] == team[1]);
}

}  // namespace

TEST_CASE("one recipient is written as one string") {
  const envelope mail{.from = "mote@example.org", .to = "ops@example.org"};
  CHECK(mail.to.size() == 1);
  CHECK(mail.to[0] == "ops@example.org");
}

TEST_CASE("several recipients stand in an array, a container or a span of the caller's") {
  check_team(team);
  const std::array array{team[0], team[1]};
  check_team(array);
  const std::vector<view> vector(std::begin(team), std::end(team));
  check_team(vector);
  check_team(std::span{team});
  check_team(std::span<const view>{team});
}

TEST_CASE("recipients are not copied, so a list of a million costs nothing") {
  std::vector<view> many(1'000'000, "ops@example.org");
  const recipient_list to = many;
  CHECK(to.size() == many.size());
  many.back() = "last@example.org";
  CHECK(to[to.size() - 1] == "last@example.org");
  CHECK(sizeof(recipient_list) <= 4 * sizeof(void*));
}

TEST_CASE("an empty list is empty, whatever it was made of") {
  const std::vector<view> nobody;
  CHECK(recipient_list{}.empty());
  CHECK(recipient_list(nobody).empty());
  CHECK(recipient_list(std::span<const view>{}).empty());
  CHECK_FALSE(recipient_list("").empty());  // one recipient, who has no address
}

TEST_CASE("an envelope that says nothing else is for anyone, and then says goodbye") {
  const envelope mail;
  CHECK(mail.from.empty());
  CHECK(mail.to.empty());
  CHECK(mail.deliver_if == recipients::any);
  CHECK(mail.then == after::quit);
  CHECK(mail.listener == nullptr);
}
