// SPDX-License-Identifier: BSL-1.0
// credential.hpp: a user name or password, and whether its letters are in the form that servers know.
//
// Knows:          that letters outside ASCII can be written in several ways, and that SASLprep (RFC 4013)
//                 says which one is meant.
// Does not know:  SASLprep, whose tables are larger than this library. Who has such a name or password
//                 prepares it elsewhere, once, and says so.
// Bounds:         no copy of the string.
#pragma once

#include <concepts>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/text/ascii.hpp>

namespace mailmote::sasl {

class credential {
 public:
  // From whatever is a string to others: it is referred to.
  template <std::convertible_to<std::string_view> Text>
  constexpr credential(const Text& text) : text_{text} {}

  constexpr std::string_view text() const { return text_; }
  constexpr bool empty() const { return text_.empty(); }

  // errc::none; `bad` where it has a control character; or errc::needs_saslprep where it has letters
  // outside ASCII that nobody has prepared.
  constexpr errc check(errc bad) const {
    if (ascii::has_control(text_)) return bad;
    return ascii::has_non_ascii(text_) && !is_prepared_ ? errc::needs_saslprep : errc::none;
  }

  // The same of one that there has to be: `bad` where it is empty, too.
  constexpr errc check_needed(errc bad) const { return empty() ? bad : check(bad); }

 private:
  friend constexpr credential prepared(std::string_view text);
  std::string_view text_;
  bool is_prepared_ = false;
};

// A string that somebody has prepared by SASLprep already; it is used as it is.
constexpr credential prepared(std::string_view text) {
  credential c{text};
  c.is_prepared_ = true;
  return c;
}

}  // namespace mailmote::sasl
