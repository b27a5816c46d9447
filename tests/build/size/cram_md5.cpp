// SPDX-License-Identifier: BSL-1.0
// The engine with AUTH CRAM-MD5, the hash function not counted.
#include <mailmote/sasl/cram_md5.hpp>

#include "hash.hpp"

constinit board_stream tcp;
constinit mailmote::sasl::cram_md5<board_hash<16>> the_login{"mote17@example.org", "password"};
constexpr auto login = &the_login;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
