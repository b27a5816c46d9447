// SPDX-License-Identifier: BSL-1.0
// secret_list.hpp: what no transcript may show, and how to find it there.
//
// Knows:          a secret as it is, and wherever in a text that was put into base64.
// Does not know:  who shows it.
// Bounds:         none; a test does not mind.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "support/login_parts.hpp"

namespace mailmote::test {

class secret_list {
 public:
  secret_list(std::initializer_list<std::string_view> secrets) {
    for (const std::string_view secret : secrets) add(secret);
  }

  void add(std::string_view secret) {
    forms_.emplace_back(secret);
    for (std::size_t before = 0; before < 3; ++before) {
      // Those characters that depend on nothing else than the secret.
      const std::string text = to_base64(std::string(before, '?').append(secret));
      const std::size_t begin = (before * 8 + 5) / 6;
      forms_.push_back(text.substr(begin, (before + secret.size()) * 8 / 6 - begin));
    }
  }

  // The first form of a secret that is there; empty: none is.
  std::string_view shown_in(std::string_view text) const {
    for (const std::string& form : forms_) {
      if (text.find(form) != std::string_view::npos) return form;
    }
    return {};
  }

 private:
  std::vector<std::string> forms_;
};

}  // namespace mailmote::test
