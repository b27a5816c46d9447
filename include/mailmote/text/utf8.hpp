// SPDX-License-Identifier: BSL-1.0
// utf8.hpp: where one character ends and the next begins, and what is no character.
//
// Knows:          the well-formed sequences of RFC 3629 section 4, and how Unicode advises to replace
//                 what is none: the longest beginning of a character by one U+FFFD.
// Does not know:  what characters mean.
// Bounds:         a character is at most 4 octets; the repairer holds 3 back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/ascii.hpp>

namespace mailmote::text {

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";  // U+FFFD

enum class utf8_form : std::uint8_t {
  whole,    // one character
  cut_off,  // the beginning of one, and the text is over
  broken,   // no character, whatever comes behind it
};

struct utf8_piece {
  std::size_t length = 0;  // octets
  utf8_form form = utf8_form::whole;
};

// What stands first in `s`, which is not empty.
constexpr utf8_piece first_character(std::string_view s) {
  const auto lead = static_cast<unsigned char>(s[0]);
  if (lead < 0x80) return {1, utf8_form::whole};
  if (lead < 0xC2 || lead > 0xF4) return {1, utf8_form::broken};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second octet has narrower bounds: no overlong form, no surrogate, nothing over U+10FFFF.
  unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == s.size()) return {i, utf8_form::cut_off};
    const auto octet = static_cast<unsigned char>(s[i]);
    if (octet < least || octet > most) return {i, utf8_form::broken};
    least = 0x80;
    most = 0xBF;
  }
  return {length, utf8_form::whole};
}

// Takes the first character off `rest`, which is not empty; what is none becomes U+FFFD.
constexpr std::string_view take_character(std::string_view& rest) {
  const utf8_piece piece = first_character(rest);
  const std::string_view character{rest.data(), piece.length};
  rest.remove_prefix(piece.length);
  return piece.form == utf8_form::whole ? character : replacement_character;
}

constexpr bool is_utf8(std::string_view s) {
  while (!s.empty()) {
    const utf8_piece piece = first_character(s);
    if (piece.form != utf8_form::whole) return false;
    s.remove_prefix(piece.length);
  }
  return true;
}

// The same for a text that comes in pieces.
class utf8_repairer {
 public:
  static constexpr std::size_t max_growth = 6;  // octets that one more octet can set free

  constexpr bool has_found_faults() const { return has_found_faults_; }

  // Takes one octet; `out` gets 0 to 6. Returns how many.
  constexpr std::size_t push(char c, char* out) {
    if (held_size_ == 0 && !ascii::is_non_ascii(c)) {
      out[0] = c;
      return 1;
    }
    held_[held_size_++] = c;
    return release(out, false);
  }

  // Ends the text: `out` gets 0 or 3 octets.
  constexpr std::size_t finish(char* out) { return release(out, true); }

 private:
  constexpr std::size_t release(char* out, bool is_end) {
    std::string_view rest{held_, held_size_};
    std::size_t written = 0;
    while (!rest.empty()) {
      const utf8_form form = first_character(rest).form;
      if (form == utf8_form::cut_off && !is_end) break;
      if (form != utf8_form::whole) has_found_faults_ = true;
      for (const char c : take_character(rest)) out[written++] = c;
    }
    const std::size_t gone = held_size_ - rest.size();
    for (std::size_t i = gone; i < sizeof held_; ++i) held_[i - gone] = held_[i];
    held_size_ = static_cast<std::uint8_t>(rest.size());
    return written;
  }

  char held_[4] = {};
  std::uint8_t held_size_ = 0;
  bool has_found_faults_ = false;
};

}  // namespace mailmote::text
