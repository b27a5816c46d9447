// SPDX-License-Identifier: BSL-1.0
// The engine with AUTH SCRAM-SHA-256, the hash function not counted.
#include <mailmote/sasl/scram.hpp>

#include "hash.hpp"

constinit board_stream tcp;
constinit board_random dice;
constinit mailmote::sasl::scram<board_hash<32>> the_login{"mote17@example.org", "password", dice};
constexpr auto login = &the_login;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
