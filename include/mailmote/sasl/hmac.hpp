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
    std::array<char, Hash::block_size> block{};
    if (key.size() > block.size()) {
      inner_.update(key);
      inner_.finish(std::span{block}.template first<Hash::size>());
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

  digest finish(Hash& message) const noexcept {
    digest result;
    message.finish(result);
    message = outer_;  // as it is done with, and this is work for a small stack
    message.update(result);
    message.finish(result);
    return result;
  }

  digest of(std::span<const char> message) const noexcept {
    Hash inner = begin();
    inner.update(message);
    return finish(inner);
  }

  void forget() noexcept {
    digest nothing;
    inner_.finish(nothing);  // and is as new
    outer_.finish(nothing);
  }

 private:
  static void flip(std::array<char, Hash::block_size>& block, int bits) noexcept {
    for (char& c : block) c = static_cast<char>(c ^ bits);
  }

  Hash inner_{};
  Hash outer_{};
};

}  // namespace mailmote::sasl
