// SPDX-License-Identifier: BSL-1.0
// counted_body.hpp: a body that knows how much of it has been read.
#pragma once

#include <cstdint>
#include <span>

#include <mailmote/io.hpp>

namespace mailmote_send {

class counted_body final : public mailmote::body_source {
 public:
  explicit counted_body(mailmote::body_source& inner) : inner_{inner} {}

  std::uint64_t sent() const { return sent_; }  // octets since it was begun

  mailmote::errc begin(mailmote::body_limits limits) noexcept override {
    sent_ = 0;
    limits_ = limits;
    return inner_.begin(limits);
  }
  mailmote::body_limits limits() const { return limits_; }  // of the last begin

  mailmote::io_result read_some(std::span<char> out) noexcept override {
    const mailmote::io_result result = inner_.read_some(out);
    sent_ += result.count();
    return result;
  }
  std::uint64_t length() const noexcept override { return inner_.length(); }
  mailmote::body_needs needs() const noexcept override { return inner_.needs(); }
  mailmote::errc error() const noexcept override { return inner_.error(); }

 private:
  mailmote::body_source& inner_;
  std::uint64_t sent_ = 0;
  mailmote::body_limits limits_{};
};

}  // namespace mailmote_send
