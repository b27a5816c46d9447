// SPDX-License-Identifier: BSL-1.0
// wolfssl_random.hpp: wolfCrypt's random numbers.
//
// Knows:          that a generator which has failed once stays so, and is set up anew.
// Does not know:  what they are for.
// Bounds:         at most 64 KB a call; wolfCrypt may take some of its heap until close().
#pragma once

#include <mailmote/tls/wolfssl_build.hpp>

#include <cstdint>
#include <span>

#include <mailmote/random.hpp>

namespace mailmote::wolfssl {

// Nothing happens before the first octets are wanted. close() gives back what it holds, and it may
// be used again after that. Like a context, it has no destructor: wolfssl::scoped<random> is for a
// local variable.
class random : public random_source {
 public:
  constexpr random() = default;
  random(const random&) = delete;
  random& operator=(const random&) = delete;

  bool fill(std::span<char> out) noexcept final {
    if (out.empty()) return true;
    const bool filled =
        begin() && wc_RNG_GenerateBlock(&generator_, reinterpret_cast<unsigned char*>(out.data()),
                                        static_cast<std::uint32_t>(out.size())) == 0;
    if (!filled) close();
    return filled;
  }

  void close() noexcept {
    if (is_open_) (void)wc_FreeRng(&generator_);
    if (is_started_) (void)wolfSSL_Cleanup();
    is_open_ = is_started_ = false;
  }

 private:
  bool begin() noexcept {
    if (!is_started_) is_started_ = wolfSSL_Init() == WOLFSSL_SUCCESS;
    if (is_started_ && !is_open_) is_open_ = wc_InitRng(&generator_) == 0;
    return is_open_;
  }

  WC_RNG generator_{};
  bool is_started_ = false;
  bool is_open_ = false;
};

}  // namespace mailmote::wolfssl
