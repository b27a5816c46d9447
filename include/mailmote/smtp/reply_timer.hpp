// SPDX-License-Identifier: BSL-1.0
// reply_timer.hpp: how long something has been waited for.
//
// Knows:          when the wait began, by the caller's clock.
// Does not know:  what is waited for, or how long it may take.
// Bounds:         12 bytes.
#pragma once

#include <mailmote/clock.hpp>

namespace mailmote::smtp {

class reply_timer {
 public:
  // What time it is.
  constexpr void read(milliseconds now) {
    now_ = now;
    if (is_stale_) arm();
    is_stale_ = false;
  }

  constexpr void arm() { armed_at_ = now_; }  // the wait begins now
  constexpr void arm_at_next_reading() { is_stale_ = true; }
  constexpr bool is_stale() const { return is_stale_; }

  constexpr milliseconds elapsed() const { return deadline{armed_at_, 0}.elapsed(now_); }
  constexpr milliseconds remaining(milliseconds allowed, milliseconds now) const {
    return deadline{armed_at_, allowed}.remaining(now);
  }
  constexpr bool passed(milliseconds allowed) const { return remaining(allowed, now_) == 0; }

 private:
  milliseconds now_ = 0;
  milliseconds armed_at_ = 0;
  bool is_stale_ = false;
};

}  // namespace mailmote::smtp
