// SPDX-License-Identifier: BSL-1.0
// stream_source.hpp: a ready-made message, or a part of one, from flash, a file, a UART or a generator.
//
// Knows:          how to read from anything with `read_some`, and that line ends must be repaired,
//                 unless it is binary or encoded.
// Does not know:  where the octets come from, or how to go back there unless it is told.
// Bounds:         64 octets are held back, so that a CRLF can grow out of a bare LF.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>

#include <mailmote/io.hpp>
#include <mailmote/text/line_ends.hpp>

namespace mailmote {

// What a message can be read from, by the rules of byte_stream::read_some.
// clang-format off
template <class R>
concept message_reader = requires(R& reader, std::span<char> out) {
  { reader.read_some(out) } noexcept -> std::same_as<io_result>;
};

// One that can go back to its beginning; false: not this time.
template <class R>
concept rewindable_reader = message_reader<R> && requires(R& reader) {
  { reader.rewind() } noexcept -> std::same_as<bool>;
};
// clang-format on

// A message from a rewindable reader can be sent again. The reader is referred to, and must live
// until the client has finished.
template <message_reader Reader>
class stream_source final : public body_source {
 public:
  // `length` counts the octets once the line ends are repaired (text::repaired_length); of an
  // attachment, or with body_kind::binary, whose octets stay as they are, as the reader has them.
  // `kind` is believed.
  constexpr explicit stream_source(Reader& reader, std::uint64_t length = unknown_length,
                                   body_kind kind = body_kind::unknown)
      : reader_{reader}, length_{length}, kind_{kind} {}

  // errc::eight_bit_needed, binary_needed, source_spent.
  errc begin(body_limits limits) noexcept override {
    if (const errc bad = hold_against(limits, kind_); bad != errc::none) return bad;
    if constexpr (rewindable_reader<Reader>) {
      if (!reader_.rewind()) return errc::source_spent;
    } else {
      if (begun_) return errc::source_spent;
    }
    begun_ = true;
    read_ = size_ = 0;
    ends_ = {};
    is_verbatim_ = limits.verbatim || kind_ == body_kind::binary;
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (is_verbatim_) return reader_.read_some(out);
    for (;;) {
      const auto done = ends_.repair(std::span{hold_}.first(size_).subspan(read_), out);
      read_ += done.read;
      if (done.written > 0) return io_result::moved(done.written);
      const io_result result = reader_.read_some(hold_);
      if (result.status() == io_status::closed) {
        const auto last = ends_.finish(out);
        return last.written > 0 ? io_result::moved(last.written) : result;
      }
      if (!result.ok()) return result;
      if (result.count() > hold_.size()) return io_status::failed;  // no reader's right
      read_ = 0;
      size_ = result.count();
    }
  }

  std::uint64_t length() const noexcept override { return length_; }
  body_needs needs() const noexcept override { return {kind_}; }

 private:
  Reader& reader_;
  std::uint64_t length_;
  std::array<char, 64> hold_{};
  std::size_t read_ = 0;
  std::size_t size_ = 0;
  text::line_ends ends_{};
  bool begun_ = false;
  body_kind kind_;
  bool is_verbatim_ = false;
};

}  // namespace mailmote
