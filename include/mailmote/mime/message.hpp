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
    const layout parts{with_};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const errc spent = begin_source(parts[i]);
      if (spent != errc::none) return spent;
    }
    length_ = measured();
    at_ = {};
    offset_ = 0;
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override {
    std::size_t written = 0;
    while (written < out.size() && at_.now != stage::end) {
      const auto room = out.subspan(written);
      if (at_.now != stage::octets) {
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
  bool needs_utf8() const noexcept override { return raw_utf8_; }
  errc error() const noexcept override { return error_; }

 private:
  enum class stage : std::uint8_t {
    header,   // pieces of fields
    opening,  // of a part: what stands before its octets
    octets,
    closing,
    end,
  };

  struct place {
    stage now = stage::header;
    field which = field::from;
    encoding as = encoding::automatic;  // of the part, from its opening on
    std::uint16_t column = 0;
    std::size_t index = 0;  // of the field's piece, or the part
  };

  errc begin_source(const leaf& part) noexcept {
    body_source* const source = part.octets->source();
    if (source == nullptr) return errc::none;
    const bool binary = form_of(part.use(), chosen(part)) == content_form::octets;
    return source->begin({.eight_bit = true, .utf8 = true, .binary = binary});
  }

  encoding chosen(const leaf& part) {
    return choose_encoding(*part.octets, part.use(), eight_bit_, octets_);
  }

  // To the next place.
  void advance() {
    const layout parts{with_};
    switch (at_.now) {
      case stage::header:
        ++at_.index;
        while (at_.which != field::text && at_.index >= pieces_of(with_, at_.which)) {
          at_.which = following(at_.which);
          at_.index = 0;
        }
        if (at_.which == field::text) at_.now = stage::opening;
        break;
      case stage::opening: at_.now = stage::octets; break;
      case stage::octets: at_.now = stage::closing; break;
      default: at_.now = ++at_.index < parts.size() ? stage::opening : stage::end; break;
    }
    if (at_.now == stage::opening) at_.as = chosen(parts[at_.index]);
    if (at_.now == stage::octets) {
      const leaf part = parts[at_.index];
      octets_.begin(*part.octets, at_.as, form_of(part.use(), at_.as), with_.broken_utf8);
    }
  }

  // Of any place but that of octets. Returns the column behind it.
  std::size_t put_piece(text::piece_writer& out) const {
    header_writer header{out, at_.column, raw_utf8_};
    if (at_.now == stage::header) header_fields{header, with_}.put(at_.which, at_.index);
    if (at_.now == stage::opening) layout{with_}.put_opening(header, at_.index, at_.as);
    if (at_.now == stage::closing) {
      layout{with_}.put_closing(header, at_.index, octets_.needs_line_end());
    }
    return header.column();
  }

  // What a piece has become when it is out, or counted.
  void leave(std::size_t column) {
    at_.column = static_cast<std::uint16_t>(column);
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
    for (at_ = {}; at_.now != stage::end;) {
      if (at_.now == stage::octets) {
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
  place at_{.now = stage::end};
  std::size_t offset_ = 0;  // octets of the piece at `at_` that are already out
  body_encoder octets_{};
  errc error_ = errc::none;
  bool raw_utf8_ = false;
  bool eight_bit_ = false;
};

}  // namespace mailmote::mime
