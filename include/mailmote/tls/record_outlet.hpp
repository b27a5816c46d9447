// SPDX-License-Identifier: BSL-1.0
// record_outlet.hpp: takes records from the TLS library, and no byte is lost or sent twice.
//
// Knows:          how wolfSSL 5.5 counts what it has sent. It keeps one buffer of records, and (1)
//                 puts a new one at the wrong place when that was taken in part; (2) takes whatever
//                 leaves the buffer for the plain text of the last blocked write. Both go wrong when
//                 a KeyUpdate is answered, from inside a read, under back-pressure.
// Does not know:  the library; what is in a record.
// Bounds:         a reserve of 128 octets; `most_answers` answers that the stream has not taken yet,
//                 then nothing more is read; one that does not fit ends the connection.
//
// The cure for (1): the buffer is taken whole or not at all, as the library sees it; `ahead_` counts
// what the stream already has. The cure for (2): the buffer leaves only from inside a write. An
// answer given from inside a read waits behind the blocked write, in the library's buffer, or, where
// no write is blocked, in our reserve, which goes out before anything else is written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mailmote/io.hpp>
#include <mailmote/tls/lower_stream.hpp>

namespace mailmote::tls {

class record_outlet {
 public:
  static constexpr std::size_t reserve_size = 128;
  static constexpr std::uint8_t most_answers = 4;  // RFC 8446 4.6.3: one would do

  constexpr void reset() {
    ahead_ = 0;
    kept_ = gone_ = answers_ = 0;
  }

  // The library's whole buffer, from inside a handshake, a write or a goodbye. moved(all of it), or
  // why not yet; then the same again, with more behind it or not.
  io_result send(lower_stream& lower, std::span<const char> records) noexcept {
    while (ahead_ < records.size()) {
      const io_result result = lower.write_some(records.subspan(ahead_));
      if (!result.ok()) return result;
      ahead_ += result.count();
    }
    ahead_ = 0;
    answers_ = 0;
    return io_result::moved(records.size());
  }

  // An answer of the library's own, from inside a read, while no write is blocked. False: too many.
  bool keep(std::span<const char> answer) noexcept {
    if (answers_ == most_answers || answer.size() > reserve_size - kept_) return false;
    for (const char c : answer) reserve_[kept_++] = c;
    ++answers_;
    return true;
  }

  // The same while a write is blocked: it stays in the library's buffer until that goes on.
  constexpr bool hold_back() {
    if (answers_ == most_answers) return false;
    ++answers_;
    return true;
  }

  // Whether reading must wait for the stream to take some answers.
  constexpr bool is_full() const { return answers_ == most_answers; }

  // ok: the reserve is empty, and something else may be written.
  io_status flush(lower_stream& lower) noexcept {
    while (gone_ < kept_) {
      const io_result result =
          lower.write_some({reserve_.data() + gone_, static_cast<std::size_t>(kept_ - gone_)});
      if (!result.ok()) return result.status();
      gone_ = static_cast<std::uint8_t>(gone_ + result.count());
    }
    if (kept_ > 0) reset();
    return io_status::ok;
  }

  // The reserve's memory, for whoever needs some before the handshake is over.
  constexpr std::span<char, reserve_size> scratch() { return reserve_; }
  constexpr std::span<const char, reserve_size> scratch() const { return reserve_; }

 private:
  std::size_t ahead_ = 0;     // octets of the library's buffer that the stream already has
  std::uint8_t kept_ = 0;     // octets put into the reserve since it was empty
  std::uint8_t gone_ = 0;     // octets of those that the stream has taken
  std::uint8_t answers_ = 0;  // in the reserve, or held back
  std::array<char, reserve_size> reserve_{};
};

}  // namespace mailmote::tls
