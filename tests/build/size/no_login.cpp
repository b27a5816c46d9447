// SPDX-License-Identifier: BSL-1.0
// The same without a login.
#include <mailmote/sasl/mechanism.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constexpr mailmote::sasl::mechanism* login = nullptr;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
