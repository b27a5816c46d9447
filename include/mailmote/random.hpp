// SPDX-License-Identifier: BSL-1.0
// random.hpp: where octets come from that nobody can foresee.
//
// Knows:          that there may be none yet.
// Does not know:  which generator makes them (wolfssl::random is one).
// Bounds:         none.
#pragma once

#include <span>

namespace mailmote {

struct random_source {
  // Fills `out`; false when that cannot be done.
  virtual bool fill(std::span<char> out) noexcept = 0;

 protected:
  constexpr random_source() = default;
  constexpr random_source(const random_source&) = default;
  constexpr random_source& operator=(const random_source&) = default;
  ~random_source() = default;  // never deleted through this type
};

}  // namespace mailmote
