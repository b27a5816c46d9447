// SPDX-License-Identifier: BSL-1.0
// pbkdf2.hpp: makes a password costly to guess, in slices of work that a device can afford at a time.
//
// Knows:          RFC 8018 section 5.2, of which SCRAM needs the first block (RFC 5802's Hi).
// Does not know:  which hash function, or who wants how many iterations.
// Bounds:         two digests and a counter; one HMAC an iteration.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mailmote/sasl/hmac.hpp>

namespace mailmote::sasl {

template <hash Hash>
class pbkdf2 {
 public:
  using digest = typename hmac<Hash>::digest;

  // The password is the key of `mac`, here and below, and `salted` is a message of it: the salt.
  // `iterations` is 1 or more, and the first of them is done.
  void begin(const hmac<Hash>& mac, Hash& salted, std::uint32_t iterations) noexcept {
    constexpr char first_block[] = {0, 0, 0, 1};
    salted.update(first_block);
    is_sound_ = mac.finish(salted, last_);
    sum_ = last_;
    rest_ = iterations - 1;
  }

  // Does at most so many iterations more; true once the result is there.
  bool run(const hmac<Hash>& mac, std::uint32_t at_most) noexcept {
    for (; rest_ > 0 && at_most > 0; --rest_, --at_most) {
      is_sound_ = mac.of(last_, last_) && is_sound_;
      for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] = static_cast<char>(sum_[i] ^ last_[i]);
    }
    return rest_ == 0;
  }

  const digest& result() const noexcept { return sum_; }
  bool is_sound() const noexcept { return is_sound_; }  // the hash function has not failed

  void forget() noexcept {
    wipe(last_);
    wipe(sum_);
    rest_ = 0;
  }

 private:
  digest last_{};
  digest sum_{};
  std::uint32_t rest_ = 0;  // iterations to be done
  bool is_sound_ = true;
};

}  // namespace mailmote::sasl
