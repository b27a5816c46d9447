// SPDX-License-Identifier: BSL-1.0
// file_name.hpp: a file name in a header, whatever letters it has.
//
// Knows:          RFC 2231 sections 3 and 4: percent encoding, and values in several pieces.
// Does not know:  what file it is.
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

// Takes as many whole characters off `rest` as fit into a line.
constexpr std::string_view take_section(std::string_view& rest) {
  const char* const begin = rest.data();
  char piece[text::max_escaped];
  std::size_t length = 0;
  while (!rest.empty()) {
    std::string_view behind = rest;
    length += text::escape(text::take_character(behind), '%', percent_form, piece);
    if (length > max_section) break;
    rest = behind;
  }
  return {begin, static_cast<std::size_t>(rest.data() - begin)};
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
constexpr void put_file_name(header_writer& out, std::string_view value) {
  out.put(";");
  const bool is_ascii = !ascii::has_non_ascii(value) && out.can_stand(value);
  const std::size_t in_quotes = header_writer::quoted_length(value);
  if (is_ascii && in_quotes <= max_quoted + 2) {
    out.blank(9 + in_quotes);
    out.put("filename=");
    return out.quoted(value);
  }
  std::string_view rest = value;
  for (std::size_t section = 0; !rest.empty(); ++section) {
    std::string_view part = detail::take_section(rest);
    out.fold();
    out.put("filename*");
    if (section > 0 || !rest.empty()) {
      out.octets().put_number(section);  // lines here are short
      out.put("*");
    }
    out.put("=");
    if (section == 0) out.put("utf-8''");
    while (!part.empty()) {
      char piece[text::max_escaped];
      out.put({piece, text::escape(text::take_character(part), '%', detail::percent_form, piece)});
    }
    out.put(";");
  }
  out.fold();
  out.put("filename=");
  detail::put_ascii(out, value);
}

}  // namespace mailmote::mime
