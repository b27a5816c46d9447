// SPDX-License-Identifier: BSL-1.0
// wolfssl_hash.hpp: the hash functions of logins, as wolfCrypt computes them in software.
//
// Knows:          which builds have them, and which keep more of a hash than its own octets.
// Does not know:  who asks (sasl/hash.hpp says what is asked), or HMAC.
// Bounds:         copied octet by octet; nothing to free, unless WOLFSSL_SMALL_STACK makes wolfCrypt
//                 take 256 octets of its heap while it works. Where it has none, `finish` says so.
#pragma once

#include <mailmote/tls/wolfssl_build.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <mailmote/wipe.hpp>

namespace mailmote::wolfssl {

namespace detail {

// A hash that refers to memory or a device is not copied by copying it.
template <class>
inline constexpr bool hashes_are_plain =
#if defined(WOLFSSL_SMALL_STACK_CACHE) || defined(WOLFSSL_HASH_KEEP) ||                            \
    defined(WOLFSSL_ASYNC_CRYPT) || defined(WOLF_CRYPTO_CB_FIND) || defined(WOLFSSL_AFALG_HASH) || \
    defined(WOLFSSL_DEVCRYPTO_HASH) || defined(WOLFSSL_KCAPI_HASH) || defined(WOLFSSL_HAVE_PSA) || \
    defined(WOLFSSL_SE050_HASH) || defined(WOLFSSL_SILABS_SE_ACCEL) ||                             \
    defined(WOLFSSL_CRYPTOCELL) || defined(WOLFSSL_PSOC6_CRYPTO) || defined(WOLFSSL_IMXRT_DCP) ||  \
    defined(WOLFSSL_MAXQ10XX_CRYPTO) || defined(WOLFSSL_PIC32MZ_HASH) ||                           \
    defined(FREESCALE_LTC_SHA) || defined(WOLFSSL_XILINX_CRYPT) || defined(WOLFSSL_IMX6_CAAM) ||   \
    defined(HAVE_ARIA)
    false;
#elif (defined(WOLFSSL_ESP32WROOM32_CRYPT) && !defined(NO_WOLFSSL_ESP32WROOM32_CRYPT_HASH)) || \
    defined(WOLFSSL_USE_ESP32_CRYPT_HASH_HW)
    false;
#else
    true;
#endif

// Nothing is done by the constructor: wolfCrypt is called from the first octet on.
template <class Function>
class digest {
  static_assert(
      hashes_are_plain<Function>,
      "logins need wolfSSL's hashes in software, without WOLFSSL_SMALL_STACK_CACHE, "
      "WOLFSSL_HASH_KEEP, WOLFSSL_ASYNC_CRYPT, WOLF_CRYPTO_CB_FIND, and a device's own "
      "(on an ESP32, NO_WOLFSSL_ESP32WROOM32_CRYPT_HASH and NO_WOLFSSL_ESP32_CRYPT_HASH)");

 public:
  static constexpr std::size_t size = Function::size;
  static constexpr std::size_t block_size = Function::block_size;

  void update(std::span<const char> in) noexcept {
    if (state_ == state::fresh) step(Function::begin(native_));
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    while (!in.empty()) {
      const std::size_t n = in.size() < most ? in.size() : most;
      if (state_ == state::begun) step(Function::update(native_, bytes(in), std::uint32_t(n)));
      in = in.subspan(n);
    }
  }

  // And is as new; of what was hashed nothing stays. False, and zeros: it could not be computed.
  bool finish(std::span<char, Function::size> out) noexcept {
    update({});
    if (state_ == state::begun) {
      step(Function::finish(native_, reinterpret_cast<unsigned char*>(out.data())));
    }
    const bool is_sound = state_ == state::begun;
    if (!is_sound) wipe(out);
    wipe({reinterpret_cast<char*>(&native_),
          sizeof native_});  // not just forgotten: it may be a local
    state_ = state::fresh;
    return is_sound;
  }

 private:
  enum class state : std::uint8_t { fresh, begun, failed };

  static const unsigned char* bytes(std::span<const char> in) {
    return reinterpret_cast<const unsigned char*>(in.data());
  }
  void step(int code) { state_ = code == 0 ? state::begun : state::failed; }

  typename Function::native native_{};
  state state_ = state::fresh;
};

// What a build has not is an error where it is used, and not before.
template <class>
inline constexpr bool is_built = false;

#ifndef NO_MD5
struct md5_function {
  using native = wc_Md5;
  static constexpr std::size_t size = WC_MD5_DIGEST_SIZE;
  static constexpr std::size_t block_size = WC_MD5_BLOCK_SIZE;
  static int begin(native& h) { return wc_InitMd5_ex(&h, nullptr, INVALID_DEVID); }
  static int update(native& h, const unsigned char* in, std::uint32_t n) {
    return wc_Md5Update(&h, in, n);
  }
  static int finish(native& h, unsigned char* out) { return wc_Md5Final(&h, out); }
};
#else
template <class Used>
struct no_md5 {
  static_assert(is_built<Used>, "CRAM-MD5 and md5 need wolfSSL without NO_MD5");
  static constexpr std::size_t size = 16;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char>) noexcept {}
  bool finish(std::span<char, size>) noexcept { return false; }
};
#endif

#ifndef NO_SHA
struct sha_1_function {
  using native = wc_Sha;
  static constexpr std::size_t size = WC_SHA_DIGEST_SIZE;
  static constexpr std::size_t block_size = WC_SHA_BLOCK_SIZE;
  static int begin(native& h) { return wc_InitSha_ex(&h, nullptr, INVALID_DEVID); }
  static int update(native& h, const unsigned char* in, std::uint32_t n) {
    return wc_ShaUpdate(&h, in, n);
  }
  static int finish(native& h, unsigned char* out) { return wc_ShaFinal(&h, out); }
};
#else
template <class Used>
struct no_sha_1 {
  static_assert(is_built<Used>, "SCRAM-SHA-1 and sha_1 need wolfSSL without NO_SHA");
  static constexpr std::size_t size = 20;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char>) noexcept {}
  bool finish(std::span<char, size>) noexcept { return false; }
};
#endif

#ifndef NO_SHA256
struct sha_256_function {
  using native = wc_Sha256;
  static constexpr std::size_t size = WC_SHA256_DIGEST_SIZE;
  static constexpr std::size_t block_size = WC_SHA256_BLOCK_SIZE;
  static int begin(native& h) { return wc_InitSha256_ex(&h, nullptr, INVALID_DEVID); }
  static int update(native& h, const unsigned char* in, std::uint32_t n) {
    return wc_Sha256Update(&h, in, n);
  }
  static int finish(native& h, unsigned char* out) { return wc_Sha256Final(&h, out); }
};
#else
template <class Used>
struct no_sha_256 {
  static_assert(is_built<Used>, "SCRAM-SHA-256 and sha_256 need wolfSSL without NO_SHA256");
  static constexpr std::size_t size = 32;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char>) noexcept {}
  bool finish(std::span<char, size>) noexcept { return false; }
};
#endif

}  // namespace detail

// Each is a sasl::hash.
#ifndef NO_MD5
using md5 = detail::digest<detail::md5_function>;
#else
using md5 = detail::no_md5<void>;
#endif
#ifndef NO_SHA
using sha_1 = detail::digest<detail::sha_1_function>;
#else
using sha_1 = detail::no_sha_1<void>;
#endif
#ifndef NO_SHA256
using sha_256 = detail::digest<detail::sha_256_function>;
#else
using sha_256 = detail::no_sha_256<void>;
#endif

}  // namespace mailmote::wolfssl
