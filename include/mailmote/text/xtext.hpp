// SPDX-License-Identifier: BSL-1.0
// xtext.hpp: how a text is written as the value of a parameter.
//
// Knows:          xtext (RFC 3461 section 4), and its kin for addresses that are not ASCII: the
//                 utf-8-addr-unitext of RFC 6533 section 3.
// Does not know:  which parameters are written so, or how long they may be.
// Bounds:         no buffer; at most 3 octets for one of ASCII in xtext, 6 in unitext.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/ascii.hpp>
#include <mailmote/text/piece_writer.hpp>

namespace mailmote::text {

enum class xtext_form : std::uint8_t {
  ascii,    // xtext: what is not printable ASCII becomes +XX, and so do + and =
  unitext,  // what is not ASCII stays; \x{XX} is for the others, and for the backslash
};

constexpr bool stays_in_xtext(char c, xtext_form form) {
  if (ascii::is_non_ascii(c)) return form == xtext_form::unitext;
  const bool is_special = c == '+' || c == '=' || (c == '\\' && form == xtext_form::unitext);
  return c != ' ' && !ascii::is_control(c) && !is_special;
}

constexpr std::size_t xtext_length(std::string_view s, xtext_form form) {
  const std::size_t escaped = form == xtext_form::ascii ? 3 : 6;
  std::size_t length = 0;
  for (const char c : s) length += stays_in_xtext(c, form) ? 1 : escaped;
  return length;
}

constexpr void put_xtext(piece_writer& out, std::string_view s, xtext_form form) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : s) {
    if (stays_in_xtext(c, form)) {
      out.put(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.put(form == xtext_form::ascii ? "+" : "\\x{");
    out.put(digits[octet >> 4]);
    out.put(digits[octet & 15u]);
    if (form == xtext_form::unitext) out.put('}');
  }
}

}  // namespace mailmote::text
