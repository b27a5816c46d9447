// SPDX-License-Identifier: BSL-1.0
// hash.hpp: what a login needs of a hash function.
//
// Knows:          that it takes octets in pieces, and that a copy of it goes on by itself.
// Does not know:  which library or chip computes it (wolfssl::sha_256 and others do).
// Bounds:         none.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

namespace mailmote::sasl {

// clang-format off
template <class H>
concept hash = std::default_initializable<H> && std::copyable<H> &&
    requires(H& h, std::span<const char> in, std::span<char, H::size> out) {
  { H::size } -> std::convertible_to<std::size_t>;        // octets of the result
  { H::block_size } -> std::convertible_to<std::size_t>;  // octets that it takes at a time (RFC 2104's B)
  { h.update(in) } noexcept;
  // And is as new, with nothing left of what it took. False: it could not be computed, now or before.
  { h.finish(out) } noexcept -> std::same_as<bool>;
};
// clang-format on

}  // namespace mailmote::sasl
