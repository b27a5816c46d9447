// SPDX-License-Identifier: BSL-1.0
// The engine over the port for lwIP's sockets; lwIP itself is not counted.
#include <mailmote/port/lwip_socket.hpp>
#include <mailmote/sasl/plain.hpp>

constinit mailmote::lwip::socket_stream tcp;
constinit mailmote::sasl::plain plain{"mote17@example.org", "password"};
constexpr auto login = &plain;
void connect() { (void)tcp.connect({}); }

#include "cleartext_client.hpp"
