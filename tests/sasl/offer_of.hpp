// SPDX-License-Identifier: BSL-1.0
// What a server offers, from the words of its AUTH line.
#pragma once

#include <initializer_list>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>

inline mailmote::sasl::offer offer_of(std::initializer_list<std::string_view> words) {
  mailmote::sasl::offer offered;
  for (const std::string_view word : words) offered.add(word);
  return offered;
}

inline mailmote::sasl::offer offer_of(std::string_view word) { return offer_of({word}); }
