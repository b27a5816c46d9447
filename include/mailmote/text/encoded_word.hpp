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

constexpr std::size_t escaped_length(std::string_view s, octet_form form) {
  std::size_t length = 0;
  for (const char c : s) length += form(c) != '\0' ? 1 : 3;
  return length;
}

// Where there is no other form, `mark` and two digits.
constexpr void put_escaped(piece_writer& out, std::string_view s, char mark, octet_form form) {
  for (const char c : s) {
    char piece[3] = {form(c)};
    out.put({piece, piece[0] != '\0' ? 1 : put_hex(mark, c, piece)});
  }
}

// The text of a word in either encoding.
struct word_length {
  std::size_t octets = 0;
  std::size_t as_q = 0;

  constexpr void add(std::string_view character) {
    octets += character.size();
    as_q += escaped_length(character, q_form);
  }
  constexpr std::size_t in(word_encoding as) const {
    return as == word_encoding::b ? base64_length(octets) : as_q;
  }
};

// A line that has an encoded word in it: RFC 2047 section 2.
inline constexpr std::size_t max_encoded_line = 76;
inline constexpr std::size_t max_encoded_word = 75;
inline constexpr std::size_t word_frame = 12;  // =?utf-8?q? and ?=

// Which of the two makes the whole text shorter.
constexpr word_encoding shorter_encoding(std::string_view text) {
  word_length all;
  while (!text.empty()) all.add(take_character(text));
  return all.in(word_encoding::b) < all.in(word_encoding::q) ? word_encoding::b : word_encoding::q;
}

// Takes as much of `rest` as makes a word of at most `width` characters, at least one character, and
// writes the word. Returns its length.
constexpr std::size_t put_word(piece_writer& out, std::string_view& rest, std::size_t width,
                               word_encoding as) {
  using namespace std::string_view_literals;
  out.put(as == word_encoding::b ? "=?utf-8?b?"sv : "=?utf-8?q?"sv);
  base64_encoder group;
  char piece[8] = {};
  std::size_t length = word_frame;
  for (word_length text; !rest.empty();) {
    std::string_view behind = rest;
    const std::string_view character = take_character(behind);
    text.add(character);
    if (length > word_frame && word_frame + text.in(as) > width) break;
    length = word_frame + text.in(as);
    rest = behind;
    if (as == word_encoding::b) {
      out.put({piece, group.encode(character, piece)});
    } else {
      put_escaped(out, character, '=', q_form);
    }
  }
  if (as == word_encoding::b) out.put({piece, group.finish(piece)});
  out.put("?=");
  return length;
}

}  // namespace mailmote::text
