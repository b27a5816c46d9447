// SPDX-License-Identifier: BSL-1.0
// bearer.hpp: what the two logins with an OAuth token have in common.
//
// Knows:          that whoever bears the token is let in (RFC 6750), and that a server which does not
//                 want it says why in a challenge of its own, before it refuses.
// Does not know:  how a response opens, or that challenge is answered (xoauth2.hpp, oauthbearer.hpp);
//                 where tokens are had, or for how long they are good.
// Bounds:         a token of any length, never copied; `max_said` octets of what the server says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/sasl/take.hpp>
#include <mailmote/text/piece_writer.hpp>

namespace mailmote::sasl {

class bearer : public mechanism {
 public:
  static constexpr std::size_t max_said = 128;  // and what is longer, is cut

  errc select(offer offered) noexcept final {
    forget();
    said_ = 0;
    if (!offered.has(kind_)) return errc::auth_unavailable;
    if (const errc bad = begin_token(); bad != errc::none) return bad;
    if (token_length() == 0) return errc::bad_password;
    at_ = stage::opening;
    return errc::none;
  }

  // There is no other way; but the next login may have its token from the same source, and is to
  // find it as it was. A source that cannot begin again fails where it is read.
  bool select_next() noexcept final {
    if (at_ != stage::opening) static_cast<void>(begin_token());
    return false;
  }
  kind selected() const noexcept final { return kind_; }
  bool reveals_secret() const noexcept final { return true; }

  // Where nobody knows how long the token is, it is too long for the AUTH line.
  std::size_t initial_response() const noexcept final {
    constexpr std::size_t too_long = no_initial_response / 2;
    text::piece_writer frame{{}, too_long};
    put_opening(frame);
    frame.put(closing);
    const std::uint64_t length = token_length();
    return length < too_long ? too_long - frame.to_skip() + static_cast<std::size_t>(length)
                             : too_long;
  }

  void challenge(std::span<const char> octets) noexcept final {
    for (const char c : octets) {
      if (said_ < max_said && ascii::is_printable(c)) text_[said_++] = c;
    }
  }

  // After the token there is one challenge, with the server's reasons; or an empty one.
  errc respond() noexcept final {
    if (at_ != stage::said) return errc::bad_challenge;
    at_ = stage::answer;
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept final {
    if (at_ == stage::token) {
      const io_result octets = read_token(out);
      if (octets.status() != io_status::closed) return octets;
      if (!is_whole()) return io_status::failed;
      go(stage::closing);
    }
    text::piece_writer piece{out, done_};
    switch (at_) {
      case stage::opening:
        said_ = 0;  // the challenge that only asked for the token has no reasons
        put_opening(piece);
        break;
      case stage::closing: piece.put(closing); break;
      case stage::answer: put_answer(piece); break;
      default: return io_status::closed;
    }
    done_ += piece.written();
    if (piece.complete()) go(following(at_));
    return piece.written() > 0 ? io_result::moved(piece.written()) : io_status::closed;
  }

  errc accept() noexcept final { return errc::none; }

  errc refusal() const noexcept final {
    return said_ > 0 && text_[0] == '{' ? errc::auth_token_refused : errc::auth_refused;
  }
  // JSON (RFC 7628 section 3.2.2), without what is not printable.
  std::string_view server_text() const noexcept final { return {text_, said_}; }

  void forget() noexcept final { go(stage::idle); }

 protected:
  constexpr bearer(kind which, credential username, std::string_view token)
      : username_{username}, token_{token}, kind_{which} {}
  constexpr bearer(kind which, credential username, body_source& token)
      : username_{username}, source_{&token}, kind_{which} {}
  constexpr bearer(const bearer&) = default;
  constexpr bearer& operator=(const bearer&) = default;
  ~bearer() = default;  // never deleted through this type

  const credential& username() const { return username_; }

  // What is the caller's: of a source it is looked at as it is read.
  errc check_token() const {
    const bool is_sound = source_ != nullptr || (!token_.empty() && is_fit(token_));
    return is_sound ? errc::none : errc::bad_password;
  }

  virtual void put_opening(text::piece_writer& out) const noexcept = 0;  // all before the token
  virtual void put_answer(text::piece_writer& out) const noexcept = 0;   // to the server's reasons

 private:
  enum class stage : std::uint8_t { idle, opening, token, closing, said, answer };

  static constexpr const char* closing = "\1\1";

  static constexpr stage following(stage s) {
    return s == stage::answer ? stage::idle : static_cast<stage>(static_cast<std::uint8_t>(s) + 1);
  }

  // A token is ASCII; and a ^A in it would end it.
  static constexpr bool is_fit(std::string_view octets) {
    return !ascii::has_control(octets) && !ascii::has_non_ascii(octets);
  }

  std::uint64_t token_length() const {
    return source_ != nullptr ? source_->length() : token_.size();
  }
  bool is_whole() const {
    const std::uint64_t length = token_length();
    return done_ > 0 && (length == unknown_length || done_ == length);
  }

  // Of a source every octet counts, line ends too.
  errc begin_token() {
    if (source_ == nullptr) return errc::none;
    return source_->begin({.eight_bit = true, .utf8 = true, .binary = true, .verbatim = true});
  }

  io_result read_token(std::span<char> out) {
    if (source_ == nullptr) {
      std::string_view rest{token_.data() + done_, token_.size() - done_};
      const io_result octets = take(rest, out);
      done_ += octets.count();
      return octets;
    }
    const io_result octets = source_->read_some(out);
    done_ += octets.count();
    const bool is_sound = is_fit({out.data(), octets.count()}) && done_ <= token_length();
    return is_sound ? octets : io_status::failed;
  }

  void go(stage next) {
    at_ = next;
    done_ = 0;
  }

  credential username_;
  std::string_view token_{};
  body_source* source_ = nullptr;  // of the token, where it is not in memory
  std::size_t done_ = 0;           // octets of the stage
  std::size_t said_ = 0;
  char text_[max_said] = {};
  kind kind_;
  stage at_ = stage::idle;
};

}  // namespace mailmote::sasl
