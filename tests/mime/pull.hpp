// SPDX-License-Identifier: BSL-1.0
// Composes a message through rooms of several sizes, and gives its text.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include <mailmote/mime/message.hpp>

#include "ground/read_to_end.hpp"

// The same octets for every room, and as many as the message had said.
inline std::string pull(const mailmote::mime::fields& with, mailmote::body_limits limits = {}) {
  mailmote::mime::message mail{with};
  std::string whole;
  for (const std::size_t room : {65'536u, 1u, 2u, 3u, 7u, 13u, 32u, 64u, 76u, 78u, 100u, 512u}) {
    REQUIRE(mail.begin(limits) == mailmote::errc::none);
    const std::string text = read_to_end(mail, room);
    const bool is_exact = mail.length() == text.size() || mail.length() == mailmote::unknown_length;
    CHECK(is_exact);
    if (whole.empty()) whole = text;
    CHECK(text == whole);
  }
  return whole;
}
