// SPDX-License-Identifier: BSL-1.0
// clean_run.hpp: finds how much of a text can go out as it is, many octets at a time.
//
// Knows:          what else would have to be done: a CR or LF alone is a line end to mend (RFC 5321
//                 2.3.8), a dot that begins a line is one to double (4.5.2).
// Does not know:  how either is done; where the text goes.
// Bounds:         looks at no octet more than twice; keeps nothing. On a small processor it finds
//                 nothing and takes no memory: there, one octet after the other is fast enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace mailmote::text {

namespace detail {

using word = std::uint64_t;
inline constexpr bool is_wide = sizeof(std::size_t) >= sizeof(word);
inline constexpr std::size_t block = 8 * sizeof(word);

// Each octet's highest bit says whether it is `c`.
constexpr word equals(word octets, unsigned char c) {
  constexpr word ones = 0x0101010101010101;
  constexpr word low = ones * 0x7F;
  const word differ = octets ^ (ones * c);
  return ~(((differ & low) + low) | differ | low);
}

inline word load(const char* from) {
  word octets;
  std::memcpy(&octets, from, sizeof octets);
  return octets;
}

// Of the block behind octet `at`. Without a way out of its middle, so that a compiler can make
// vector instructions of it.
inline bool is_clean(const char* at) {
  word found = 0;
  for (std::size_t i = 0; i < block; i += sizeof(word)) {
    const word before = load(at + i);
    const word octets = load(at + i + 1);
    found |= equals(before, '\r') ^ equals(octets, '\n');
    found |= equals(before, '\n') & equals(octets, '.');
  }
  return found == 0;
}

constexpr bool is_clean(char before, char c) {
  return (before == '\r') == (c == '\n') && !(before == '\n' && c == '.');
}

}  // namespace detail

// How many octets at the beginning of `in` can go out as they are, behind an octet `before`. A CR
// that nothing follows yet is not among them.
constexpr std::size_t clean_run(char before, std::span<const char> in) {
  if (!detail::is_wide || in.empty() || !detail::is_clean(before, in[0])) return 0;
  std::size_t n = 1;
  if (!std::is_constant_evaluated()) {
    while (in.size() - n >= detail::block && detail::is_clean(&in[n - 1])) n += detail::block;
  }
  while (n < in.size() && detail::is_clean(in[n - 1], in[n])) ++n;
  return in[n - 1] == '\r' ? n - 1 : n;
}

}  // namespace mailmote::text
