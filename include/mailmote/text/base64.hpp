// SPDX-License-Identifier: BSL-1.0
// base64.hpp: octets as 64 printable characters and back, in pieces of any size.
//
// Knows:          RFC 4648 section 4 (alphabet, padding).
// Does not know:  line lengths; there are none here.
// Bounds:         8 bytes of state; n octets become at most base64_length(n) characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailmote::text {

inline constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::size_t base64_length(std::size_t octets) { return (octets + 2) / 3 * 4; }

class base64_encoder {
 public:
  // Encodes all of `in`; `out` must hold base64_length(in.size() + 2). Returns what was written.
  constexpr std::size_t encode(std::span<const char> in, std::span<char> out) {
    std::size_t written = 0;
    std::uint32_t group = group_;  // as `out` might be anything, for all the compiler knows
    std::uint32_t held = held_;
    for (const char c : in) {
      group = (group << 8) | static_cast<unsigned char>(c);
      if (++held < 3) continue;
      put_group(group, &out[written]);
      written += 4;
      group = held = 0;
    }
    group_ = group;
    held_ = held;
    return written;
  }

  constexpr std::uint32_t held() const { return held_; }  // octets of a group that is not yet whole

  // Ends the text: writes the last 0 or 4 characters.
  constexpr std::size_t finish(std::span<char> out) {
    if (held_ == 0) return 0;
    put_group(held_ == 1 ? group_ << 16 : group_ << 8, out.data());
    if (held_ == 1) out[2] = '=';
    out[3] = '=';
    *this = {};
    return 4;
  }

 private:
  // Three octets as the four characters at `out`.
  static constexpr void put_group(std::uint32_t group, char* out) {
    for (std::size_t i = 4; i-- > 0; group >>= 6) out[i] = base64_digits[group & 63];
  }

  std::uint32_t group_ = 0;  // the octets held back, until they are three
  std::uint32_t held_ = 0;   // how many those are
};

// Strict about the alphabet and the padding (RFC 4648 sections 3.2 and 3.3); the unused bits of
// the last character are ignored.
class base64_decoder {
 public:
  // Takes one character. `out` gets 0 or 1 octets: their number, or -1 when this is no base64, as
  // nothing behind it is.
  constexpr int decode(char c, char& out) {
    const bool pads = c == '=';
    const int value = pads ? 0 : value_of(c);
    if (count_ == broken || value < 0 || (pads ? count_ < 2 : padded_)) {
      count_ = broken;
      return -1;
    }
    padded_ = pads;
    bits_ = static_cast<std::uint16_t>(bits_ << 6 | value);
    count_ = (count_ + 1) & 3;
    if (pads || count_ == 1) return 0;
    out = static_cast<char>(static_cast<unsigned char>(bits_ >> ((8 - 2 * count_) & 7)));
    return 1;
  }

  // Whether what was taken so far is a whole text.
  constexpr bool complete() const { return count_ == 0; }

 private:
  static constexpr int value_of(char c) {
    for (int value = 0; value < 64; ++value) {
      if (base64_digits[static_cast<std::size_t>(value)] == c) return value;
    }
    return -1;
  }

  static constexpr std::uint8_t broken = 4;

  std::uint16_t bits_ = 0;  // of the last characters
  std::uint8_t count_ = 0;  // characters in the current group of four, or broken
  bool padded_ = false;     // whether a `=` was seen
};

}  // namespace mailmote::text
