// SPDX-License-Identifier: BSL-1.0
// The engine with AUTH EXTERNAL.
#include <mailmote/sasl/external.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constinit mailmote::sasl::external the_login;
constexpr auto login = &the_login;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
