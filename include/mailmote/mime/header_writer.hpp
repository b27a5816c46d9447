// SPDX-License-Identifier: BSL-1.0
// header_writer.hpp: writes a header field, folded where people's lines end.
//
// Knows:          RFC 5322 sections 2.2.3 and 3.2, RFC 2047 section 5, RFC 6532.
// Does not know:  which fields a message has (header_fields.hpp), or which strings are fit for one.
// Bounds:         lines of at most 76 octets, but for a single long word.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/text/address.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/encoded_word.hpp>
#include <mailmote/text/piece_writer.hpp>
#include <mailmote/text/utf8.hpp>

namespace mailmote::mime {

// RFC 5322 section 2.1.1 asks for 78, RFC 2047 section 2 for less where a word is encoded.
inline constexpr std::size_t fold_at = 76;

// What is longer is written as encoded words: a word, and a name in quotes, with its backslashes.
inline constexpr std::size_t max_word = 800;
inline constexpr std::size_t max_quoted = 60;

class header_writer {
 public:
  // A field may be written in pieces, by several writers: `column` is where the last one stopped.
  constexpr header_writer(text::piece_writer& out, std::size_t column, bool raw_utf8)
      : out_{out}, column_{column}, raw_utf8_{raw_utf8} {}

  constexpr std::size_t column() const { return column_; }
  constexpr text::piece_writer& octets() { return out_; }  // for what needs no folding

  // Octets that no line is broken before.
  constexpr void put(std::string_view octets) { append(octets.data(), octets.size()); }

  template <std::size_t N>
  constexpr void put(const char (&literal)[N]) {  // spares the target a strlen
    append(literal, N - 1);
  }

  constexpr void end() {
    out_.put("\r\n");
    column_ = 0;
  }

  constexpr void fold() {
    end();
    put(" ");
  }

  // The blank before `length` octets that stay together.
  constexpr void blank(std::size_t length) {
    if (column_ + 1 + length > fold_at) end();
    put(" ");
  }

  // Whether a value reads the same when it stands as it is.
  constexpr bool can_stand(std::string_view s) const {
    if (s.empty() || s.front() == ' ' || s.back() == ' ') return false;
    std::size_t word = 0;  // with the blanks before it
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (s[i] == ' ' && s[i - 1] != ' ') word = 0;
      const bool looks_encoded = s[i] == '=' && i + 1 < s.size() && s[i + 1] == '?';
      const bool is_foreign = ascii::is_non_ascii(s[i]) && !raw_utf8_;
      if (++word > max_word || looks_encoded || is_foreign) return false;
    }
    return true;
  }

  // What people write and read (RFC 5322 section 3.2.5); never empty.
  constexpr void unstructured(std::string_view value) {
    if (!can_stand(value)) return encoded(value, text::shorter_encoding(value));
    put(" ");  // never folded: a first line of nothing but a name is not read well by all
    for (std::size_t begin = 0; begin < value.size();) {
      std::size_t end_of_word = begin;
      while (end_of_word < value.size() && value[end_of_word] == ' ') ++end_of_word;
      while (end_of_word < value.size() && value[end_of_word] != ' ') ++end_of_word;
      const std::size_t length = end_of_word - begin;
      if (begin > 0 && column_ + length > fold_at) end();
      clean({value.data() + begin, length});
      begin = end_of_word;
    }
  }

  // A display name: atoms, a quoted string, or encoded words.
  constexpr void phrase(std::string_view name) {
    const std::size_t in_quotes = quoted_length(name);
    if (in_quotes > max_quoted + 2 || !can_stand(name))
      return encoded(name, text::shorter_encoding(name));
    bool is_atoms = true;
    char before = 0;
    for (const char c : name) {
      is_atoms = is_atoms && (text::is_atext(c) || (c == ' ' && before != ' '));
      before = c;
    }
    blank(is_atoms ? name.size() : in_quotes);
    if (is_atoms) return clean(name);
    quoted(name);
  }

  // A quoted string (RFC 5322 section 3.2.4).
  static constexpr std::size_t quoted_length(std::string_view s) {
    std::size_t length = s.size() + 2;
    for (const char c : s) length += c == '"' || c == '\\' ? 1 : 0;
    return length;
  }
  constexpr void quoted(std::string_view s) {
    put("\"");
    while (!s.empty()) {
      const std::string_view character = text::take_character(s);
      if (character[0] == '"' || character[0] == '\\') put("\\");
      put(character);
    }
    put("\"");
  }

 private:
  constexpr void append(const char* octets, std::size_t n) {
    out_.put(std::string_view{octets, n});
    column_ += n;
  }

  // What is no UTF-8 becomes U+FFFD.
  constexpr void clean(std::string_view s) {
    while (!s.empty()) put(text::take_character(s));
  }

  constexpr void encoded(std::string_view value, text::word_encoding as) {
    constexpr std::size_t least = text::word_frame + 12;  // any one character
    while (!value.empty()) {
      blank(least);
      column_ += text::put_word(out_, value, fold_at - column_, as);
      if (!value.empty()) end();
    }
  }

  text::piece_writer& out_;
  std::size_t column_;
  bool raw_utf8_;
};

}  // namespace mailmote::mime
