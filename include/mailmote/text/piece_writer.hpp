// SPDX-License-Identifier: BSL-1.0
// piece_writer.hpp: writes a text into a buffer of any size, a piece at a time.
//
// Knows:          how much of the text is already written, and how much room there is.
// Does not know:  what the text is.
// Bounds:         no buffer; each round walks over the text from its beginning.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

namespace mailmote::text {

// Writes the part of a text that follows its first `skip` octets, as far as there is room. So a
// command needs no buffer of its own: whoever has room again makes the same calls again, and skips
// what is already written.
class piece_writer {
 public:
  constexpr piece_writer(std::span<char> room, std::size_t skip) : room_{room}, skip_{skip} {}

  constexpr void put(char c) {
    if (skip_ > 0) {
      --skip_;
    } else if (written_ < room_.size()) {
      room_[written_++] = c;
    } else {
      complete_ = false;
    }
  }

  constexpr void put(std::string_view piece) {
    for (const char c : piece) put(c);
  }

  constexpr void put(const char* literal) {  // costs the caller less than a string_view
    while (*literal != '\0') put(*literal++);
  }

  constexpr void put_number(std::size_t n) {
    char digits[std::numeric_limits<std::size_t>::digits10 + 1] = {};
    std::size_t first = sizeof digits;
    do {
      digits[--first] = static_cast<char>('0' + n % 10);
      n /= 10;
    } while (n > 0);
    put({digits + first, sizeof digits - first});
  }

  constexpr std::size_t written() const { return written_; }
  constexpr std::size_t to_skip() const {
    return skip_;
  }                                                      // of the first octets: those still to come
  constexpr bool complete() const { return complete_; }  // everything that was put is written

 private:
  std::span<char> room_;
  std::size_t skip_;
  std::size_t written_ = 0;
  bool complete_ = true;
};

}  // namespace mailmote::text
