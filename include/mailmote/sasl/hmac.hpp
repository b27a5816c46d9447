// SPDX-License-Identifier: BSL-1.0
// hmac.hpp: proves that two ends know the same key.
//
// Knows:          RFC 2104.
// Does not know:  which hash function, or whose key.
// Bounds:         two copies of the hash's state: a key is worked in once, however often it is used.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/sasl/hash.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::sasl {

template <hash Hash>
class hmac {
 public:
  using digest = std::array<char, Hash::size>;

  hmac() = default;
  explicit hmac(std::span<const char> key) noexcept { set_key(key); }

  void set_key(std::span<const char> key) noexcept {
    forget();
    is_sound_ = true;
    std::array<char, Hash::block_size> block{};
    if (key.size() > block.size()) {
      inner_.update(key);
      is_sound_ = inner_.finish(std::span{block}.template first<Hash::size>());
    } else {
      for (std::size_t i = 0; i < key.size(); ++i) block[i] = key[i];
    }
    flip(block, 0x36);
    inner_.update(block);
    flip(block, 0x36 ^ 0x5C);
    outer_.update(block);
    wipe(block);
  }

  // The hash whose copies take a message, piece by piece.
  const Hash& begin() const noexcept { return inner_; }

  // False where the hash function has failed: `result` is worth nothing then, and not to be shown.
  [[nodiscard]] bool finish(Hash& message, digest& result) const noexcept {
    const bool is_sound = message.finish(result) && is_sound_;
    message = outer_;  // as it is done with, and this is work for a small stack
    message.update(result);
    return message.finish(result) && is_sound;
  }

  // `message` may be `result`.
  [[nodiscard]] bool of(std::span<const char> message, digest& result) const noexcept {
    Hash inner = begin();
    inner.update(message);
    return finish(inner, result);
  }

  void forget() noexcept {
    digest nothing;
    (void)inner_.finish(nothing);  // and is as new
    (void)outer_.finish(nothing);
    wipe(nothing);
  }

 private:
  static void flip(std::array<char, Hash::block_size>& block, int bits) noexcept {
    for (char& c : block) c = static_cast<char>(c ^ bits);
  }

  Hash inner_{};
  Hash outer_{};
  bool is_sound_ = true;  // of a long key the hash could be computed
};

}  // namespace mailmote::sasl
