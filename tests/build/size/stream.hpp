// SPDX-License-Identifier: BSL-1.0
// The board's connection, as a byte stream.
#pragma once

#include <mailmote/io.hpp>

#include "outside.h"

struct board_stream {
  mailmote::io_result read_some(std::span<char> in) noexcept {
    return moved(board_read(in.data(), in.size()), mailmote::io_status::want_read);
  }
  mailmote::io_result write_some(std::span<const char> out) noexcept {
    return moved(board_write(out.data(), out.size()), mailmote::io_status::want_write);
  }

 private:
  static mailmote::io_result moved(int n, mailmote::io_status otherwise) noexcept {
    if (n > 0) return mailmote::io_result::moved(static_cast<std::size_t>(n));
    return n == 0 ? otherwise : mailmote::io_status::failed;
  }
};
