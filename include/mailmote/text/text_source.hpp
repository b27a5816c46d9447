// SPDX-License-Identifier: BSL-1.0
// text_source.hpp: a ready-made message in memory, as a body.
//
// Knows:          that its line ends must become CRLF before anybody counts them, unless what asks
//                 for them takes any octets.
// Does not know:  what a header is: the text goes out as it is, 8-bit octets and long lines too.
// Bounds:         reads the text once at construction, to know its length.
#pragma once

#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/text/line_ends.hpp>

namespace mailmote {

// The text is referred to, and must live and stay unchanged until the client has finished.
class text_source final : public body_source {
 public:
  constexpr explicit text_source(std::string_view text)
      : text_{text}, length_{text::repaired_length(text)} {}

  errc begin(body_limits limits) noexcept override {
    rest_ = text_;
    ends_ = {};
    is_binary_ = limits.binary;
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (is_binary_) return read_octets(out);
    auto done = ends_.repair(rest_, out);
    rest_.remove_prefix(done.read);
    if (done.written == 0) done = ends_.finish(out);
    return done.written > 0 ? io_result::moved(done.written) : io_status::closed;
  }

  std::uint64_t length() const noexcept override { return is_binary_ ? text_.size() : length_; }

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
  bool is_binary_ = false;
};

}  // namespace mailmote
