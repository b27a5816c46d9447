// SPDX-License-Identifier: BSL-1.0
// Every text up to a length over a small alphabet: what no list of examples thinks of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Calls `visit` with each text of at most `longest` letters, the shortest first.
template <class Visitor>
void for_each_text(std::string_view alphabet, std::size_t longest, Visitor visit) {
  std::size_t texts = 1;
  for (std::size_t length = 0; length <= longest; ++length, texts *= alphabet.size()) {
    for (std::size_t number = 0; number < texts; ++number) {
      std::string text;
      for (std::size_t rest = number; text.size() < length; rest /= alphabet.size()) {
        text += alphabet[rest % alphabet.size()];
      }
      visit(text);
    }
  }
}
