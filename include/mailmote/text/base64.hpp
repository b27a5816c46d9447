// SPDX-License-Identifier: BSL-1.0
// base64.hpp: octets as 64 printable characters and back, in pieces of any size.
//
// Knows:          RFC 4648 section 4 (alphabet, padding).
// Does not know:  line lengths; there are none here.
// Bounds:         12 bytes of state; n octets become at most base64_length(n) characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailmote::text {

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
      for (int shift = 18; shift >= 0; shift -= 6) out[written++] = digit(group >> shift);
      group = held = 0;
    }
    group_ = group;
    held_ = held;
    return written;
  }

  constexpr std::uint32_t held() const { return held_; }  // octets of a group that is not yet whole

  // Ends the text: writes the last 0 or 4 characters.
  constexpr std::size_t finish(std::span<char> out) {
    const std::uint32_t held = held_;
    if (held == 0) return 0;
    constexpr char zeroes[2] = {};
    const std::size_t written = encode({zeroes, 3 - held}, out);
    for (std::size_t i = held + 1; i < written; ++i) out[i] = '=';
    return written;
  }

 private:
  static constexpr char digit(std::uint32_t value) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return digits[value & 63];
  }

  std::uint32_t group_ = 0;  // the octets held back, until they are three
  std::uint32_t held_ = 0;   // how many those are
};

// Strict about the alphabet and the padding (RFC 4648 sections 3.2 and 3.3); the unused bits of
// the last character are ignored.
class base64_decoder {
 public:
  // Takes one character. `out` gets 0 or 1 octets: their number, or -1 when this is no base64.
  constexpr int decode(char c, char& out) {
    if (c == '=') {
      if (count_ < 2) return -1;
      padded_ = true;
      count_ = (count_ + 1) & 3;
      return 0;
    }
    const int value = value_of(c);
    if (value < 0 || padded_) return -1;
    bits_ = (bits_ << 6) | static_cast<std::uint32_t>(value);
    count_ = (count_ + 1) & 3;
    if (count_ == 1) return 0;
    out = static_cast<char>(static_cast<unsigned char>(bits_ >> ((8 - 2 * count_) & 7)));
    return 1;
  }

  // Whether what was taken so far is a whole text.
  constexpr bool complete() const { return count_ == 0; }

 private:
  static constexpr int value_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
  }

  std::uint16_t bits_ = 0;  // of the last characters
  std::uint8_t count_ = 0;  // characters in the current group of four
  bool padded_ = false;     // whether a `=` was seen
};

}  // namespace mailmote::text
