// SPDX-License-Identifier: BSL-1.0
// login_parts.hpp: what logins are tested with: a random source that is none, and hash functions of which
// each use is counted.
//
// Knows:          the text that a nonce must become.
// Does not know:  which mechanism asks.
// Bounds:         none; a test does not mind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <mailmote/random.hpp>
#include <mailmote/sasl/hmac.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/text/base64.hpp>

namespace mailmote::test {

inline std::string to_base64(std::string_view octets) {
  std::string text(text::base64_length(octets.size() + 2), '?');
  text::base64_encoder encoder;
  std::size_t size = encoder.encode(octets, text);
  size += encoder.finish(std::span{text}.subspan(size));
  text.resize(size);
  return text;
}

inline std::string from_base64(std::string_view characters) {
  std::string octets;
  text::base64_decoder decoder;
  for (const char c : characters) {
    char octet = 0;
    if (decoder.decode(c, octet) > 0) octets += octet;
  }
  return octets;
}

inline std::string hex(std::span<const char> octets) {
  std::string digits;
  for (const char c : octets) {
    digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    digits += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return digits;
}

// Octets that become `nonce` in base64.
struct foreseen_random final : random_source {
  explicit foreseen_random(std::string_view nonce) : octets{from_base64(nonce)} {}
  bool fill(std::span<char> out) noexcept override {
    return has_some && octets.copy(out.data(), out.size()) == out.size();
  }
  std::string octets;
  bool has_some = true;
};

inline sasl::offer offer_of(std::initializer_list<std::string_view> tokens) {
  sasl::offer offered;
  for (const std::string_view token : tokens) offered.add(token);
  return offered;
}

template <class Hash>
typename sasl::hmac<Hash>::digest mac_of(const sasl::hmac<Hash>& mac, std::string_view text) {
  typename sasl::hmac<Hash>::digest result{};
  REQUIRE(mac.of(text, result));
  return result;
}

// No hash function for anything but counting: quick, and anybody can turn it around.
struct counted_hash {
  static constexpr std::size_t size = 32;
  static constexpr std::size_t block_size = 64;
  static inline std::size_t finished = 0;  // in this process

  void update(std::span<const char> in) noexcept {
    while (!in.empty()) {
      const std::size_t n = in.size() < 8 - held_ ? in.size() : 8 - held_;
      std::memcpy(&eight_[held_], in.data(), n);
      in = in.subspan(n);
      held_ += n;
      if (held_ == 8) mix();
    }
  }
  bool finish(std::span<char, size> out) noexcept {
    for (std::size_t i = 0; i < size; i += 8) {
      mix();
      std::memcpy(&out[i], &state_, 8);
    }
    *this = {};
    ++finished;
    return true;
  }

 private:
  void mix() {
    std::uint64_t octets = 0;
    std::memcpy(&octets, eight_, 8);
    state_ = (state_ ^ octets ^ held_) * 0x9E37'79B9'7F4A'7C15u;
    state_ ^= state_ >> 29;
    held_ = 0;
  }
  std::uint64_t state_ = 0;
  char eight_[8] = {};
  std::size_t held_ = 0;
};

}  // namespace mailmote::test
