// SPDX-License-Identifier: BSL-1.0
// encoded_word.hpp: UTF-8 in a header, as words of ASCII.
//
// Knows:          RFC 2047 sections 2, 4 and 5: both encodings, 75 characters a word, and that no
//                 character is split between two words.
// Does not know:  where in a header the words stand.
// Bounds:         no buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/base64.hpp>
#include <mailmote/text/piece_writer.hpp>
#include <mailmote/text/quoted_printable.hpp>
#include <mailmote/text/utf8.hpp>

namespace mailmote::text {

enum class word_encoding : std::uint8_t { b, q };

// What an octet is written as, in some encoding of header fields; NUL: as hexadecimal digits.
using octet_form = char (*)(char);

// RFC 2047 section 5 (3): what stands for itself even in a display name.
constexpr char q_form(char c) {
  if (c == ' ') return '_';
  const bool is_literal =
      ascii::is_alphanumeric(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
  return is_literal ? c : '\0';
}

inline constexpr std::size_t max_escaped = 12;  // of a character

// Where an octet has no other form, `mark` and two digits. Returns how much was written to `out`.
constexpr std::size_t escape(std::string_view character, char mark, octet_form form, char* out) {
  char* end = out;
  for (const char c : character) {
    *end = form(c);
    end = *end != '\0' ? end + 1 : put_hex(mark, c, end);
  }
  return static_cast<std::size_t>(end - out);
}

// A line that has an encoded word in it: RFC 2047 section 2.
inline constexpr std::size_t max_encoded_line = 76;
inline constexpr std::size_t max_encoded_word = 75;
inline constexpr std::size_t word_frame = 12;  // =?utf-8?q? and ?=

// Which of the two makes the whole text shorter.
constexpr word_encoding shorter_encoding(std::string_view text) {
  char piece[max_escaped];
  std::size_t octets = 0;
  std::size_t as_q = 0;
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    octets += character.size();
    as_q += escape(character, '=', q_form, piece);
  }
  return base64_length(octets) < as_q ? word_encoding::b : word_encoding::q;
}

// Takes as much of `rest` as makes a word of at most `width` characters, at least one character, and
// writes the word. Returns its length.
constexpr std::size_t put_word(piece_writer& out, std::string_view& rest, std::size_t width,
                               word_encoding as) {
  using namespace std::string_view_literals;
  out.put(as == word_encoding::b ? "=?utf-8?b?"sv : "=?utf-8?q?"sv);
  base64_encoder group;
  char piece[max_escaped];
  std::size_t octets = 0;
  std::size_t inner = 0;  // characters between the frame
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view character = take_character(rest);
    octets += character.size();
    std::size_t n = escape(character, '=', q_form, piece);
    const std::size_t longer = as == word_encoding::b ? base64_length(octets) : inner + n;
    if (inner > 0 && word_frame + longer > width) {
      rest = before;
      break;
    }
    inner = longer;
    if (as == word_encoding::b) n = group.encode(character, piece);
    out.put({piece, n});
  }
  out.put({piece, group.finish(piece)});
  out.put("?=");
  return word_frame + inner;
}

}  // namespace mailmote::text
