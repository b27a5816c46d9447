// SPDX-License-Identifier: BSL-1.0
// reply.hpp: reads one reply of the server, octet by octet.
//
// Knows:          RFC 5321 4.2 (three digits, continuation lines), RFC 3463 and 2034 (enhanced codes).
// Does not know:  which command is answered; the first digit decides, and the session judges it.
// Bounds:         `max_kept_text` octets of text are kept for people; a reply of any length up to
//                 `max_reply_octets` is read in that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/smtp/outcome.hpp>
#include <mailmote/text/ascii.hpp>

namespace mailmote::smtp {

// RFC 5321 4.5.3.1.5 says 512 for a line. Real servers write more, and nothing here depends on it;
// what is more than this is an attack on the caller's patience.
inline constexpr std::uint32_t max_reply_octets = 2u << 20;

inline constexpr std::size_t max_kept_text = 80;

// Reads class "." subject "." detail from the beginning of a text (RFC 2034 section 4).
class enhanced_code_reader {
 public:
  constexpr void feed(char c) {
    if (part_ >= complete) return;
    if (ascii::is_digit(c) && digits_ < 3) {
      parts_[part_] = static_cast<std::uint16_t>(parts_[part_] * 10 + (c - '0'));
      ++digits_;
    } else if (digits_ > 0 && c == (part_ == 2 ? ' ' : '.')) {
      digits_ = 0;
      ++part_;
    } else {
      part_ = none;
    }
  }

  // The code that the text began with, if it is of the class of the reply's `code`.
  constexpr enhanced_code read(std::uint16_t code) const {
    const bool whole = part_ == complete || (part_ == 2 && digits_ > 0);
    const unsigned status = parts_[0];
    const bool known = status == 2 || status == 4 || status == 5;
    if (!whole || !known || status != code / 100u) return {};
    return {static_cast<std::uint8_t>(status), parts_[1], parts_[2]};
  }

 private:
  static constexpr std::uint8_t complete = 3;
  static constexpr std::uint8_t none = 4;

  std::array<std::uint16_t, 3> parts_{};
  std::uint8_t part_ = 0;  // being read; or one of the above, when there is no more
  std::uint8_t digits_ = 0;
};

// Calm about what real servers do: lines that end in LF alone, lines without text, two spaces
// after the code, any octets in the text. Strict about the code: three digits, 1 to 5 first, the
// same in every line.
class reply_parser {
 public:
  enum class event : std::uint8_t {
    none,       // an octet of the code, or of a line end
    text,       // an octet of a line's text
    line_end,   // a line is over, and more will follow
    complete,   // the reply is over: code(), enhanced() and text() are true
    malformed,  // this is no reply
    endless,    // max_reply_octets without an end
  };

  constexpr void begin() { octets_ = 0; }  // whatever was read before
  constexpr event feed(char c);

  // Before the first octet of a reply, so that an end of the stream here cuts nothing in two.
  constexpr bool between_replies() const { return octets_ == 0; }

  constexpr std::uint16_t code() const { return code_; }
  constexpr bool is_class(int first_digit) const { return code_ / 100 == first_digit; }
  constexpr bool is_refusal() const { return is_class(4) || is_class(5); }
  constexpr std::uint16_t line_code() const { return line_code_; }  // of the line being read
  constexpr enhanced_code enhanced() const { return enhanced_.read(code_); }

  // The beginning of the text, lines joined by a space, for people. Everything that is not
  // printable ASCII has become `?`. It stands until the next reply begins, or while it is held.
  constexpr std::string_view text() const { return {text_.data(), kept_}; }
  constexpr void hold_text(bool hold) { text_held_ = hold; }
  constexpr bool holds_text() const { return text_held_; }
  constexpr void forget_text() { kept_ = 0; }

 private:
  constexpr bool is_first_line() const { return code_ == 0; }
  constexpr void begin_line();
  constexpr event end_line();
  constexpr void keep(char c);

  enum class place : std::uint8_t { digit_1, digit_2, digit_3, code_end, separator, text };

  std::uint32_t octets_ = 0;  // of this reply so far
  std::uint16_t code_ = 0;    // of the first line
  std::uint16_t line_code_ = 0;
  enhanced_code_reader enhanced_{};
  std::uint8_t kept_ = 0;
  place place_ = place::digit_1;
  bool last_line_ = false;
  bool text_held_ = false;
  std::array<char, max_kept_text> text_{};
};

constexpr reply_parser::event reply_parser::feed(char c) {
  if (octets_ == 0) {
    code_ = 0;
    enhanced_ = {};
    if (!text_held_) kept_ = 0;
    begin_line();
  }
  if (++octets_ > max_reply_octets) return event::endless;
  if (place_ < place::code_end) {
    if (!ascii::is_digit(c)) return event::malformed;
    line_code_ = static_cast<std::uint16_t>(line_code_ * 10 + (c - '0'));
    place_ = static_cast<place>(static_cast<unsigned>(place_) + 1);
    return event::none;
  }
  if (c == '\n') return end_line();
  if (c == '\r') return event::none;  // it belongs to the line's end, or to nothing
  if (place_ == place::code_end) {
    if (c != ' ' && c != '-') return event::malformed;
    last_line_ = c == ' ';
    place_ = place::separator;
    return event::none;
  }
  if (place_ == place::separator) {
    if (c == ' ') return event::none;  // some servers write two
    place_ = place::text;
    if (kept_ > 0) keep(' ');
  }
  if (is_first_line()) enhanced_.feed(c);
  keep(c);
  return event::text;
}

constexpr void reply_parser::begin_line() {
  line_code_ = 0;
  place_ = place::digit_1;
}

constexpr reply_parser::event reply_parser::end_line() {
  if (place_ == place::code_end) last_line_ = true;  // the code stood alone
  if (is_first_line()) code_ = line_code_;
  const bool agrees = line_code_ == code_ && code_ >= 100 && code_ < 600;
  begin_line();
  if (!agrees) return event::malformed;
  if (!last_line_) return event::line_end;
  octets_ = 0;
  return event::complete;
}

constexpr void reply_parser::keep(char c) {
  if (!text_held_ && kept_ < text_.size()) text_[kept_++] = ascii::is_printable(c) ? c : '?';
}

}  // namespace mailmote::smtp
