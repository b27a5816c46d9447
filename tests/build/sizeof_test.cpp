// SPDX-License-Identifier: BSL-1.0
// What the library's objects may weigh on the machine that runs the tests. The figures for a small
// device are measured there (size.sh).
#include <doctest/doctest.h>
#include <mailmote/mailmote.hpp>
#include <mailmote/tls/wolfssl.hpp>

#include <type_traits>

namespace {

constexpr bool is_64_bit = sizeof(void*) == 8;

struct pipe {
  mailmote::io_result read_some(std::span<char>) noexcept { return mailmote::io_status::closed; }
  mailmote::io_result write_some(std::span<const char>) noexcept {
    return mailmote::io_status::failed;
  }
};

using small_client = mailmote::client<pipe, mailmote::no_tls>;
using large_client = mailmote::client<pipe, mailmote::no_tls, mailmote::buffer_sizes{16384, 4096}>;

static_assert(sizeof(mailmote::io_result) == sizeof(void*), "one machine word");
static_assert(sizeof(mailmote::errc) == 1);
static_assert(sizeof(mailmote::deadline) == 8);
static_assert(std::is_empty_v<mailmote::no_tls>);
static_assert(sizeof(mailmote::sasl::offer) == 2);
static_assert(!is_64_bit || sizeof(mailmote::smtp::session) <= 728);
static_assert(sizeof(large_client) - sizeof(small_client) == (16384 - 512) + (4096 - 128),
              "a client is its session, its buffers, and nothing that grows with them");
static_assert(!is_64_bit || sizeof(mailmote::wolfssl::session) <= 320);

// A constinit object of these registers nothing for exit.
static_assert(std::is_trivially_destructible_v<small_client>);
static_assert(std::is_trivially_destructible_v<mailmote::sasl::plain>);
static_assert(std::is_trivially_destructible_v<mailmote::text_source>);
static_assert(std::is_trivially_destructible_v<mailmote::wolfssl::context>);
static_assert(std::is_trivially_destructible_v<mailmote::wolfssl::session>);

}  // namespace

TEST_CASE("a client of the default size fits where a small device has room for it") {
  CHECK(sizeof(small_client) - (512 + 128) <= 776);
}
