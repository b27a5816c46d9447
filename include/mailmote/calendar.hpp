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

// Years begin in March below, so that the leap day is the last of its year and a month's first day
// is a straight line: (153 * month + 2) / 5. They are counted from 400 before the year 0, of 146097
// days, so that none is negative.
inline constexpr std::int32_t before_1970 = 719468 + 146097;  // days

// Days from 1970-01-01 to a month's first, negative before it. Month 13 is the next year's January.
constexpr std::int32_t days_before(int year, int month) {
  year += 400;
  month -= 3;
  if (month < 0) {
    month += 12;
    --year;
  }
  const int century = year / 100;
  return 365 * year + year / 4 - century + century / 4 + (153 * month + 2) / 5 - before_1970;
}

constexpr std::int32_t days_of(date d) { return days_before(d.year, d.month) + d.day - 1; }

constexpr int days_in_month(int year, int month) {
  return days_before(year, month + 1) - days_before(year, month);
}

// The other way round.
constexpr date date_on(std::int32_t days_from_1970) {
  constexpr unsigned century = 36524;  // days: that of a leap day is the fourth, and has one more
  constexpr unsigned cycle = 4 * century + 1;
  const auto days = static_cast<unsigned>(days_from_1970 + before_1970);
  // Without their leap days, all years of a cycle have 365.
  const unsigned of_cycle = days % cycle;
  const unsigned leap_days = of_cycle / 1460 - of_cycle / century + of_cycle / (cycle - 1);
  const unsigned year_of_cycle = (of_cycle - leap_days) / 365;
  const unsigned of_year =
      of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  const unsigned month = (5 * of_year + 2) / 153;

  date d;
  d.year = static_cast<int>(days / cycle * 400 + year_of_cycle + (month < 10 ? 0 : 1)) - 400;
  d.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  d.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  return d;
}

// Since 1970-01-01, rounded down. In two steps, as a small processor has no 64-bit division: a day
// has 128 times 675 seconds.
constexpr std::int32_t days_in(std::int64_t unix_seconds) {
  const auto steps = static_cast<std::int32_t>(unix_seconds >> 7);
  return steps / 675 - (steps % 675 < 0 ? 1 : 0);
}

constexpr date date_of(std::int64_t unix_seconds) { return date_on(days_in(unix_seconds)); }

}  // namespace mailmote
