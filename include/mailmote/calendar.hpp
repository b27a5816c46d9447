// SPDX-License-Identifier: BSL-1.0
// calendar.hpp: Unix seconds from a date, and the date from Unix seconds.
//
// Knows:          the Gregorian calendar, in UTC, without leap seconds.
// Does not know:  what time it is.
// Bounds:         years 0 to 9999.
#pragma once

#include <cstdint>

namespace mailmote {

struct date {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  friend constexpr bool operator==(const date&, const date&) = default;
};

constexpr bool is_leap_year(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(int year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days from 1970-01-01, negative before it. Years begin in March here, so that the leap day is the
// last of its year and a month's first day is a straight line: (153 * month + 2) / 5.
constexpr std::int32_t days_of(date d) {
  constexpr int cycle = 400;  // years, of 146097 days: one more, so that none is negative
  const int month = (d.month + 9) % 12;
  const auto year = static_cast<unsigned>(d.year + cycle - (d.month < 3));
  const unsigned whole_years = 365 * year + year / 4 - year / 100 + year / 400;
  return static_cast<std::int32_t>(whole_years) + (153 * month + 2) / 5 + d.day - 1 -
         (719468 + 146097);
}

// Since 1970-01-01, rounded down. In two steps, as a small processor has no 64-bit division: a day
// has 128 times 675 seconds.
constexpr std::int32_t days_in(std::int64_t unix_seconds) {
  const auto steps = static_cast<std::int32_t>(unix_seconds >> 7);
  return steps / 675 - (steps % 675 < 0 ? 1 : 0);
}

constexpr date date_of(std::int64_t unix_seconds) {
  const std::int32_t days = days_in(unix_seconds);

  // A year that is early by a few, counted up to the right one.
  date d;
  d.year = 1970 + (days < 0 ? days / 365 - 1 : days / 366);
  while (days_of({d.year + 1, 1, 1}) <= days) ++d.year;
  while (d.month < 12 && days_of({d.year, d.month + 1, 1}) <= days) ++d.month;
  d.day = days - days_of({d.year, d.month, 1}) + 1;
  return d;
}

}  // namespace mailmote
