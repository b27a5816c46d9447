// SPDX-License-Identifier: BSL-1.0
// memory_pipe.hpp: two byte streams, joined, that can be as awkward as a network.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>

#include <mailmote/io.hpp>

namespace support {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

// One direction: octets on their way, at most `capacity` of them.
struct flow {
  std::string octets;
  std::size_t capacity = unlimited;
  bool closed = false;  // by the writer; what is on its way still arrives
};

class pipe_end {
 public:
  std::size_t most_at_once = unlimited;  // octets a call
  bool stutters = false;                 // every other call moves nothing, whatever it could
  std::size_t fail_at = unlimited;       // the first call, counted from 0, that fails; all later do
  std::size_t calls = 0;

  pipe_end(flow& in, flow& out) : in_{in}, out_{out} {}

  mailmote::io_result read_some(std::span<char> to) noexcept {
    if (fails()) return mailmote::io_status::failed;
    if (is_stuttering()) return mailmote::io_status::want_read;
    const std::size_t n = least(to.size(), in_.octets.size());
    if (n == 0) {
      return in_.closed ? mailmote::io_status::closed : mailmote::io_status::want_read;
    }
    in_.octets.copy(to.data(), n);
    in_.octets.erase(0, n);
    return mailmote::io_result::moved(n);
  }

  mailmote::io_result write_some(std::span<const char> from) noexcept {
    if (fails()) return mailmote::io_status::failed;
    if (is_stuttering()) return mailmote::io_status::want_write;
    const std::size_t used = out_.octets.size();
    const std::size_t n = least(from.size(), out_.capacity > used ? out_.capacity - used : 0);
    if (n == 0) return mailmote::io_status::want_write;
    out_.octets.append(from.data(), n);
    return mailmote::io_result::moved(n);
  }

  void close() { out_.closed = true; }

 private:
  bool fails() { return calls++ >= fail_at; }
  bool is_stuttering() const { return stutters && calls % 2 != 0; }
  std::size_t least(std::size_t a, std::size_t b) const {
    const std::size_t n = a < b ? a : b;
    return n < most_at_once ? n : most_at_once;
  }

  flow& in_;
  flow& out_;
};

// `near` and `far` see the same two flows from their two sides.
struct memory_pipe {
  flow to_far;
  flow to_near;
  pipe_end near{to_near, to_far};
  pipe_end far{to_far, to_near};

  memory_pipe() = default;
  memory_pipe(const memory_pipe&) = delete;
  memory_pipe& operator=(const memory_pipe&) = delete;
};

static_assert(mailmote::byte_stream<pipe_end>);

}  // namespace support
