// SPDX-License-Identifier: BSL-1.0
// outbox.hpp: keeps account of a buffer that is being sent, and of the replies that are due.
//
//   MAIL .. CRLF  RCPT .. CRLF  BDAT .. CRLF  the message's octets  QUIT CRLF
//   [------------ sent -----------------)[-------- to be sent ------------)
//
// Knows:          that each line of the dialogue has one reply, and that the message's lines have none.
// Does not know:  what the lines say, or whose the buffer is.
// Bounds:         positions in a buffer of any size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace mailmote::smtp {

class outbox {
 public:
  constexpr void begin(std::size_t awaited) {
    *this = {};
    awaited_ = awaited;
  }

  constexpr bool is_empty() const { return begin_ == end_; }
  constexpr bool is_settled() const { return is_empty() && awaited_ == 0; }
  constexpr std::span<char> to_send(std::span<char> buffer) const {
    return buffer.subspan(begin_, end_ - begin_);
  }

  // Room for more, once all is sent.
  constexpr std::span<char> room(std::span<char> buffer) const { return buffer.subspan(end_); }
  constexpr void rewind() { begin_ = end_ = text_begin_ = text_end_ = message_end_ = 0; }
  constexpr bool is_fresh() const { return end_ == 0; }

  constexpr void add_lines(std::size_t n) { end_ += n; }

  // A part of the message: lines of the dialogue are its first `head` octets and its last `tail`.
  // The parts in a buffer follow on each other.
  constexpr void add_message(std::size_t n, std::size_t head, std::size_t tail, bool is_last) {
    if (text_end_ == 0) text_begin_ = end_ + head;
    end_ += n;
    text_end_ = end_ - tail;
    if (!is_last) return;
    message_end_ = end_;
    message_left_ = is_empty();  // as nothing but its end was missing
  }

  // `n` octets more are gone, and with each line of the dialogue its reply is due.
  constexpr void sent(std::span<const char> buffer, std::size_t n) {
    const std::size_t until = begin_ + n;
    while (begin_ < until) {
      if (begin_ >= text_begin_ && begin_ < text_end_) {
        begin_ = std::min(text_end_, until);
      } else if (buffer[begin_++] == '\n') {
        ++awaited_;
      }
    }
    if (message_end_ > 0 && begin_ >= message_end_) message_left_ = true;
  }

  // Replies that are due: to what was sent, and has none.
  constexpr std::size_t awaited() const { return awaited_; }
  constexpr void answered() { --awaited_; }

  constexpr void begin_message() { message_left_ = false; }      // the next one
  constexpr bool message_left() const { return message_left_; }  // to its last octet

 private:
  std::size_t begin_ = 0;  // [begin_, end_) is to be sent
  std::size_t end_ = 0;
  std::size_t text_begin_ = 0;  // [text_begin_, text_end_) is the message's
  std::size_t text_end_ = 0;
  std::size_t message_end_ = 0;  // where the message is complete; 0: not in this buffer
  std::size_t awaited_ = 0;
  bool message_left_ = false;
};

}  // namespace mailmote::smtp
