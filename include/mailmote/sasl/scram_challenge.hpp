// SPDX-License-Identifier: BSL-1.0
// scram_challenge.hpp: what a SCRAM server's messages say.
//
// Knows:          the grammar of RFC 5802 section 7, and which count of iterations is too small.
// Does not know:  whose nonce, salt or signature that is.
// Bounds:         looks at the text where it is; no copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/text/ascii.hpp>

namespace mailmote::sasl {

inline constexpr std::uint32_t min_iterations = 4096;  // RFC 5802 section 5.1, RFC 7677 section 4

// Takes `name=value` and the comma behind it off the beginning. Empty: it is not there, or is empty.
constexpr std::string_view take_attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') return {};
  std::size_t end = 2;
  while (end < rest.size() && rest[end] != ',') ++end;
  const std::string_view value{rest.data() + 2, end - 2};
  rest.remove_prefix(end < rest.size() ? end + 1 : end);
  return value;
}

// The server's first message.
struct scram_challenge {
  std::string_view nonce{};  // both sides'
  std::string_view salt{};   // in base64
  std::uint32_t iterations = 0;
};

// A positive number into `n`, or bad_challenge; auth_iterations for one that does not fit.
constexpr errc parse_count(std::string_view text, std::uint32_t& n) {
  constexpr std::uint32_t largest = 429'496'728;  // of those that any digit may follow in 32 bits
  n = 0;
  bool fits = true;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return errc::bad_challenge;
    fits = fits && n <= largest;
    n = n * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (text.empty() || text[0] == '0') return errc::bad_challenge;
  return fits ? errc::none : errc::auth_iterations;
}

// An extension that must be understood (`m=`) comes first, and so is none of these; what follows the count
// is no concern of ours.
constexpr errc parse(std::string_view message, std::uint32_t max_iterations,
                     scram_challenge& found) {
  found.nonce = take_attribute(message, 'r');
  found.salt = take_attribute(message, 's');
  if (found.nonce.empty() || found.salt.empty()) return errc::bad_challenge;
  const errc bad = parse_count(take_attribute(message, 'i'), found.iterations);
  if (bad != errc::none) return bad;
  const bool is_sane = found.iterations >= min_iterations && found.iterations <= max_iterations;
  return is_sane ? errc::none : errc::auth_iterations;
}

}  // namespace mailmote::sasl
