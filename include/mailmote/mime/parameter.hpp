// SPDX-License-Identifier: BSL-1.0
// parameter.hpp: a file name in a header, whatever letters it has.
//
// Knows:          RFC 2231 sections 3 and 4: percent encoding, and values in several pieces.
// Does not know:  which parameters there are.
// Bounds:         60 octets for the ASCII form.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/mime/header_writer.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/encoded_word.hpp>
#include <mailmote/text/utf8.hpp>

namespace mailmote::mime {

namespace detail {

inline constexpr std::size_t max_section = 42;  // percent-encoded characters in one line

// RFC 2231 section 7: what stands for itself.
constexpr char percent_form(char c) {
  return ascii::is_alphanumeric(c) || c == '.' || c == '-' || c == '_' ? c : '\0';
}

// Takes as many whole characters off `value` as fit into a line.
constexpr void put_section(header_writer& out, std::string_view& value) {
  std::size_t length = 0;
  while (!value.empty()) {
    std::string_view rest = value;
    const std::string_view character = text::take_character(rest);
    length += text::escaped_length(character, percent_form);
    if (length > max_section) return;
    text::put_escaped(out.octets(), character, '%', percent_form);
    value = rest;
  }
}

// The name's last 60 characters, with an underscore for each that ASCII has not.
constexpr void put_ascii(header_writer& out, std::string_view value) {
  std::size_t characters = 0;
  for (std::string_view rest = value; !rest.empty(); ++characters) (void)text::take_character(rest);
  out.put("\"");
  for (; !value.empty(); --characters) {
    const std::string_view character = text::take_character(value);
    if (characters > max_quoted) continue;
    const bool is_plain =
        character.size() == 1 && character[0] != '"' && character[0] != '\\' && character[0] != '=';
    out.put(is_plain ? character : std::string_view{"_", 1});
  }
  out.put("\"");
}

}  // namespace detail

// ; filename="..." where that will do. Else by RFC 2231, with an ASCII form for those who do not know
// it, and last: who knows both takes the first.
constexpr void put_parameter(header_writer& out, std::string_view name, std::string_view value) {
  out.put(";");
  const bool is_ascii = !ascii::has_non_ascii(value) && out.can_stand(value);
  const std::size_t in_quotes = header_writer::quoted_length(value);
  if (is_ascii && in_quotes <= max_quoted + 2) {
    out.blank(name.size() + 1 + in_quotes);
    out.put(name);
    out.put("=");
    return out.quoted(value);
  }
  std::size_t total = 0;
  for (std::string_view rest = value; !rest.empty();) {
    total += text::escaped_length(text::take_character(rest), detail::percent_form);
  }
  std::size_t section = 0;
  for (std::string_view rest = value; !rest.empty(); ++section) {
    out.fold();
    out.put(name);
    if (total > detail::max_section) {
      out.put("*");
      out.octets().put_number(section);  // lines here are short
    }
    out.put(section == 0 ? std::string_view{"*=utf-8''"} : std::string_view{"*="});
    detail::put_section(out, rest);
    out.put(";");
  }
  out.fold();
  out.put(name);
  out.put("=");
  detail::put_ascii(out, value);
}

}  // namespace mailmote::mime
