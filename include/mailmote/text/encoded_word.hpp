// SPDX-License-Identifier: BSL-1.0
// encoded_word.hpp: UTF-8 in a header, as words of ASCII.
//
// Knows:          RFC 2047 sections 2, 4 and 5: both encodings, 75 characters a word, and that no
//                 character is split between two words.
// Does not know:  where in a header the words stand.
// Bounds:         no buffer.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/text/base64.hpp>
#include <mailmote/text/piece_writer.hpp>
#include <mailmote/text/quoted_printable.hpp>
#include <mailmote/text/utf8.hpp>

namespace mailmote::text {

enum class word_encoding : char { b = 'b', q = 'q' };

namespace detail {

// RFC 2047 section 5 (3): what stands for itself even in a display name.
constexpr bool is_q_literal(char c) {
  return ascii::is_alphanumeric(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

constexpr std::size_t q_length(std::string_view s) {
  std::size_t length = 0;
  for (const char c : s) length += is_q_literal(c) || c == ' ' ? 1 : 3;
  return length;
}

}  // namespace detail

// A line that has an encoded word in it: RFC 2047 section 2.
inline constexpr std::size_t max_encoded_line = 76;
inline constexpr std::size_t max_encoded_word = 75;

// The text of a word, cut from a longer one.
struct encoded_word {
  std::string_view text{};  // whole characters, or what is none
  word_encoding as = word_encoding::q;
  std::size_t inner = 0;  // characters between the frame

  static constexpr std::size_t frame = 12;  // =?utf-8?q? and ?=
  constexpr std::size_t length() const { return frame + inner; }

  void put(piece_writer& out) const {
    out.put("=?utf-8?");
    const char letter = static_cast<char>(as);
    out.put(std::string_view{&letter, 1});
    out.put("?");
    base64_encoder group;
    char piece[8] = {};
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view character = take_character(rest);
      if (as == word_encoding::b) {
        out.put({piece, group.encode(character, piece)});
      } else {
        for (const char c : character) put_q(out, c);
      }
    }
    if (as == word_encoding::b) out.put({piece, group.finish(piece)});
    out.put("?=");
  }

 private:
  static void put_q(piece_writer& out, char c) {
    char piece[3] = {c == ' ' ? '_' : c};
    const bool literal = detail::is_q_literal(c) || c == ' ';
    out.put({piece, literal ? 1 : put_hex('=', c, piece)});
  }
};

// Which of the two makes the whole text shorter.
constexpr word_encoding shorter_encoding(std::string_view text) {
  std::size_t octets = 0;
  std::size_t as_q = 0;
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    octets += character.size();
    as_q += detail::q_length(character);
  }
  return base64_length(octets) < as_q ? word_encoding::b : word_encoding::q;
}

// Takes as much of `rest` as makes a word of at most `width` characters: at least one character.
constexpr encoded_word take_word(std::string_view& rest, std::size_t width, word_encoding as) {
  const char* const begin = rest.data();
  encoded_word word{{}, as, 0};
  std::size_t octets = 0;
  std::size_t as_q = 0;
  while (!rest.empty()) {
    std::string_view behind = rest;
    const std::string_view character = take_character(behind);
    octets += character.size();
    as_q += detail::q_length(character);
    const std::size_t inner = as == word_encoding::b ? base64_length(octets) : as_q;
    if (word.inner > 0 && encoded_word::frame + inner > width) break;
    word.inner = inner;
    rest = behind;
  }
  word.text = {begin, static_cast<std::size_t>(rest.data() - begin)};
  return word;
}

}  // namespace mailmote::text
