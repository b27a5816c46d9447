// SPDX-License-Identifier: BSL-1.0
// What `envelope.to` takes, and, one at a time (CASE), what it must refuse because it would dangle.
#include <mailmote/smtp/envelope.hpp>

#include <array>
#include <string>
#include <vector>

namespace {

using namespace std::string_view_literals;

constexpr std::array<std::string_view, 2> team{"a@example.org", "b@example.org"};
constexpr std::string_view pair[] = {"a@example.org", "b@example.org"};
const std::string_view one = "a@example.org";
const std::string owned = "a@example.org";
const std::vector<std::string_view> many{"a@example.org", "b@example.org"};
const char letters[] = "a@example.org";

std::vector<std::string_view> temporary_vector() { return many; }
std::array<std::string_view, 2> temporary_array() { return team; }

const mailmote::envelope taken[] = {
    {.to = "a@example.org"},
    {.to = "a@example.org"sv},
    {.to = one},
    {.to = owned},
    {.to = letters},
    {.to = pair},
    {.to = team},
    {.to = many},
    {.to = std::span{many}},
    {.to = {}},
};

#if CASE == 1
const mailmote::envelope refused{.to = {{"a@example.org", "b@example.org"}}};
#elif CASE == 2
const mailmote::envelope refused{.to = {"a@example.org", "b@example.org"}};
#elif CASE == 3
const mailmote::envelope refused{.to = {"a@example.org", "b@example.org", "c@example.org"}};
#elif CASE == 4
const mailmote::envelope refused{.to = {"a@example.org"sv, "b@example.org"sv}};
#elif CASE == 5
const mailmote::envelope refused{.to = {{"a@example.org"sv, "b@example.org"sv}}};
#elif CASE == 6
const mailmote::envelope refused{.to = temporary_vector()};
#elif CASE == 7
const mailmote::envelope refused{.to = temporary_array()};
#elif CASE == 8
const mailmote::envelope refused{.to = std::vector<std::string_view>{"a@example.org"}};
#elif CASE == 9
const mailmote::envelope refused{.to = {one, one}};
#elif CASE > 9
#error "no such case"
#endif

}  // namespace

int main() {
  std::size_t recipients = 0;
  for (const mailmote::envelope& envelope : taken) recipients += envelope.to.size();
  return recipients == 13 ? 0 : 1;
}
