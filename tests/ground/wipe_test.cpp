// SPDX-License-Identifier: BSL-1.0
// Memory that held a secret.
#include <doctest/doctest.h>

#include <span>
#include <string>

#include <mailmote/wipe.hpp>

TEST_CASE("what is wiped is gone, and its neighbours stay") {
  std::string memory = "<password>";
  mailmote::wipe(std::span{memory}.subspan(1, 8));
  CHECK(memory == '<' + std::string(8, '\0') + '>');
}

TEST_CASE("wiping nothing is no mistake") { mailmote::wipe({}); }
