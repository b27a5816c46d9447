// SPDX-License-Identifier: BSL-1.0
// io.hpp: the whole contract between mailmote and the outside world.
//
// Knows:          bytes moved, or why not.
// Does not know:  what the bytes mean.
// Bounds:         an io_result is one machine word.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <mailmote/clock.hpp>
#include <mailmote/error.hpp>

namespace mailmote {

enum class io_status : std::int8_t {
  ok,          // bytes moved
  want_read,   // nothing moved: try again when the lower transport is readable
  want_write,  // nothing moved: try again when the lower transport is writable
  closed,      // orderly end of the stream
  failed,      // the stream is broken, for good
};

// What one attempt to move bytes came to: either a count of at least 1, or a status other than ok.
class [[nodiscard]] io_result {
 public:
  constexpr io_result(io_status status) noexcept : word_{-static_cast<std::ptrdiff_t>(status)} {}
  static constexpr io_result moved(std::size_t n) noexcept { return io_result{n}; }  // n >= 1

  constexpr bool ok() const noexcept { return word_ > 0; }
  constexpr std::size_t count() const noexcept {
    return ok() ? static_cast<std::size_t>(word_) : 0;
  }
  constexpr io_status status() const noexcept {
    return ok() ? io_status::ok : static_cast<io_status>(-word_);
  }

 private:
  explicit constexpr io_result(std::size_t n) noexcept : word_{static_cast<std::ptrdiff_t>(n)} {}
  std::ptrdiff_t word_;
};

// A byte stream: a TCP connection, a UART, a TLS session over either.
//
//  1. A call MUST return at once; it MUST NOT wait for the peer. (A blocking stream is a legal
//     stream whose `want_*` never comes. It then owns the timeouts, and law 2 is lost by choice.)
//  2. The caller MUST NOT pass an empty buffer.
//  3. moved(n) MUST have 1 <= n <= size of the buffer. Short moves are normal.
//  4. want_read and want_write MUST mean that nothing moved, and that it is worth trying again
//     when the LOWEST transport is readable, or writable. Both may come from either call, because
//     a TLS read may have to write first. A stream that is still connecting answers want_write.
//     closed and failed from write_some MUST mean that nothing moved, too.
//  5. closed from read_some MUST mean an orderly end: all that was sent before it was delivered.
//  6. After closed from a read, or failed from either call, the same call MUST go on saying so.
//  7. A write that answered want_* MUST be repeated by the caller with the same bytes first.
//  8. The calls MUST NOT be entered from an interrupt, from two threads at a time, or from within
//     each other, and MUST NOT call back into the client.
//  9. The calls MUST be noexcept.
// 10. A stream MAY have close() and flush(), noexcept too. close() ends the connection, in good order
//     if all was read that came, and MAY come again. flush() says that no more is written now: a
//     stream that gathers what it is given into packets MUST let it go then, and MAY hold it back until
//     then.
// clang-format off
template <class S>
concept byte_stream = requires(S& stream, std::span<char> in, std::span<const char> out) {
  { stream.read_some(in) } noexcept -> std::same_as<io_result>;
  { stream.write_some(out) } noexcept -> std::same_as<io_result>;
};
// clang-format on

// What a poller has to wait for on the lowest transport.
struct interest {
  bool read = false;
  bool write = false;
  constexpr bool any() const noexcept { return read || write; }
  friend constexpr bool operator==(interest, interest) = default;
};

// What `mailmote::run` needs from an operating system: `wait` MUST return when the transport is
// ready for one of `wants`, or after `timeout` (no_timeout: never), whichever is first, and may
// return early; `now` MUST be a monotonic reading (clock.hpp).
// clang-format off
template <class W>
concept waiter = requires(W& port, interest wants, milliseconds timeout) {
  { port.wait(wants, timeout) } noexcept;
  { port.now() } noexcept -> std::same_as<milliseconds>;
};
// clang-format on

// What the octets of a ready-made text are.
enum class body_kind : std::uint8_t {
  seven_bit,  // ASCII
  unknown,    // octets over 127 perhaps, which a server without 8BITMIME gets unannounced
  eight_bit,  // octets over 127 in lines: goes only where 8BITMIME is offered (RFC 6152)
  binary,     // any octets, whose line ends stay as they are: goes only in chunks, and only where
              // BINARYMIME is offered (RFC 3030)
};

// What a mail may contain, as agreed with the server, and told to a body before it is read.
struct body_limits {
  bool eight_bit = false;  // octets over 127 (8BITMIME, RFC 6152)
  bool utf8 = false;       // UTF-8 in headers (SMTPUTF8, RFC 6531)
  bool binary = false;     // any octets, lines of any length (BINARYMIME, RFC 3030)
  bool verbatim =
      false;  // not a server's: whoever reads encodes every octet, and wants it as it is
};

// What begin answers of a text of this `kind`.
constexpr errc hold_against(body_limits limits, body_kind kind) {
  if (kind == body_kind::eight_bit && !limits.eight_bit) return errc::eight_bit_needed;
  return kind == body_kind::binary && !limits.binary ? errc::binary_needed : errc::none;
}

// What MAIL has to say of a body.
struct body_needs {
  body_kind kind = body_kind::unknown;
  bool utf8 = false;  // its header has UTF-8 that only an SMTPUTF8 mail may have
};

inline constexpr std::uint64_t unknown_length = std::numeric_limits<std::uint64_t>::max();

// The text of one mail, pulled when it is needed. An abstract class and not a concept, because the
// engine that reads it is no template. Octets are as RFC 1870 counts them: lines end in CRLF, dots
// are not stuffed.
//
//  1. begin MUST start the text, or start it again from its first octet. A source that cannot
//     begin again MUST answer errc::source_spent; one that cannot send what it has within `limits`
//     answers the errc that says what is missing.
//  2. read_some obeys the rules of byte_stream::read_some; `closed` is the end of the text, and
//     want_read or want_write mean "not yet".
//  3. length MUST be exact or unknown_length, and is asked only after begin. One that proves wrong
//     ends the session before the mail is complete (errc::source_length).
//  4. needs is asked after begin, and stays within the limits that begin was given. error is asked
//     after `failed`: why.
//  5. The source MUST live from `send` until the client has finished.
struct body_source {
  virtual errc begin(body_limits limits) noexcept = 0;
  virtual io_result read_some(std::span<char> out) noexcept = 0;
  virtual std::uint64_t length() const noexcept = 0;
  virtual body_needs needs() const noexcept { return {}; }
  virtual errc error() const noexcept { return errc::source_failed; }

 protected:
  constexpr body_source() = default;
  constexpr body_source(const body_source&) = default;
  constexpr body_source& operator=(const body_source&) = default;
  ~body_source() = default;  // never deleted through this type
};

}  // namespace mailmote
