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
    std::array<char, Hash::block_size> block{};
    if (key.size() > block.size()) {
      Hash hashed{};
      hashed.update(key);
      hashed.finish(std::span{block}.template first<Hash::size>());
    } else {
      for (std::size_t i = 0; i < key.size(); ++i) block[i] = key[i];
    }
    inner_ = begun_with(block, 0x36);
    outer_ = begun_with(block, 0x36 ^ 0x5C);
    wipe(block);
  }

  // The hash to give the message to, piece by piece; a copy is begun anew.
  Hash begin() const noexcept { return inner_; }

  digest finish(Hash& message) const noexcept {
    digest result;
    message.finish(result);
    Hash outer = outer_;
    outer.update(result);
    outer.finish(result);
    return result;
  }

  digest of(std::span<const char> message) const noexcept {
    Hash inner = begin();
    inner.update(message);
    return finish(inner);
  }

  void forget() noexcept { *this = {}; }

 private:
  // The block is flipped as it stands, and so the second time from the first.
  static Hash begun_with(std::array<char, Hash::block_size>& block, int flip) noexcept {
    for (char& c : block) c = static_cast<char>(c ^ flip);
    Hash hash{};
    hash.update(block);
    return hash;
  }

  Hash inner_{};
  Hash outer_{};
};

}  // namespace mailmote::sasl
