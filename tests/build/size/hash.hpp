// SPDX-License-Identifier: BSL-1.0
// A hash function and random numbers as a TLS library has them, which are not counted.
#pragma once

#include <mailmote/random.hpp>

#include "stream.hpp"

extern "C" void wc_hash_update(void* state, const char* octets, size_t size);
extern "C" int wc_hash_finish(void* state, char* digest);
extern "C" int wc_random(char* octets, size_t size);

template <std::size_t Size>
struct board_hash {
  static constexpr std::size_t size = Size;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char> in) noexcept { wc_hash_update(state, in.data(), in.size()); }
  bool finish(std::span<char, Size> out) noexcept { return wc_hash_finish(state, out.data()) == 0; }
  std::uint32_t state[27] = {};  // eight words, a block, and how far it has come
};

struct board_random final : mailmote::random_source {
  bool fill(std::span<char> out) noexcept override {
    return wc_random(out.data(), out.size()) == 0;
  }
};
