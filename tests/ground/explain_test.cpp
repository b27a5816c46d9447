// SPDX-License-Identifier: BSL-1.0
// Every error in words, for whoever reads a log at night.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/explain.hpp>
#include <mailmote/text/ascii.hpp>

using mailmote::errc;
using mailmote::explain;

namespace {

constexpr auto last = static_cast<unsigned>(errc::tls_failed);
constexpr std::string_view nameless = "an error without a name";

std::string sentence(unsigned error) { return std::string{explain(static_cast<errc>(error))}; }

}  // namespace

TEST_CASE("every error has a sentence of its own") {
  std::set<std::string> said{std::string{nameless}};
  for (unsigned error = 0; error <= last; ++error) {
    CAPTURE(sentence(error));
    CHECK(said.insert(sentence(error)).second);
  }
}

TEST_CASE("a number that is no error is not taken for one") {
  CHECK(sentence(last + 1) == nameless);
  CHECK(sentence(255) == nameless);
}

TEST_CASE("an explanation fits into one line of any log") {
  for (unsigned error = 0; error <= last; ++error) {
    const std::string said = sentence(error);
    CAPTURE(said);
    CHECK(said.size() <= 100);
    CHECK_FALSE(said.ends_with('.'));
    for (const char c : said) CHECK(mailmote::ascii::is_printable(c));
  }
}
