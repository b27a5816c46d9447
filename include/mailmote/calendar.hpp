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

// Days from 1970-01-01 to a month's first, negative before it. Years begin in March here, so that the
// leap day is the last of its year and a month's first day is a straight line: (153 * month + 2) / 5.
// Month 13 is the next year's January.
constexpr std::int32_t days_before(int year, int month) {
  constexpr int cycle = 400;  // years, of 146097 days: one more, so that none is negative
  year += cycle;
  month -= 3;
  if (month < 0) {
    month += 12;
    --year;
  }
  const int century = year / 100;
  return 365 * year + year / 4 - century + century / 4 + (153 * month + 2) / 5 - (719468 + 146097);
}

constexpr std::int32_t days_of(date d) { return days_before(d.year, d.month) + d.day - 1; }

constexpr int days_in_month(int year, int month) {
  return days_before(year, month + 1) - days_before(year, month);
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
  while (days_before(d.year + 1, 1) <= days) ++d.year;
  while (d.month < 12 && days_before(d.year, d.month + 1) <= days) ++d.month;
  d.day = days - days_before(d.year, d.month) + 1;
  return d;
}

}  // namespace mailmote
