// SPDX-License-Identifier: BSL-1.0
// The engine with the stronger of two logins, SCRAM-SHA-256 and PLAIN.
#include <mailmote/sasl/plain.hpp>
#include <mailmote/sasl/scram.hpp>
#include <mailmote/sasl/strongest.hpp>

#include "hash.hpp"

constinit board_stream tcp;
constinit board_random dice;
constinit mailmote::sasl::scram<board_hash<32>> scram{"mote17@example.org", "password", dice};
constinit mailmote::sasl::plain plain{"mote17@example.org", "password"};
constinit mailmote::sasl::strongest the_login{scram, plain};
constexpr auto login = &the_login;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
