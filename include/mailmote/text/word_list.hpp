// SPDX-License-Identifier: BSL-1.0
// word_list.hpp: a table of protocol words, packed into one string.
//
// Knows:          that words are compared without case, and whole.
// Does not know:  what the words mean; an index is the caller's enumerator.
// Bounds:         one octet a word beside its letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/ascii.hpp>

namespace mailmote::text {

class word_list {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // Words with one space between.
  constexpr explicit word_list(std::string_view words) : words_{words} {}

  // Empty behind the last one.
  constexpr std::string_view operator[](std::size_t index) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= words_.size(); ++i) {
      if (i < words_.size() && words_[i] != ' ') continue;
      if (index-- == 0) return {words_.data() + begin, i - begin};
      begin = i + 1;
    }
    return {};
  }

  constexpr std::size_t find(std::string_view word) const {
    for (std::size_t i = 0;; ++i) {
      const std::string_view candidate = (*this)[i];
      if (candidate.empty()) return none;
      if (ascii::equal_ignoring_case(candidate, word)) return i;
    }
  }

  // Of a set of at most 16 of these words; 0 when it is none of them.
  constexpr std::uint16_t bit(std::string_view word) const {
    const std::size_t index = find(word);
    return index == none ? std::uint16_t{0} : static_cast<std::uint16_t>(1u << index);
  }

 private:
  std::string_view words_;
};

}  // namespace mailmote::text
