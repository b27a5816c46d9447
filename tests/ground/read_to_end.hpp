// SPDX-License-Identifier: BSL-1.0
// Pulls all that a source or a login has, in rooms of one size.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include <mailmote/io.hpp>

template <class Readable>
std::string read_to_end(Readable& from, std::size_t room) {
  std::string all;
  std::string piece(room, '?');
  for (;;) {
    const mailmote::io_result result = from.read_some(piece);
    const bool waits = result.status() == mailmote::io_status::want_read ||
                       result.status() == mailmote::io_status::want_write;
    if (waits) continue;
    if (!result.ok()) {
      CHECK(result.status() == mailmote::io_status::closed);
      return all;
    }
    REQUIRE(result.count() <= room);
    all.append(piece, 0, result.count());
  }
}
