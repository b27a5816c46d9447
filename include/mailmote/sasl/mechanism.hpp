// SPDX-License-Identifier: BSL-1.0
// mechanism.hpp: a login, as challenges in and responses out (RFC 4422).
//
// Knows:          the names of the mechanisms that submission servers offer.
// Does not know:  SMTP, base64, streams.
// Bounds:         an offer is two bytes; responses are pulled piece by piece, of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <mailmote/io.hpp>
#include <mailmote/text/word_list.hpp>

namespace mailmote::sasl {

enum class kind : std::uint8_t {
  plain,        // RFC 4616
  login,        // draft-murchison-sasl-login
  cram_md5,     // RFC 2195
  scram_sha_1,  // RFC 5802
  scram_sha_1_plus,
  scram_sha_256,  // RFC 7677
  scram_sha_256_plus,
  xoauth2,      // Google's and Microsoft's
  oauthbearer,  // RFC 7628
  external,     // RFC 4422 appendix A
};

// In the order of `kind`.
inline constexpr text::word_list kind_names{
    "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS XOAUTH2 "
    "OAUTHBEARER EXTERNAL"};

constexpr std::string_view name(kind k) { return kind_names[static_cast<std::size_t>(k)]; }

// The set of mechanisms that a server has offered.
class offer {
 public:
  // `token` is one word of the AUTH list, in any case. Unknown words are no error.
  constexpr void add(std::string_view token) {
    bits_ = static_cast<std::uint16_t>(bits_ | kind_names.bit(token));
  }
  constexpr bool has(kind k) const { return ((bits_ >> static_cast<unsigned>(k)) & 1u) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(offer, offer) = default;

 private:
  std::uint16_t bits_ = 0;
};

inline constexpr std::size_t no_initial_response = std::numeric_limits<std::size_t>::max();

// One login, used for one exchange at a time. The order of calls:
//
//   check                                    before anything is sent: are the strings fit to be?
//   select                                   once an offer is known
//   read_some ... until `closed`             the initial response, when there is one
//   { challenge*, respond, read_some ... }*  for each challenge of the server
//   accept                                   when the server says that the login succeeded
//   select_next                              when the server does not know what it had offered
//   forget                                   when the exchange is over, however it ended
//
// The strings a mechanism is made of belong to the caller, and must live until the client has
// finished.
class mechanism {
 public:
  // errc::none, or which string cannot be sent (bad_username, bad_password, bad_authorization,
  // needs_saslprep).
  virtual errc check() const noexcept = 0;

  // Chooses from `offered` and starts a new exchange, or answers errc::auth_unavailable, or why it
  // cannot start one (auth_no_random, a token source's errc).
  virtual errc select(offer offered) noexcept = 0;

  // The server does not do what it had offered (504; or 534 and 538, before anything of the secret was
  // said): chooses again and starts a new exchange, or answers false.
  virtual bool select_next() noexcept { return false; }
  virtual kind selected() const noexcept = 0;

  // Whether the exchange shows the password, or a token as good as one, to whoever can read it.
  virtual bool reveals_secret() const noexcept = 0;

  // The octets of the initial response (before base64; 0 is an empty one), or no_initial_response.
  virtual std::size_t initial_response() const noexcept = 0;

  // The next octets of a challenge, in order. An empty challenge has none.
  virtual void challenge(std::span<const char> octets) noexcept = 0;

  // The challenge is complete: prepares the response, or answers what is wrong with the challenge
  // (bad_challenge, challenge_too_long, auth_iterations, auth_keys_stale, auth_server_unproven).
  virtual errc respond() noexcept = 0;

  // The next octets of the pending response; `closed` when there are no more, `failed` when it cannot
  // be made. want_write: the next slice of work is to be done in another call. want_read: what it is
  // made from is not there yet.
  virtual io_result read_some(std::span<char> out) noexcept = 0;

  // The server says yes: errc::none when this ends the exchange properly (a mechanism that
  // authenticates the server as well may have seen too little).
  virtual errc accept() noexcept = 0;

  // What a refusal of this exchange means, and what the server has said of it beside its reply:
  // UNTRUSTED, until the next exchange.
  virtual errc refusal() const noexcept { return errc::auth_refused; }
  virtual std::string_view server_text() const noexcept { return {}; }

  // Wipes what was derived from secrets.
  virtual void forget() noexcept = 0;

 protected:
  constexpr mechanism() = default;
  constexpr mechanism(const mechanism&) = default;
  constexpr mechanism& operator=(const mechanism&) = default;
  ~mechanism() = default;  // never deleted through this type
};

}  // namespace mailmote::sasl
