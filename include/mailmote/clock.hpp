// SPDX-License-Identifier: BSL-1.0
// clock.hpp: deadlines on a millisecond counter that wraps.
//
// Knows:          arithmetic modulo 2^32, as a tick counter does it after 49.7 days.
// Does not know:  what time it is; that is always an argument.
// Bounds:         8 bytes; a timeout is at most `longest_timeout`, a longer one is cut to it.
#pragma once

#include <cstdint>

namespace mailmote {

// A reading of the caller's monotonic tick counter, or a span of time. It may wrap and start
// anywhere; it must not jump backwards, and two readings must be less than 2^31 ms apart.
using milliseconds = std::uint32_t;

inline constexpr milliseconds longest_timeout = 0x7FFF'FFFF;  // 24.8 days

// What `next_timeout` answers when nothing is being waited for.
inline constexpr milliseconds no_timeout = 0xFFFF'FFFF;

class deadline {
 public:
  constexpr deadline() = default;
  constexpr deadline(milliseconds now, milliseconds timeout)
      : start_{now}, timeout_{timeout < longest_timeout ? timeout : longest_timeout} {}

  constexpr bool passed(milliseconds now) const { return remaining(now) == 0; }

  // Since the start. A reading from just before it counts as the start itself, so that a driver that
  // reads its clock early cannot end a wait that has hardly begun.
  constexpr milliseconds elapsed(milliseconds now) const {
    const milliseconds since = now - start_;
    return since > longest_timeout ? 0 : since;
  }

  // 0 once it has passed.
  constexpr milliseconds remaining(milliseconds now) const {
    const milliseconds since = elapsed(now);
    return since >= timeout_ ? 0 : timeout_ - since;
  }

 private:
  milliseconds start_ = 0;
  milliseconds timeout_ = 0;
};

}  // namespace mailmote
