// SPDX-License-Identifier: BSL-1.0
// message.hpp: a message described, from which its text is pulled.
//
// Knows:          in which order its pieces come: the header, then of each part what stands before
//                 it, its octets, and what stands behind it.
// Does not know:  SMTP; it is a body like any other.
// Bounds:         one size, whatever it carries, and no buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <mailmote/io.hpp>
#include <mailmote/mime/body_encoder.hpp>
#include <mailmote/mime/check.hpp>
#include <mailmote/mime/encoding_choice.hpp>
#include <mailmote/mime/field.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/header_fields.hpp>
#include <mailmote/mime/layout.hpp>

namespace mailmote::mime {

// RFC 5322 text with CRLF, the same octets for every size of buffer it is pulled through. It can be
// begun again when all its sources can.
class message final : public body_source {
 public:
  // `with` is referred to, and may stand in flash. It, and what it refers to, must live and stay
  // unchanged until the client has finished; then it may say something else.
  constexpr explicit message(const fields& with) noexcept : with_{with} {}
  message(const fields&&) = delete;  // would dangle: give it a name

  constexpr const fields& description() const noexcept { return with_; }

  // What begin() would refuse: which field of a message cannot be sent to a server with `limits`.
  constexpr fault check(body_limits limits = {.eight_bit = true, .utf8 = true}) const noexcept {
    return checker{with_, limits}.found();
  }

  // errc::bad_field, bad_utf8, smtputf8_needed; or what a source says to its own begin().
  errc begin(body_limits limits) noexcept override {
    checker checked{with_, limits};
    const errc bad = checked.found().error;
    if (bad != errc::none) return bad;
    raw_utf8_ = checked.needs_utf8();
    eight_bit_ = limits.eight_bit;
    error_ = errc::none;
    bool is_used = false;
    for (piece at; at.which != field::end; at.advance(with_)) {
      if (at.which < field::text) continue;
      if (const errc spent = begin_source(at); spent != errc::none) return spent;
      is_used = is_used || goes_as_eight_bit(at);
    }
    eight_bit_ = is_used;
    length_ = measured();
    rewind();
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override {
    std::size_t written = 0;
    while (written < out.size() && at_.which != field::end) {
      const auto room = out.subspan(written);
      if (stage_ != stage::octets) {
        written += write_piece(room);
        continue;
      }
      const io_result result = octets_.read_some(room);
      written += result.count();
      if (result.ok()) continue;
      if (result.status() == io_status::closed) {
        advance();
      } else if (result.status() == io_status::failed) {
        error_ = octets_.error();
        return result;
      } else {
        return written > 0 ? io_result::moved(written) : result;
      }
    }
    return written > 0 ? io_result::moved(written) : io_status::closed;
  }

  std::uint64_t length() const noexcept override { return length_; }
  body_needs needs() const noexcept override {
    return {eight_bit_ || raw_utf8_ ? body_kind::eight_bit : body_kind::seven_bit, raw_utf8_};
  }
  errc error() const noexcept override { return error_; }

 private:
  enum class stage : std::uint8_t {
    head,  // of a field all that there is; of a part what stands before its octets
    octets,
    closing,
  };

  errc begin_source(const piece& at) {
    body_source* const source = content_of(with_, at).source();
    if (source == nullptr) return errc::none;
    const bool as_it_is = form_of(use_of(at), chosen(at)) == content_form::octets;
    return source->begin(
        {.eight_bit = true, .utf8 = true, .binary = as_it_is, .verbatim = as_it_is});
  }

  bool goes_as_eight_bit(const piece& at) {
    return content_of(with_, at).as() == encoding::eight_bit && chosen(at) == encoding::eight_bit;
  }

  static constexpr content_use use_of(const piece& at) {
    return at.which < field::images ? content_use::text : content_use::file;
  }

  encoding chosen(const piece& at) {
    return choose_encoding(content_of(with_, at), use_of(at), eight_bit_, octets_);
  }

  // To the beginning.
  void rewind() {
    at_ = {};
    stage_ = stage::head;
    column_ = 0;
    offset_ = 0;
  }

  bool is_part() const { return at_.which >= field::text && at_.which != field::end; }

  // To the next stage, or the next piece.
  void advance() {
    if (stage_ == stage::octets) {
      stage_ = stage::closing;
    } else if (stage_ == stage::head && is_part()) {
      stage_ = stage::octets;
      octets_.begin(content_of(with_, at_), as_, form_of(use_of(at_), as_), with_.broken_utf8);
    } else {
      stage_ = stage::head;
      at_.advance(with_);
      if (is_part()) as_ = chosen(at_);
    }
  }

  // Of any stage but that of octets. Returns the column behind it.
  std::size_t put_piece(text::piece_writer& out) const {
    header_writer header{out, column_, raw_utf8_};
    if (at_.which < field::text) {
      put_field(header, with_, at_);
    } else if (stage_ == stage::head) {
      layout{with_}.put_opening(header, at_, as_);
    } else {
      layout{with_}.put_closing(header, at_, octets_.needs_line_end());
    }
    return header.column();
  }

  // What a piece has become when it is out, or counted.
  void leave(std::size_t column) {
    column_ = static_cast<std::uint16_t>(column);
    advance();
  }

  std::size_t write_piece(std::span<char> room) {
    text::piece_writer out{room, offset_};
    const std::size_t column = put_piece(out);
    offset_ += out.written();
    if (out.complete()) {
      offset_ = 0;
      leave(column);
    }
    return out.written();
  }

  // Of the whole message, or unknown_length. Walks to its end.
  std::uint64_t measured() {
    std::uint64_t total = 0;
    for (rewind(); at_.which != field::end;) {
      if (stage_ == stage::octets) {
        const std::uint64_t length = octets_.length();
        if (length == unknown_length) return unknown_length;
        total += length;
        advance();
      } else {
        constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();
        text::piece_writer out{{}, everything};
        leave(put_piece(out));
        total += everything - out.to_skip();
      }
    }
    return total;
  }

  const fields& with_;
  std::uint64_t length_ = unknown_length;
  piece at_{.which = field::end};
  stage stage_ = stage::head;
  encoding as_ = encoding::automatic;  // of the part, from its head on
  std::uint16_t column_ = 0;
  std::size_t offset_ = 0;  // octets of the piece at `at_` that are already out
  body_encoder octets_{};
  errc error_ = errc::none;
  bool raw_utf8_ = false;
  bool eight_bit_ = false;  // octets over 127 may go as they are; once begun: some part's do
};

}  // namespace mailmote::mime
