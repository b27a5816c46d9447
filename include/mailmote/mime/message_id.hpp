// SPDX-License-Identifier: BSL-1.0
// message_id.hpp: the name of one message in all the world.
//
// Knows:          RFC 5322 section 3.6.4, and how to make a name without a clock or random numbers.
// Does not know:  where the numbers come from; the caller keeps them.
// Bounds:         the caller's strings, by reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/address.hpp>
#include <mailmote/text/quoted_printable.hpp>

namespace mailmote::mime {

// Of a device: <17.00000000000002a9@mote17.example.org>. `boot` is a number that no other start of
// the device has had: a count in flash, or random. `count` is the caller's count of messages since
// then, so that a message that is sent again keeps its name. Or a whole name as somebody else made
// it: "left@right", without < and >.
class message_id {
 public:
  static constexpr std::size_t max_length = 250;  // of a name: a line of a header has 998 octets

  constexpr message_id() = default;  // none
  constexpr message_id(std::string_view whole) : text_{whole} {}
  constexpr message_id(const char* whole) : text_{whole} {}
  constexpr message_id(std::string_view device, std::uint64_t boot, std::uint32_t count)
      : text_{device}, boot_{boot}, count_{count}, is_made_{true} {}

  constexpr bool empty() const { return text_.empty(); }

  constexpr bool is_valid() const {
    std::size_t signs = 0;
    for (const char c : text_) {
      if (c == '@') ++signs;
      if (!text::is_atext(c) && c != '.' && c != '@' && c != '[' && c != ']' && c != ':')
        return false;
      if (ascii::is_non_ascii(c)) return false;
    }
    if (is_made_) return signs == 0 && !empty() && text_.size() <= max_length - 32;
    return signs == 1 && text_.front() != '@' && text_.back() != '@' && text_.size() <= max_length;
  }

  // What stands before text(): "17.00000000000002A9@" of a device, as the end of `room`; else nothing.
  static constexpr std::size_t max_numbers = 28;  // 10 digits, a dot, 16 more and the @
  constexpr std::string_view numbers(char (&room)[max_numbers]) const {
    std::size_t first = max_numbers;
    if (is_made_) {
      room[--first] = '@';
      first -= 16;
      text::put_hex(boot_, room + first);
      room[--first] = '.';
      std::uint32_t rest = count_;
      do {
        room[--first] = static_cast<char>('0' + rest % 10);
        rest /= 10;
      } while (rest > 0);
    }
    return {room + first, max_numbers - first};
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_{};
  std::uint64_t boot_ = 0;
  std::uint32_t count_ = 0;
  bool is_made_ = false;
};

}  // namespace mailmote::mime
