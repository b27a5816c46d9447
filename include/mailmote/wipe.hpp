// SPDX-License-Identifier: BSL-1.0
// wipe.hpp: makes memory forget, and keeps the compiler from leaving that out.
//
// Knows:          that a store to a volatile is never optimised away.
// Does not know:  what was secret.
// Bounds:         one store an octet.
#pragma once

#include <span>

namespace mailmote {

inline void wipe(std::span<char> memory) noexcept {
  volatile char* p = memory.data();
  for (std::size_t i = 0; i < memory.size(); ++i) p[i] = 0;
}

}  // namespace mailmote
