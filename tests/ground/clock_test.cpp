// SPDX-License-Identifier: BSL-1.0
// Deadlines on a tick counter that may start anywhere and wraps after 49.7 days.
#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>

#include <mailmote/clock.hpp>

using mailmote::deadline;
using mailmote::longest_timeout;
using mailmote::milliseconds;
using mailmote::no_timeout;

TEST_CASE("a deadline passes at its millisecond and not one earlier") {
  const deadline d{1'000, 250};
  CHECK(d.remaining(1'000) == 250);
  CHECK(d.remaining(1'249) == 1);
  CHECK_FALSE(d.passed(1'249));
  CHECK(d.passed(1'250));
}

TEST_CASE("a deadline that has passed stays passed") {
  const deadline d{1'000, 250};
  for (const milliseconds later : {250u, 251u, 1'000'000u, longest_timeout}) {
    CAPTURE(later);
    CHECK(d.remaining(1'000 + later) == 0);
  }
}

TEST_CASE("a wait goes on across the wrap of the counter, wherever it began") {
  for (milliseconds start = 0xFFFF'FF00; start != 0x100; ++start) {
    const deadline d{start, 0x80};
    REQUIRE(d.remaining(start + 0x7F) == 1);
    REQUIRE(d.passed(start + 0x80));
  }
}

TEST_CASE("a clock that was read just before the wait began ends nothing") {
  const deadline d{5, 300};
  CHECK(d.remaining(4) == 300);
  CHECK(d.remaining(milliseconds{0} - 100) == 300);
}

TEST_CASE("no time at all has passed at once") {
  CHECK(deadline{7, 0}.passed(7));
  CHECK(deadline{}.passed(0));
}

TEST_CASE("a timeout too long for the counter is cut to the longest one") {
  for (const milliseconds timeout : {longest_timeout, longest_timeout + 1, no_timeout}) {
    CAPTURE(timeout);
    const deadline d{0xFFFF'FFF0, timeout};
    CHECK(d.remaining(0xFFFF'FFF0) == longest_timeout);
    CHECK(d.remaining(0xFFFF'FFF0 + longest_timeout - 1) == 1);
    CHECK(d.passed(0xFFFF'FFF0 + longest_timeout));
  }
}

static_assert(sizeof(deadline) == 8);
