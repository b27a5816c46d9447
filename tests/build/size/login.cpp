// SPDX-License-Identifier: BSL-1.0
// The engine with AUTH LOGIN.
#include <mailmote/sasl/login.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constinit mailmote::sasl::login two_steps{"mote17@example.org", "password"};
constexpr auto login = &two_steps;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
