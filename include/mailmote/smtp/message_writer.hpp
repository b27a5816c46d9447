// SPDX-License-Identifier: BSL-1.0
// message_writer.hpp: pulls a message from its source and writes it as DATA wants it.
//
// Knows:          how to share one buffer between what was read and what is written; when a source
//                 has broken its word about its length.
// Does not know:  what the server says to it.
// Bounds:         no buffer of its own; `min_room` octets of somebody else's.
#pragma once

#include <cstdint>
#include <span>

#include <mailmote/io.hpp>
#include <mailmote/smtp/dot_stuffing.hpp>

namespace mailmote::smtp {

class message_writer {
 public:
  static constexpr std::size_t min_room = 8;

  enum class state : std::uint8_t {
    empty,  // there is nothing to write
    writing,
    waiting,  // the source said "not yet"
    written,  // the final dot is in the buffer
    failed,   // error() says why; what was written so far must not be completed
  };

  // Without a source the message is the lone dot, as RFC 2920 3.1 answers a 354 that nothing can
  // be sent after.
  constexpr void begin(body_source* source, std::uint64_t length) {
    source_ = source;
    left_ = length;
    is_counted_ = length != unknown_length;
    stuffer_ = {};
    state_ = state::writing;
    error_ = errc::none;
  }

  constexpr state now() const { return state_; }
  constexpr errc error() const { return error_; }
  constexpr bool is_empty() const { return source_ == nullptr; }  // the lone dot

  // The source may be asked again.
  constexpr void resume() {
    if (state_ == state::waiting) state_ = state::writing;
  }

  // Fills `room` as far as pieces of min_room octets go, and says how much of it.
  std::size_t write(std::span<char> room) {
    std::size_t written = 0;
    while (state_ == state::writing && room.size() - written >= min_room) {
      written += write_some(room.subspan(written));
    }
    return written;
  }

 private:
  std::size_t write_some(std::span<char> room) {
    if (source_ == nullptr) return finish(room);
    // What is read goes to the end of the room, and moves to its beginning as it grows.
    const auto read_room = room.last(room.size() / dot_stuffer::max_growth);
    const io_result result = source_->read_some(read_room);
    switch (result.status()) {
      case io_status::ok:
        if (result.count() == 0 || result.count() > read_room.size()) break;  // no source's right
        if (is_counted_ && result.count() > left_) return fail(errc::source_length);
        left_ -= result.count();
        // The beginning of read_room is far enough in for the stuffing never to overtake it.
        return stuffer_.stuff(read_room.first(result.count()), room);
      case io_status::want_read:
      case io_status::want_write: state_ = state::waiting; return 0;
      case io_status::closed:
        if (is_counted_ && left_ != 0) return fail(errc::source_length);
        return finish(room);
      case io_status::failed: return fail(source_->error());
    }
    return fail(errc::source_failed);
  }

  std::size_t finish(std::span<char> room) {
    state_ = state::written;
    return stuffer_.finish(room);
  }

  std::size_t fail(errc why) {
    state_ = state::failed;
    error_ = why;
    return 0;
  }

  std::uint64_t left_ = 0;  // octets that the source still owes, where they are counted
  body_source* source_ = nullptr;
  bool is_counted_ = false;
  dot_stuffer stuffer_{};
  state state_ = state::empty;
  errc error_ = errc::none;
};

}  // namespace mailmote::smtp
