// SPDX-License-Identifier: BSL-1.0
// The engine with AUTH XOAUTH2.
#include <mailmote/sasl/xoauth2.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constinit mailmote::sasl::xoauth2 the_login{"mote17@example.org", "token"};
constexpr auto login = &the_login;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
