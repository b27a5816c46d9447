// SPDX-License-Identifier: BSL-1.0
// The engine, the pump, AUTH PLAIN and a ready-made text, without TLS.
#include <mailmote/sasl/plain.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constinit mailmote::sasl::plain plain{"mote17@example.org", "password"};
constexpr auto login = &plain;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
