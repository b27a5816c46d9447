// SPDX-License-Identifier: BSL-1.0
// wolfcrypt_hash.hpp: wolfCrypt's hash functions, for logins that are tested without TLS.
//
// Knows:          wolfCrypt's calls.
// Does not know:  what is hashed.
// Bounds:         wolfCrypt's own.
#pragma once

#include <wolfssl/options.h>
//
#include <wolfssl/wolfcrypt/md5.h>
#include <wolfssl/wolfcrypt/sha.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include <cstddef>
#include <span>

namespace mailmote::test {

template <class State, std::size_t Size, auto Init, auto Update, auto Final>
class wolfcrypt_hash {
 public:
  static constexpr std::size_t size = Size;
  static constexpr std::size_t block_size = 64;

  wolfcrypt_hash() noexcept { Init(&state_); }
  void update(std::span<const char> in) noexcept {
    Update(&state_, reinterpret_cast<const byte*>(in.data()), static_cast<word32>(in.size()));
  }
  bool finish(std::span<char, Size> out) noexcept {
    const bool is_sound = Final(&state_, reinterpret_cast<byte*>(out.data())) == 0;
    *this = {};  // nothing stays
    return is_sound;
  }

 private:
  State state_{};
};

using md5 = wolfcrypt_hash<wc_Md5, 16, wc_InitMd5, wc_Md5Update, wc_Md5Final>;
using sha_1 = wolfcrypt_hash<wc_Sha, 20, wc_InitSha, wc_ShaUpdate, wc_ShaFinal>;
using sha_256 = wolfcrypt_hash<wc_Sha256, 32, wc_InitSha256, wc_Sha256Update, wc_Sha256Final>;

}  // namespace mailmote::test
