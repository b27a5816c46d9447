// SPDX-License-Identifier: BSL-1.0
// text_source.hpp: a ready-made message in memory, as a body.
//
// Knows:          that its line ends must become CRLF before anybody counts them, unless it is binary
//                 or encoded; whether it has octets over 127.
// Does not know:  what a header is: the text goes out as it is, long lines too.
// Bounds:         reads the text at construction, to know its length and its kind.
#pragma once

#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/line_ends.hpp>

namespace mailmote {

// The text is referred to, and must live and stay unchanged until the client has finished.
class text_source final : public body_source {
 public:
  constexpr explicit text_source(std::string_view text)
      : text_source{text,
                    ascii::has_non_ascii(text) ? body_kind::eight_bit : body_kind::seven_bit} {}

  // For who knows of which kind it is, or wants it to be binary.
  constexpr text_source(std::string_view text, body_kind kind)
      : text_{text}, length_{text::repaired_length(text)}, kind_{kind} {}

  // errc::eight_bit_needed, binary_needed.
  errc begin(body_limits limits) noexcept override {
    rest_ = text_;
    ends_ = {};
    is_verbatim_ = limits.verbatim || kind_ == body_kind::binary;
    return hold_against(limits, kind_);
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (is_verbatim_) return read_octets(out);
    auto done = ends_.repair(rest_, out);
    rest_.remove_prefix(done.read);
    if (done.written == 0) done = ends_.finish(out);
    return done.written > 0 ? io_result::moved(done.written) : io_status::closed;
  }

  std::uint64_t length() const noexcept override { return is_verbatim_ ? text_.size() : length_; }
  body_needs needs() const noexcept override { return {kind_}; }

 private:
  io_result read_octets(std::span<char> out) noexcept {
    const std::size_t n = rest_.copy(out.data(), out.size());
    rest_.remove_prefix(n);
    return n > 0 ? io_result::moved(n) : io_status::closed;
  }

  std::string_view text_;
  std::string_view rest_{};
  std::uint64_t length_;
  text::line_ends ends_{};
  body_kind kind_;
  bool is_verbatim_ = false;
};

}  // namespace mailmote
