// SPDX-License-Identifier: BSL-1.0
// The version, as the preprocessor and as people read it.
#include <doctest/doctest.h>

#include <string>

#include <mailmote/version.hpp>

TEST_CASE("the version that people read is the one the preprocessor sees") {
  CHECK(std::to_string(MAILMOTE_VERSION_MAJOR) + '.' + std::to_string(MAILMOTE_VERSION_MINOR) +
            '.' + std::to_string(MAILMOTE_VERSION_PATCH) ==
        mailmote::version);
}
