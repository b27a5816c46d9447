// SPDX-License-Identifier: BSL-1.0
// client.hpp: the pump, which moves octets between the session, TLS and the caller's stream.
//
// Knows:          who wants to read or write, and in which order to let them.
// Does not know:  the rules of the protocol (smtp/session.hpp), the TLS library, any network.
// Bounds:         two buffers of `buffer_sizes`; a poll makes at most `moves_per_poll` moves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mailmote/io.hpp>
#include <mailmote/smtp/session.hpp>
#include <mailmote/tls/tls_session.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote {

enum class status : std::uint8_t {
  idle,      // there is nothing to do
  working,   // poll again when `wants` is there, or `next_timeout` has passed
  finished,  // said once a mail: result() has what became of it
};

struct buffer_sizes {
  std::size_t out = 512;  // at least 64; a larger one makes fewer, larger writes
  std::size_t in = 128;   // at least 1
};

// How much is done before a poll returns, so that others get their turn (law 2).
inline constexpr int moves_per_poll = 16;

// Sends mail, one at a time, over one stream, inside one TLS session. Both are referred to, and live
// as long as the client. A stream that has `close()` is closed when its connection is over; one that
// has `flush()` is told at the end of each poll that no more comes now.
template <class Stream, class Tls, buffer_sizes Sizes = buffer_sizes{}>
class client {
  // Not constraints, as a compiler has more to say of these.
  static_assert(byte_stream<Stream>,
                "a byte_stream has read_some and write_some, noexcept, with an io_result (io.hpp)");
  static_assert(tls_session<Tls, Stream>,
                "a client needs a tls_session (tls/tls_session.hpp); no_tls is one for cleartext");
  static_assert(Sizes.out >= smtp::session::min_buffer && Sizes.in > 0,
                "buffer_sizes: at least smtp::session::min_buffer out, and 1 in");

 public:
  // `with` is copied; what its fields refer to must live as long as the client.
  constexpr client(Stream& over, Tls& inside, const settings& with) noexcept
      : stream_{over}, tls_{inside}, session_{with} {}

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  // Starts a mail. errc::none: it is under way, and `poll` will say `finished`, once. Anything
  // else: nothing was started, and the errc says which string or state forbids it (bad_...,
  // no_recipients, busy). `body`, and all that `mail` refers to, must live until it has finished.
  //
  // Unless is_open(), this is the first mail of a new connection: the caller has connected the
  // stream, or has begun to.
  errc send(const envelope& mail, body_source& body) noexcept {
    if (connected_ && !is_open() && !takes_next()) return errc::busy;
    const errc refused = session_.send(mail, body);
    if (refused == errc::none) connected_ = true;
    return refused;
  }

  // Does what can be done without waiting. `now` is a monotonic reading (clock.hpp).
  status poll(milliseconds now) noexcept {
    session_.at(now);
    int moves = 0;
    while (moves < moves_per_poll && !session_.has_to_tell() && move()) ++moves;
    const bool is_idle = moves < moves_per_poll && heard_ == unheard_;
    if (is_idle) session_.expire();  // a reply that is here is never too late
    if (session_.next() == smtp::action::close) close();
    if constexpr (requires { stream_.flush(); }) stream_.flush();
    has_more_ = !is_idle && connected_;
    if (session_.take_finished()) return status::finished;
    return idle() ? status::idle : status::working;
  }

  // What the stream, at its lowest, is waited for. True after a poll, until the next call of send,
  // quit, cancel or start.
  interest wants() const noexcept { return blocked_; }

  // In how long to poll again at the latest; 0: at once; no_timeout: not before the stream is
  // ready or a mail is sent.
  milliseconds next_timeout(milliseconds now) const noexcept {
    return has_more_ ? 0 : session_.next_timeout(now);
  }

  // What became of the last mail that finished.
  outcome result() const noexcept { return session_.result(); }

  bool idle() const noexcept {  // whether send() would be taken
    return session_.is_idle() && (session_.is_open() || !connected_);
  }
  bool is_open() const noexcept { return session_.is_open(); }  // after::stay kept a connection

  // Whether send() would be taken although a mail is under way: its message has left, with after::stay and
  // PIPELINING, and the next mail may follow without its reply (RFC 2920 3.1). `finished` is then said of
  // both, in their order, with a result() each; the server's words in the first stand until the next poll.
  bool takes_next() const noexcept { return session_.takes_next(); }

  // Asks for a reply (NOOP), so that nobody on the way takes a kept connection for a dead one: poll until
  // idle. A connection that is gone by then is closed, and no mail has failed. errc::busy while a mail is
  // under way.
  errc keep_alive() noexcept { return session_.keep_alive(); }

  // What the server has offered in its last reply to EHLO, and what of it the last mail used.
  const smtp::capabilities& offered() const noexcept { return session_.offered(); }
  const smtp::mail_parameters& used() const noexcept { return session_.used(); }

  // Ends a connection that after::stay kept: poll until idle. errc::busy while a mail is under way.
  errc quit() noexcept { return session_.quit(); }

  // Ends the mail that is under way, and its connection. `poll` will say `finished`, with
  // errc::canceled, or with errc::silent_greeting if nothing had been heard up to the last poll.
  void cancel() noexcept { session_.cancel(); }

  // Forgets the connection and any mail on it, without a word to the server.
  void start() noexcept {
    close();
    session_.start();
    has_more_ = false;
  }

 private:
  // One round of what can be done now; false when that is nothing.
  bool move() noexcept {
    blocked_ = {};
    switch (session_.next()) {
      case smtp::action::close: return close();
      case smtp::action::handshake: return shake_hands();
      default: break;
    }
    // All that was said is heard before anything is said: a reply ahead of its command is noticed,
    // and so is a server's last word before a write to it fails.
    return read() || write();
  }

  bool read() noexcept {
    if (heard_ == unheard_) {
      const io_result result = is_bound_ ? tls_.read_some(in_) : stream_.read_some(in_);
      if (!result.ok()) return moved(result.status());
      heard_ = 0;
      unheard_ = result.count();
    }
    heard_ += session_.received(std::span{in_}.subspan(heard_, unheard_ - heard_));
    return true;
  }

  bool write() noexcept {
    const std::span<const char> out = session_.output(out_);
    if (out.empty()) return false;
    const io_result result = is_bound_ ? tls_.write_some(out) : stream_.write_some(out);
    if (result.ok()) session_.sent(out_, result.count());
    const bool is_over = result.status() == io_status::closed;  // with something yet to be said
    return moved(is_over ? io_status::failed : result.status());
  }

  bool shake_hands() noexcept {
    if (!is_bound_) {
      if (!is_silent()) return true;
      const errc why = tls_.bind(stream_, session_.with().host);
      is_bound_ = true;
      if (why != errc::none) {
        session_.ended(why);
        return true;
      }
    }
    const io_status done = tls_.handshake();
    if (done == io_status::closed) return moved(io_status::failed);
    if (done != io_status::ok) return moved(done);
    if (tls_.is_safe()) {
      session_.secured();
    } else {
      session_.ended(errc::tls_unsafe);
    }
    return true;
  }

  // Law 3: what has arrived before the handshake was not meant for it. With implicit TLS there is
  // nothing before it, and all that arrives is TLS's.
  bool is_silent() noexcept {
    if (session_.with().security == security::implicit_tls) return true;
    (void)read();
    blocked_ = {};  // it is the handshake that says what is waited for
    return session_.next() == smtp::action::handshake;
  }

  // Notes what a move came to, and says whether it was one: what a stream's end moves is the session.
  bool moved(io_status result) noexcept {
    switch (result) {
      case io_status::want_read: blocked_.read = true; return false;
      case io_status::want_write: blocked_.write = true; return false;
      case io_status::closed: session_.ended(errc::none); break;
      case io_status::failed: session_.ended(is_bound_ ? tls_.error() : errc::stream_failed); break;
      case io_status::ok: break;
    }
    return true;
  }

  bool close() noexcept {
    if (!connected_) return false;
    if (is_bound_) tls_.close();
    if constexpr (requires { stream_.close(); }) stream_.close();
    wipe(out_);
    wipe(in_);
    blocked_ = {};
    heard_ = unheard_ = 0;
    connected_ = is_bound_ = false;
    return true;
  }

  Stream& stream_;
  Tls& tls_;
  interest blocked_{};
  bool connected_ = false;  // the stream is, or was, this client's, and is not closed yet
  bool is_bound_ = false;   // everything goes through TLS
  std::size_t heard_ = 0;   // [heard_, unheard_) of in_ waits until a mail was told
  std::size_t unheard_ = 0;
  bool has_more_ = false;  // the last poll stopped only to give others their turn
  smtp::session session_;
  std::array<char, Sizes.out> out_{};
  std::array<char, Sizes.in> in_{};
};

// A client without a TLS session is told what it lacks.
struct nothing;
template <class Stream>
client(Stream&, const settings&) -> client<Stream, nothing>;

}  // namespace mailmote
