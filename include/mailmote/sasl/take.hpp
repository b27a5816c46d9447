// SPDX-License-Identifier: BSL-1.0
// take.hpp: how a string of the caller's becomes a response, piece by piece.
//
// Knows:          what a mechanism answers where nothing is left.
// Does not know:  what the string is.
// Bounds:         no copy but the piece.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>

namespace mailmote::sasl {

// Moves as much of the beginning of `rest` as there is room for; `closed` where nothing is left.
constexpr io_result take(std::string_view& rest, std::span<char> out) {
  std::size_t written = 0;
  while (written < out.size() && written < rest.size()) {
    out[written] = rest[written];
    ++written;
  }
  rest.remove_prefix(written);
  return written > 0 ? io_result::moved(written) : io_status::closed;
}

}  // namespace mailmote::sasl
