// SPDX-License-Identifier: BSL-1.0
// timeouts.hpp: how long each phase may take before the server counts as gone.
//
// Knows:          the minima of RFC 5321 section 4.5.3.2, which are the defaults.
// Does not know:  what time it is.
// Bounds:         each at most `longest_timeout` (clock.hpp).
#pragma once

#include <mailmote/clock.hpp>

namespace mailmote {

// Each is for one whole reply, or for one block of the message to be taken; a byte now and then
// does not prolong it.
struct timeouts {
  milliseconds greeting = 300'000;   // connecting, and the greeting (4.5.3.2.1)
  milliseconds ehlo = 300'000;       // not named there; as MAIL
  milliseconds starttls = 120'000;   // the reply to STARTTLS (RFC 3207 names none)
  milliseconds handshake = 120'000;  // the whole TLS handshake
  milliseconds auth = 180'000;       // each reply of a login
  milliseconds mail = 300'000;       // MAIL, and RSET (4.5.3.2.2)
  milliseconds rcpt = 300'000;       // each RCPT (4.5.3.2.3)
  milliseconds data = 120'000;       // the 354 (4.5.3.2.4)
  milliseconds block = 180'000;   // each part of the message, until the stream takes it (4.5.3.2.5)
  milliseconds accept = 600'000;  // the reply to the final dot (4.5.3.2.6)
  milliseconds quit = 15'000;     // the 221: the mail's fate is known, so not for long
  milliseconds source = 180'000;  // a body source, or a login, that keeps saying "not yet"
};

inline constexpr timeouts default_timeouts{};

// Which timeouts a client has: referred to, like the strings of its settings, so that those of RFC 5321
// cost no memory. They must live as long; those that would not do not compile.
class timeouts_reference {
 public:
  constexpr timeouts_reference(const timeouts& to) noexcept : to_{&to} {}
  timeouts_reference(const timeouts&&) = delete;
  constexpr const timeouts& operator*() const noexcept { return *to_; }

 private:
  const timeouts* to_;
};

// How often a body that says "not yet" is asked again.
inline constexpr milliseconds source_pace = 20;

// From when on silence in place of a greeting is a sign of its own: a server that waits for TLS.
inline constexpr milliseconds greeting_patience = 10'000;

}  // namespace mailmote
