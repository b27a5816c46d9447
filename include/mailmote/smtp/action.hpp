// SPDX-License-Identifier: BSL-1.0
// action.hpp: the words in which a session tells its driver what to do.
//
// Knows:          that octets, time and a handshake are all there is to the outside.
// Does not know:  how any of it is done.
// Bounds:         one byte.
#pragma once

#include <cstdint>

#include <mailmote/clock.hpp>

namespace mailmote::smtp {

// What the driver does next.
enum class action : std::uint8_t {
  none,       // nothing is under way; reading notices a server that ends an idle connection
  write,      // hand down what output() gives, and read meanwhile
  read,       // a reply is due
  wait,       // the body or the login has nothing yet: come again in time, and read meanwhile
  handshake,  // do the TLS handshake, then say secured() or ended()
  close,      // the connection is over
};

// How often a body that says "not yet" is asked again.
inline constexpr milliseconds source_pace = 20;

// From when on silence in place of a greeting is a sign of its own: a server that waits for TLS.
inline constexpr milliseconds greeting_patience = 10'000;

}  // namespace mailmote::smtp
