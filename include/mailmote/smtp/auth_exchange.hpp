// SPDX-License-Identifier: BSL-1.0
// auth_exchange.hpp: carries a login's responses and challenges as AUTH wants them.
//
// Knows:          RFC 4954 section 4: base64, the initial response and its limit, cancelling.
// Does not know:  which mechanism it carries, or what the server's codes mean.
// Bounds:         a response of any length goes through any room; a challenge is decoded octet by
//                 octet and kept by the mechanism alone.
#pragma once

#include <array>
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
    command,   // AUTH and the mechanism's name are to be written
    response,  // the response is to be written
    line_end,
    waiting,  // the mechanism has more work to do first
    written,  // the line is complete
    failed,   // the mechanism cannot go on
  };

  void begin(sasl::mechanism& login) {
    *this = {};
    const std::size_t initial = login.initial_response();
    if (initial == sasl::no_initial_response) return;
    const std::size_t room =
        max_auth_line - (sizeof "AUTH  \r\n" - 1) - sasl::name(login.selected()).size();
    carries_initial_ = initial <= max_auth_line && text::base64_length(initial) <= room;
    owes_initial_ = !carries_initial_;
  }

  state now() const { return state_; }
  errc error() const { return error_; }                                       // why it failed
  bool has_begun() const { return state_ != state::command || offset_ > 0; }  // with a line

  // The mechanism may be asked again.
  void resume() {
    if (state_ == state::waiting) state_ = state::response;
  }

  // Writes as much of the line as `room` takes, which has at least min_room octets. `watcher`, who
  // may be null, is shown a mask for the response.
  std::size_t write(sasl::mechanism& login, std::span<char> room, transcript* watcher) {
    std::size_t written = 0;
    if (state_ == state::command) {
      piece_writer out{room, offset_};
      out.put("AUTH ");
      out.put(sasl::name(login.selected()));
      if (carries_initial_) out.put(" ");
      written = show(room, out, watcher);
      if (out.complete()) enter(carries_initial_ ? state::response : state::line_end);
    }
    if (state_ == state::response) {
      written += write_response(login, room.subspan(written));
      if (state_ == state::line_end && encoded_ > 0 && watcher) watcher->client_said("****");
    }
    if (state_ == state::line_end) {
      piece_writer out{room.subspan(written), offset_};
      if (canceled_) out.put("*");
      out.put("\r\n");
      written += show(room.subspan(written), out, watcher);
      if (out.complete()) enter(state::written);
    }
    return written;
  }

  // One octet of a 334's text.
  void challenge(sasl::mechanism& login, char c) {
    char octet = 0;
    const int decoded = sound_ ? decoder_.decode(c, octet) : 0;
    if (decoded < 0) sound_ = false;
    if (decoded > 0) login.challenge({&octet, 1});
  }

  // The 334 is complete: makes the response the next line, or says why there is none.
  errc respond(sasl::mechanism& login) {
    const bool sound = sound_ && decoder_.complete();
    decoder_ = {};
    encoded_ = 0;
    carries_initial_ = false;
    enter(state::response);
    if (!sound) return errc::bad_challenge;
    if (owes_initial_) {  // this 334 only asks for what was too long for the command
      owes_initial_ = false;
      return errc::none;
    }
    return login.respond();
  }

  // RFC 4954 4: a lone `*` gives the exchange up.
  void cancel() {
    canceled_ = true;
    enter(state::line_end);
  }

 private:
  void enter(state next) {
    state_ = next;
    offset_ = 0;
  }

  std::size_t show(std::span<char> room, const piece_writer& out, transcript* watcher) {
    offset_ += out.written();
    if (watcher) watcher->client_said({room.data(), out.written()});
    return out.written();
  }

  std::size_t write_response(sasl::mechanism& login, std::span<char> room) {
    constexpr std::size_t least = 8;  // room for a group of four, and for the last one
    std::array<char, 48> octets;
    std::size_t written = 0;
    while (state_ == state::response && room.size() - written >= least) {
      const std::size_t fits = (room.size() - written) / 4 * 3;
      const auto piece = std::span{octets}.first(fits < octets.size() ? fits : octets.size());
      const io_result result = login.read_some(piece);
      if (result.ok()) {
        written += encoder_.encode(piece.first(result.count()), room.subspan(written));
      } else if (result.status() == io_status::closed) {
        written += encoder_.finish(room.subspan(written));
        const bool empty = encoded_ + written == 0;
        if (empty && carries_initial_) room[written++] = '=';  // RFC 4954 4
        enter(state::line_end);
      } else {
        enter(result.status() == io_status::failed ? state::failed : state::waiting);
      }
    }
    wipe(octets);
    encoded_ += written;
    if (encoded_ > max_auth_response) {
      error_ = errc::response_too_long;
      enter(state::failed);
    }
    return written;
  }

  text::base64_encoder encoder_{};
  text::base64_decoder decoder_{};
  std::size_t offset_ = 0;   // written of the command, or of the line's end
  std::size_t encoded_ = 0;  // characters of the response
  state state_ = state::command;
  errc error_ = errc::source_failed;
  bool carries_initial_ = false;  // the command has an initial response
  bool owes_initial_ = false;     // the initial response is sent after the first, empty 334
  bool sound_ = true;             // the challenge so far is base64
  bool canceled_ = false;
};

}  // namespace mailmote::smtp
