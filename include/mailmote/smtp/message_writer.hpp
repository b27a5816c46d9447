// SPDX-License-Identifier: BSL-1.0
// message_writer.hpp: pulls a message from its source and writes it as DATA or BDAT wants it.
//
//   after DATA, dots stuffed:   text ... CRLF .        of one reply
//   RFC 3030, length known:     BDAT 4711 LAST text    of one reply
//   RFC 3030, length unknown:   BDAT 500 text, BDAT 500 text ... BDAT 0 LAST, of a reply each
//
// Knows:          how to share one buffer between what was read and what is written; when a source
//                 has broken its word about its length.
// Does not know:  what the server says to it.
// Bounds:         no buffer of its own; `min_room` octets of somebody else's. Chunks of an unknown
//                 number are as large as the buffer, however the source reads (law 7).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <mailmote/io.hpp>
#include <mailmote/smtp/dot_stuffing.hpp>
#include <mailmote/text/piece_writer.hpp>

namespace mailmote::smtp {

class message_writer {
 public:
  static constexpr std::size_t min_room = 8;

  enum class state : std::uint8_t {
    empty,  // there is nothing to write
    writing,
    waiting,  // the source said "not yet"
    written,  // its end is in the buffer
    failed,   // error() says why; what was written so far must not be completed
  };

  // Without a source the message is the lone dot, as RFC 2920 3.1 answers a 354 that nothing can
  // be sent after.
  constexpr void begin(body_source* source, std::uint64_t length) {
    *this = {};
    source_ = source;
    left_ = length;
    is_counted_ = length != unknown_length;
    state_ = state::writing;
  }

  constexpr void begin_chunks(body_source& source, std::uint64_t length) {
    begin(&source, length);
    form_ = is_counted_ ? form::chunk : form::chunks;
  }

  constexpr state now() const { return state_; }
  constexpr errc error() const { return error_; }
  constexpr bool is_lone_dot() const { return state_ != state::empty && source_ == nullptr; }
  constexpr bool is_begun() const { return is_begun_; }  // something of it was written
  constexpr bool has_one_reply() const { return form_ != form::chunks; }

  // Of what the last write wrote: the octets at its beginning and at its end that are a line of the
  // dialogue, which has a reply, and no text: BDAT, and the final dot.
  constexpr std::size_t head() const { return head_; }
  constexpr std::size_t tail() const { return tail_; }

  constexpr std::size_t filled() const { return filled_; }  // of a chunk that is not yet written
  constexpr void give_up(errc why) { (void)fail(why); }

  // The source may be asked again.
  constexpr void resume() {
    if (state_ == state::waiting) state_ = state::writing;
  }

  // Fills `room`, and says how much of it: 0 too where it needs more room. `is_whole`: this is the
  // whole buffer, so that there will never be more.
  std::size_t write(std::span<char> room, bool is_whole = false) {
    head_ = tail_ = 0;
    if (form_ == form::chunks) return is_whole ? write_chunk(room) : 0;
    std::size_t written = 0;
    if (form_ == form::chunk && !is_begun_) {
      if (room.size() < max_command) return 0;
      written = head_ = put_command(room, left_, true);
    }
    // The last pieces of a large buffer are too small to be worth their calls.
    const std::size_t least = room.size() < large_room ? min_room : room.size() / 16;
    while (state_ == state::writing && room.size() - written >= least) {
      const std::span<char> rest = room.subspan(written);
      written += form_ == form::data ? write_stuffed(rest) : write_counted(rest);
    }
    if (written > 0) is_begun_ = true;
    return written;
  }

 private:
  enum class form : std::uint8_t { data, chunk, chunks };

  static constexpr std::size_t large_room = 4096;
  static constexpr std::size_t max_command = 32;  // BDAT, 20 digits, LAST
  static constexpr std::uint8_t lone_dot = 3;     // with its line's end

  static std::uint8_t put_command(std::span<char> room, std::uint64_t length, bool last) {
    text::piece_writer out{room, 0};
    out.put("BDAT ");
    out.put_number(static_cast<std::size_t>(length));
    out.put(last ? " LAST\r\n" : "\r\n");
    return static_cast<std::uint8_t>(out.written());
  }

  std::size_t write_stuffed(std::span<char> room) {
    if (source_ == nullptr) return finish(room);
    // What is read goes to the end of the room, and moves to its beginning as it grows.
    const auto read_room = room.last(room.size() / dot_stuffer::max_growth);
    const std::size_t n = read(read_room);
    if (n > 0) {
      // The beginning of read_room is far enough in for the stuffing never to overtake it.
      if (is_counted_ && n > left_) return fail(errc::source_length);
      left_ -= n;
      return stuffer_.stuff(read_room.first(n), room);
    }
    if (!is_over_) return 0;
    return is_counted_ && left_ != 0 ? fail(errc::source_length) : finish(room);
  }

  // The last octet is held back until the source has said that it was the last.
  std::size_t write_counted(std::span<char> room) {
    if (left_ > 0) {
      const auto most = std::min<std::uint64_t>(room.size(), left_);
      const std::size_t n = read(room.first(static_cast<std::size_t>(most)));
      left_ -= n;
      if (is_over_) return fail(errc::source_length);
      if (n == 0 || left_ > 0) return n;
      held_ = room[n - 1];
      holds_ = true;
      return n - 1;
    }
    if (read(room.first(1)) > 0) return fail(errc::source_length);
    if (!is_over_) return 0;
    state_ = state::written;
    room[0] = held_;
    return holds_ ? 1 : 0;
  }

  std::size_t write_chunk(std::span<char> room) {
    const std::size_t command = put_command(room, room.size(), true);  // the longest there may be
    const std::span<char> text = room.subspan(command);
    while (state_ == state::writing && !is_over_ && filled_ < text.size()) {
      filled_ += read(text.subspan(filled_));
    }
    if (state_ != state::writing) return 0;
    if (is_over_) state_ = state::written;
    is_begun_ = true;
    const std::size_t size = std::exchange(filled_, 0);
    head_ = put_command(room, size, is_over_);
    for (std::size_t i = 0; i < size; ++i)
      room[head_ + i] = text[i];  // one octet or two to the left
    return head_ + size;
  }

  std::size_t finish(std::span<char> room) {
    state_ = state::written;
    tail_ = lone_dot;
    return stuffer_.finish(room);
  }

  // How many octets the source gives now. 0: it waits, is over, or has failed.
  std::size_t read(std::span<char> room) {
    const io_result result = source_->read_some(room);
    switch (result.status()) {
      case io_status::ok:
        if (result.count() == 0 || result.count() > room.size()) break;  // no source's right
        return result.count();
      case io_status::want_read:
      case io_status::want_write: state_ = state::waiting; return 0;
      case io_status::closed: is_over_ = true; return 0;
      case io_status::failed: return fail(source_->error());
    }
    return fail(errc::source_failed);
  }

  constexpr std::size_t fail(errc why) {
    state_ = state::failed;
    error_ = why;
    return 0;
  }

  std::uint64_t left_ = 0;  // octets that the source still owes, where they are counted
  body_source* source_ = nullptr;
  std::size_t filled_ = 0;  // octets of a chunk whose command is not yet written
  std::uint8_t head_ = 0;
  std::uint8_t tail_ = 0;
  form form_ = form::data;
  state state_ = state::empty;
  errc error_ = errc::none;
  bool is_counted_ = false;
  bool is_over_ = false;  // the source has said so
  bool is_begun_ = false;
  bool holds_ = false;
  char held_ = 0;  // a counted chunk's last octet
  dot_stuffer stuffer_{};
};

}  // namespace mailmote::smtp
