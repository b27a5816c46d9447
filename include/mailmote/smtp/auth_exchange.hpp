// SPDX-License-Identifier: BSL-1.0
// auth_exchange.hpp: carries a login's responses and challenges as AUTH wants them.
//
// Knows:          RFC 4954 section 4: base64, the initial response and its limit; and section 6: which
//                 refusals are the mechanism's.
// Does not know:  which mechanism it carries, or what the server's other codes mean.
// Bounds:         a response of any length goes through any room; a challenge is decoded octet by
//                 octet and kept by the mechanism alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/smtp/command.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/text/base64.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::smtp {

inline constexpr std::size_t max_auth_line = 512;  // with CRLF; RFC 4954 4 and RFC 5321 4.5.3.1.4

// Of one response, in base64 (RFC 4954 4).
inline constexpr std::size_t max_auth_response = 12288;

class auth_exchange {
 public:
  static constexpr std::size_t min_room = 16;

  enum class state : std::uint8_t {
    writing,  // the response is to be written
    waiting,  // the mechanism has more work to do first
    written,  // the line is complete
    failed,   // the mechanism cannot go on
  };

  // `pipelines`: commands may share a flight.
  void begin(const sasl::mechanism& login, const settings& with, bool pipelines) {
    *this = {};
    const std::size_t initial = login.initial_response();
    if (initial == sasl::no_initial_response) return;
    const std::size_t room =
        max_auth_line - (sizeof "AUTH  \r\n" - 1) - sasl::name(login.selected()).size();
    const bool fits = initial <= room / 4 * 3;  // base64 makes four characters of three octets
    carries_initial_ = fits || with.long_initial_response;
    owes_initial_ = !carries_initial_;
    has_shown_ = carries_initial_ && login.reveals_secret();
    const sasl::kind k = login.selected();
    const bool is_short = k == sasl::kind::plain || k == sasl::kind::external;
    is_eager_ = with.pipeline_auth && pipelines && is_short && carries_initial_;
  }

  state now() const { return state_; }
  errc error() const { return error_; }                      // why it failed
  bool carries_initial() const { return carries_initial_; }  // AUTH is followed by the response
  bool is_eager() const { return is_eager_; }  // the mail's commands follow at once (RFC 4954 4)
  bool is_busy() const { return is_busy_; }    // it waits for nobody, and is to go on at once

  // Whether a refusal is of the mechanism, and not of who logs in. 534 and 538 are that only until
  // the server has seen a secret, or a proof of it: Google's says 534 of a password that it wants
  // another one for, and this one must not be tried again.
  bool is_unavailable(std::uint16_t code) const {
    if (is_eager_) return false;  // what follows it is said already
    return code == 504 || (!has_shown_ && (code == 534 || code == 538));
  }

  // The mechanism may be asked again.
  void resume() {
    if (state_ == state::waiting) state_ = state::writing;
  }

  // One octet of a reply's text; a 334's is the challenge.
  void challenge(sasl::mechanism& login, std::uint16_t code, char c) {
    char octet = 0;
    if (code == 334 && decoder_.decode(c, octet) > 0) login.challenge({&octet, 1});
  }

  // The 334 is complete: makes the response the next line, or says why there is none.
  errc respond(sasl::mechanism& login) {
    const bool sound = decoder_.complete();
    decoder_ = {};
    encoded_ = 0;
    carries_initial_ = false;
    state_ = state::writing;
    if (!sound) return errc::bad_challenge;
    if (owes_initial_) {  // this 334 only asks for what was too long for the command
      owes_initial_ = false;
      has_shown_ = login.reveals_secret();
      return errc::none;
    }
    has_shown_ = true;
    return login.respond();
  }

  // Writes as much of the response's line as `room` takes, which has at least min_room octets.
  // `watcher`, who may be null, is shown a mask.
  std::size_t write(sasl::mechanism& login, std::span<char> room, transcript* watcher) {
    constexpr std::size_t least = 8;  // a group of four or the last one, and the line's end
    std::size_t written = 0;
    while (state_ == state::writing && room.size() - written >= least) {
      // What is read goes to the end of the room, and moves to its beginning as it grows: with two
      // octets that the encoder held back before, it just fits.
      const std::span<char> rest = room.subspan(written);
      const std::span<char> piece = rest.last(rest.size() / 4 * 3 - 2);
      const io_result result = login.read_some(piece);
      switch (result.status()) {
        case io_status::ok: written += encoder_.encode(piece.first(result.count()), rest); break;
        case io_status::closed:
          written += encoder_.finish(rest);
          state_ = state::written;
          break;
        case io_status::failed: fail(errc::source_failed); break;
        default: state_ = state::waiting; is_busy_ = result.status() == io_status::want_write;
      }
    }
    encoded_ += written;
    if (encoded_ > max_auth_response) fail(errc::response_too_long);
    if (state_ == state::written) {
      if (encoded_ == 0 && carries_initial_) room[written++] = '=';  // RFC 4954 4
      constexpr std::string_view mask = "****\r\n";
      const std::size_t shown = written + encoded_ > 0 ? 0 : 4;
      if (watcher) watcher->client_said({mask.data() + shown, mask.size() - shown});
      room[written++] = '\r';
      room[written++] = '\n';
    }
    wipe(room.subspan(written));
    return written;
  }

 private:
  void fail(errc why) {
    state_ = state::failed;
    error_ = why;
  }

  text::base64_encoder encoder_{};
  text::base64_decoder decoder_{};
  std::size_t encoded_ = 0;  // characters of the response
  state state_ = state::writing;
  errc error_ = errc::none;
  bool carries_initial_ = false;  // the command has an initial response
  bool owes_initial_ = false;     // the initial response is sent after the first, empty 334
  bool is_eager_ = false;
  bool is_busy_ = false;    // of `waiting`: the mechanism has work to do
  bool has_shown_ = false;  // what shows or proves the secret, or is about to
};

}  // namespace mailmote::smtp
