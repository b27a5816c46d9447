// SPDX-License-Identifier: BSL-1.0
// message_file.hpp: a message, or a part of one, of any size from a file or standard input.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <mailmote/io.hpp>
#include <mailmote/text/line_ends.hpp>

namespace mailmote_send {

// Reads the message once when it is opened, to know its length with all line ends repaired and
// whether it is ASCII, and again whenever it is sent. What is no regular file, such as a pipe, goes
// to a temporary file first: so its length is known too, and no server has to wait for the one who
// writes it.
class message_file final : public mailmote::body_source {
 public:
  static constexpr std::size_t max_line = 998;  // RFC 5321 4.5.3.1.6, without its CRLF

  message_file() = default;
  message_file(const message_file&) = delete;
  message_file& operator=(const message_file&) = delete;
  ~message_file();

  // Says what went wrong, or nothing. "-" is standard input.
  std::string open(const std::string& path);

  std::uint64_t longest_line() const { return longest_line_; }

  mailmote::errc begin(mailmote::body_limits) noexcept override;
  mailmote::io_result read_some(std::span<char> out) noexcept override;
  std::uint64_t length() const noexcept override { return is_verbatim_ ? octets_ : length_; }
  mailmote::body_needs needs() const noexcept override { return {kind_}; }

 private:
  bool spool();
  bool measure();

  int file_ = -1;
  off_t start_ = 0;
  std::uint64_t length_ = 0;
  std::uint64_t longest_line_ = 0;
  std::uint64_t octets_ = 0;  // as they are in the file
  mailmote::body_kind kind_ = mailmote::body_kind::seven_bit;
  bool is_verbatim_ = false;
  mailmote::text::line_ends ends_{};
  std::array<char, 65'536> piece_{};
  std::span<const char> rest_{};  // of the piece
};

}  // namespace mailmote_send
