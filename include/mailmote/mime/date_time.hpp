// SPDX-License-Identifier: BSL-1.0
// date_time.hpp: the Date: of a message.
//
// Knows:          RFC 5322 section 3.3.
// Does not know:  what time it is, or where.
// Bounds:         1970 to 9999, in the zone that is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/calendar.hpp>
#include <mailmote/text/piece_writer.hpp>

namespace mailmote::mime {

// None by default: a device without a clock leaves the date out, and its submission server adds it
// (RFC 6409 section 8.1).
class date_time {
 public:
  constexpr date_time() = default;

  // `minutes_east` of Greenwich is the zone's offset, summer time included: -1439 to 1439.
  constexpr date_time(std::int64_t unix_seconds, std::int16_t minutes_east = 0)
      : seconds_{unix_seconds}, minutes_east_{minutes_east}, is_set_{true} {}

  constexpr bool is_set() const { return is_set_; }

  constexpr bool is_valid() const {
    constexpr std::int64_t end = 253'402'300'800;  // of the year 9999
    const bool zone = minutes_east_ > -day && minutes_east_ < day;
    return zone && seconds_ >= 0 && seconds_ < end && local() >= 0 && local() < end;
  }

  // Of a valid one: "Tue, 24 Nov 2026 14:24:08 +0100", always 31 characters.
  constexpr void put(text::piece_writer& out) const {
    constexpr std::string_view weekdays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::int32_t days = days_in(local());
    const auto of_day = static_cast<int>(local() - std::int64_t{days} * 86400);
    const date when = date_on(days);
    const int offset = minutes_east_ < 0 ? -minutes_east_ : minutes_east_;
    char text[] = "ddd, DD mmm YYYY HH:MM:SS +ZZZZ";
    set_name(text, weekdays, days % 7);
    set_two(text + 5, when.day);
    set_name(text + 8, months, when.month - 1);
    set_two(text + 12, when.year / 100);
    set_two(text + 14, when.year % 100);
    set_two(text + 17, of_day / 3600);
    set_two(text + 20, of_day / 60 % 60);
    set_two(text + 23, of_day % 60);
    if (minutes_east_ < 0) text[26] = '-';
    set_two(text + 27, offset / 60);
    set_two(text + 29, offset % 60);
    out.put(text);
  }

 private:
  static constexpr int day = 24 * 60;  // minutes

  constexpr std::int64_t local() const { return seconds_ + std::int64_t{minutes_east_} * 60; }

  static constexpr void set_two(char* at, int n) {
    at[0] = static_cast<char>('0' + n / 10);
    at[1] = static_cast<char>('0' + n % 10);
  }

  static constexpr void set_name(char* at, std::string_view names, int n) {
    const auto begin = static_cast<std::size_t>(n) * 3;
    for (std::size_t i = 0; i < 3; ++i) at[i] = names[begin + i];
  }

  std::int64_t seconds_ = 0;
  std::int16_t minutes_east_ = 0;
  bool is_set_ = false;
};

}  // namespace mailmote::mime
