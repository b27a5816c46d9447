// SPDX-License-Identifier: BSL-1.0
// What the answer of a stream says, and which types are streams.
#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <span>

#include <mailmote/io.hpp>

using mailmote::byte_stream;
using mailmote::interest;
using mailmote::io_result;
using mailmote::io_status;
using mailmote::milliseconds;
using mailmote::waiter;

TEST_CASE("a move says how much was moved") {
  constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max();
  for (const std::size_t n : {std::size_t{1}, std::size_t{512}, most}) {
    const io_result result = io_result::moved(n);
    CHECK(result.ok());
    CHECK(result.count() == n);
    CHECK(result.status() == io_status::ok);
  }
}

TEST_CASE("whatever else a stream answers, nothing was moved") {
  for (const io_status status :
       {io_status::want_read, io_status::want_write, io_status::closed, io_status::failed}) {
    const io_result result = status;
    CHECK_FALSE(result.ok());
    CHECK(result.count() == 0);
    CHECK(result.status() == status);
  }
}

TEST_CASE("a poller that waits for nothing knows it") {
  CHECK_FALSE(interest{}.any());
  CHECK(interest{.read = true}.any());
  CHECK(interest{.write = true}.any());
  CHECK(interest{.read = true} != interest{.write = true});
}

namespace {

struct stream {
  io_result read_some(std::span<char>) noexcept { return io_status::closed; }
  io_result write_some(std::span<const char>) noexcept { return io_status::closed; }
};
struct read_only {
  io_result read_some(std::span<char>) noexcept { return io_status::closed; }
};
struct may_throw {
  io_result read_some(std::span<char>) { return io_status::closed; }
  io_result write_some(std::span<const char>) noexcept { return io_status::closed; }
};
struct counts_like_posix {
  int read_some(std::span<char>) noexcept { return -1; }
  int write_some(std::span<const char>) noexcept { return -1; }
};
struct wants_to_write_into_our_text {
  io_result read_some(std::span<char>) noexcept { return io_status::closed; }
  io_result write_some(std::span<char>) noexcept { return io_status::closed; }
};

static_assert(byte_stream<stream>);
static_assert(!byte_stream<read_only>);
static_assert(!byte_stream<may_throw>);
static_assert(!byte_stream<counts_like_posix>);
static_assert(!byte_stream<wants_to_write_into_our_text>);

struct port {
  void wait(interest, milliseconds) noexcept {}
  milliseconds now() noexcept { return 0; }
};
struct timeless {
  void wait(interest, milliseconds) noexcept {}
};

static_assert(waiter<port>);
static_assert(!waiter<timeless>);
static_assert(!waiter<stream>);

static_assert(sizeof(io_result) == sizeof(std::ptrdiff_t));  // it goes back in one register

}  // namespace
