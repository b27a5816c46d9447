// SPDX-License-Identifier: BSL-1.0
// body_encoder.hpp: pulls the octets of one part, encoded so that they arrive as they are.
//
// Knows:          the encodings of RFC 2045 section 6, the forms of RFC 2046 section 4.1.1 (lines of
//                 text end in CRLF), and what no line of a part may look like.
// Does not know:  what stands before and behind the part.
// Bounds:         no buffer: what a source gives is read to the end of the room it is encoded into.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/mime/part.hpp>
#include <mailmote/text/base64_lines.hpp>
#include <mailmote/text/quoted_printable.hpp>
#include <mailmote/text/utf8.hpp>

namespace mailmote::mime {

inline constexpr std::size_t max_line = 998;  // RFC 5322 section 2.1.1, without its CRLF

// Every boundary begins so. In base64 there is no `-`, in quoted-printable no `=` before a `_`, and a
// part that goes as it is has no line that begins so: that is looked at.
inline constexpr std::string_view boundary_mark = "--=_";

// What a part's octets are.
enum class content_form : std::uint8_t {
  text,    // UTF-8 in lines, whose ends become CRLF
  lines,   // the same in any character set
  octets,  // anything
};

class body_encoder {
 public:
  // Starts, or starts again. `as` is not automatic. A source is already begun.
  void begin(const content& from, encoding as, content_form form, broken_utf8 faults) {
    source_ = from.source();
    text_ = from.text();
    left_ = source_ != nullptr ? source_->length() : text_.size();
    base64_ = {};
    quoted_ = {};
    repairer_ = {};
    place_ = 0;
    mark_ = held_begin_ = held_end_ = 0;
    as_ = as;
    form_ = form;
    faults_ = faults;
    error_ = errc::none;
    after_cr_ = has_ended_ = false;
  }

  // By the rules of byte_stream::read_some; `out` may be a single octet. After `failed`, error()
  // says why.
  io_result read_some(std::span<char> out) noexcept {
    while (error_ == errc::none) {
      if (held_begin_ < held_end_) return io_result::moved(release(out));
      if (has_ended_) return io_status::closed;
      const bool is_held = fits(out.size()) == 0;
      const std::span<char> to = is_held ? std::span<char>{held_} : out;
      const std::size_t fitting = fits(to.size());
      if (source_ != nullptr) {
        const io_result result = take(to.last(fitting));
        if (!result.ok() && result.status() != io_status::closed) return result;
      }
      const std::string_view in{text_.data(), std::min(fitting, text_.size())};
      text_.remove_prefix(in.size());
      if (in.empty()) {
        end();
        continue;
      }
      const auto n = static_cast<std::size_t>(encode(in, to.data()) - to.data());
      if (is_held) {
        hold(n);
      } else if (n > 0 && error_ == errc::none) {
        return io_result::moved(n);
      }
    }
    return io_status::failed;
  }

  // Of all that read_some will give, asked instead of the first one; unknown_length of what is not
  // fit for its encoding. A text in memory is encoded for it, and is over then. What a source becomes
  // is known once it is read, but in base64 that nothing is repaired for.
  std::uint64_t length() {
    const bool is_repaired =
        form_ == content_form::text && (source_ == nullptr || faults_ == broken_utf8::replace);
    if (as_ == encoding::base64 && !is_repaired) {
      return left_ == unknown_length ? unknown_length : text::base64_lines::length(left_);
    }
    if (source_ != nullptr) return unknown_length;
    std::uint64_t length = 0;
    for (const char c : text_) length += static_cast<std::size_t>(encode_octet(c, held_) - held_);
    end();
    return error_ == errc::none ? length + held_end_ : unknown_length;
  }

  constexpr errc error() const { return error_; }

  // Whether what was read so far must be followed by CRLF for the next thing to begin a line.
  constexpr bool needs_line_end() const { return place_ > 0 || as_ == encoding::base64; }

 private:
  // Of what one octet can become: six octets set free by the repairer, each as =XX with soft breaks
  // between, and a blank that waited.
  static constexpr std::size_t max_octet = 32;

  constexpr void hold(std::size_t n) {
    held_begin_ = 0;
    held_end_ = static_cast<std::uint8_t>(n);
  }

  std::size_t release(std::span<char> out) {
    const std::size_t n = std::min<std::size_t>(out.size(), held_end_ - held_begin_);
    std::memcpy(out.data(), held_ + held_begin_, n);
    held_begin_ = static_cast<std::uint8_t>(held_begin_ + n);
    return n;
  }

  constexpr bool is_plain_base64() const {
    return as_ == encoding::base64 && form_ == content_form::octets;
  }

  // How many octets can be encoded at once into `room`; 0: only into held_.
  constexpr std::size_t fits(std::size_t room) const {
    return is_plain_base64() ? text::base64_lines::fitting(room) : room / max_octet;
  }

  // The source's next octets, read into `room`; none where it is over.
  io_result take(std::span<char> room) noexcept {
    const io_result result = source_->read_some(room);
    if (result.status() == io_status::failed) return fail(source_->error());
    if (result.count() > room.size()) return fail(errc::source_failed);  // no source's right
    text_ = {room.data(), result.count()};
    if (left_ == unknown_length) return result;
    const bool is_over = result.status() == io_status::closed;
    if (is_over ? left_ > 0 : result.count() > left_) return fail(errc::source_length);
    left_ -= result.count();
    return result;
  }

  io_status fail(errc why) {
    error_ = why;
    return io_status::failed;
  }

  void end() {
    char* out = held_;
    if (form_ == content_form::text) {
      char last[text::utf8_repairer::max_growth] = {};
      out = put_repaired({last, repairer_.finish(last)}, out);
    }
    if (after_cr_) out = put('\r', out);
    after_cr_ = false;
    if (as_ == encoding::base64) out = base64_.finish(out);
    if (as_ == encoding::quoted_printable) out = quoted_.finish(out);
    hold(static_cast<std::size_t>(out - held_));
    has_ended_ = true;
  }

  // Each of these writes to `out`, and returns the end of what it wrote.
  char* encode(std::span<const char> in, char* out) {
    if (is_plain_base64()) return base64_.encode(in, out);
    for (const char c : in) out = encode_octet(c, out);
    return out;
  }

  char* encode_octet(char c, char* out) {
    if (form_ == content_form::octets) return put(c, out);
    if (form_ == content_form::lines) return put_in_line(c, out);
    char piece[text::utf8_repairer::max_growth] = {};
    return put_repaired({piece, repairer_.push(c, piece)}, out);
  }

  char* put_repaired(std::string_view in, char* out) {
    if (faults_ == broken_utf8::refuse && repairer_.has_found_faults()) error_ = errc::bad_utf8;
    for (const char c : in) out = put_in_line(c, out);
    return out;
  }

  char* put_in_line(char c, char* out) {
    if (c == '\n') return put_line_end(out);
    if (after_cr_) out = put('\r', out);  // a line end to nobody else
    after_cr_ = c == '\r';
    return after_cr_ ? out : put(c, out);
  }

  char* put_line_end(char* out) {
    after_cr_ = false;
    if (as_ == encoding::base64) return put('\n', put('\r', out));
    place_ = 0;
    mark_ = 0;
    if (as_ == encoding::quoted_printable) return quoted_.end_line(out);
    *out++ = '\r';
    *out++ = '\n';
    return out;
  }

  char* put(char c, char* out) {
    if (as_ == encoding::base64) return base64_.encode({&c, 1}, out);
    if (as_ == encoding::quoted_printable) {
      place_ = 1;
      return quoted_.put(c, out);
    }
    check(c);
    *out++ = c;
    return out;
  }

  // Whether an octet may go as it is, on a line that may.
  void check(char c) {
    if (mark_ == place_ && mark_ < boundary_mark.size() && c == boundary_mark[mark_]) ++mark_;
    const bool over = ++place_ > max_line || mark_ == boundary_mark.size();
    const bool is_text =
        c != '\0' && c != '\r' && (!ascii::is_non_ascii(c) || as_ == encoding::eight_bit);
    if (over || !is_text) error_ = errc::bad_part;
  }

  body_source* source_ = nullptr;
  std::string_view text_{};      // what is at hand: the rest of a text in memory
  std::uint64_t left_ = 0;       // octets that the source still owes, or unknown_length
  text::base64_lines base64_{};  // one of the two is in use
  text::quoted_printable_encoder quoted_{};
  text::utf8_repairer repairer_{};
  std::uint16_t place_ = 0;  // in the line of a text; 1 says "not at its start" where that is all
  std::uint8_t mark_ = 0;    // how much of boundary_mark the line has begun with
  std::uint8_t held_begin_ = 0;
  std::uint8_t held_end_ = 0;
  char held_[max_octet] = {};  // what an octet became, where there is room for less
  encoding as_ = encoding::base64;
  content_form form_ = content_form::octets;
  broken_utf8 faults_ = broken_utf8::refuse;
  errc error_ = errc::none;
  bool after_cr_ = false;
  bool has_ended_ = false;
};

}  // namespace mailmote::mime
