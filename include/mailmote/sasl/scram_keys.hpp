// SPDX-License-Identifier: BSL-1.0
// scram_keys.hpp: what SCRAM needs of a password, and all that a device must have of it.
//
// Knows:          RFC 5802 section 3: ClientKey and ServerKey, made of a salted password.
// Does not know:  where they are kept. Whoever has them can log in as the user, but does not have the
//                 password.
// Bounds:         a salt of at most `max_scram_salt` octets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/sasl/hmac.hpp>
#include <mailmote/sasl/pbkdf2.hpp>

namespace mailmote::sasl {

inline constexpr std::size_t max_scram_salt = 64;  // of keys that are kept; servers have 12 to 32

// They are of one user, one password, one salt and one count. Without iterations they are none.
template <hash Hash>
struct scram_keys {
  using digest = typename hmac<Hash>::digest;

  std::array<char, max_scram_salt> salt{};
  std::size_t salt_size = 0;
  std::uint32_t iterations = 0;
  digest client_key{};
  digest server_key{};

  // All the work at once: for a workshop, not for a device. A password with letters outside ASCII has
  // been prepared (RFC 4013). None for a salt over the bound, a count of 0, or where the hash fails.
  static scram_keys derive(std::string_view password, std::span<const char> salt,
                           std::uint32_t iterations) noexcept {
    scram_keys keys;
    if (salt.size() > max_scram_salt || iterations == 0) return keys;
    for (const char c : salt) keys.salt[keys.salt_size++] = c;
    keys.iterations = iterations;
    hmac<Hash> mac{password};
    pbkdf2<Hash> work;
    Hash salted = mac.begin();
    salted.update(salt);
    work.begin(mac, salted, iterations);
    work.run(mac, iterations);
    const bool is_sound = make(mac, work.result(), keys.client_key, keys.server_key);
    if (!is_sound || !work.is_sound()) keys = {};
    work.forget();
    mac.forget();
    return keys;
  }

  // The two keys of a salted password, which becomes the key of `mac`.
  [[nodiscard]] static bool make(hmac<Hash>& mac, const digest& salted_password, digest& client_key,
                                 digest& server_key) noexcept {
    mac.set_key(salted_password);
    return mac.of(std::string_view{"Client Key"}, client_key) &&
           mac.of(std::string_view{"Server Key"}, server_key);
  }
};

}  // namespace mailmote::sasl
