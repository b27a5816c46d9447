// SPDX-License-Identifier: BSL-1.0
// The calendar that certificates' dates are read and shown by.
#include <mailmote/calendar.hpp>

#include <doctest/doctest.h>

using mailmote::date;
using mailmote::date_of;
using mailmote::days_in_month;
using mailmote::days_of;

TEST_CASE("well-known days have their well-known numbers") {
  CHECK(days_of({1970, 1, 1}) == 0);
  CHECK(days_of({1969, 12, 31}) == -1);
  CHECK(days_of({2000, 2, 29}) == 11016);
  CHECK(days_of({2000, 3, 1}) == 11017);
  CHECK(days_of({2038, 1, 19}) == 24855);
  CHECK(days_of({1950, 1, 1}) == -7305);
  CHECK(days_of({9999, 12, 31}) == 2932896);
}

TEST_CASE("every day from 1949 to 2101 follows the one before, and is read back as itself") {
  std::int32_t number = days_of({1949, 1, 1});
  for (int year = 1949; year <= 2101; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= days_in_month(year, month); ++day, ++number) {
        const date d{year, month, day};
        REQUIRE(days_of(d) == number);
        REQUIRE(date_of(std::int64_t{number} * 86400) == d);
        REQUIRE(date_of(std::int64_t{number} * 86400 + 86399) == d);
      }
    }
  }
}

TEST_CASE("the last second of the last year that a certificate can name is shown as such") {
  CHECK(date_of(253402300799) == date{9999, 12, 31});
}

TEST_CASE("centuries are leap years only every four hundred years") {
  CHECK(days_in_month(1900, 2) == 28);
  CHECK(days_in_month(2000, 2) == 29);
  CHECK(days_in_month(2024, 2) == 29);
  CHECK(days_in_month(2100, 2) == 28);
}
