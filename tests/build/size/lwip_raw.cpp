// SPDX-License-Identifier: BSL-1.0
// The engine over the port for lwIP's raw API; lwIP itself is not counted.
#include <mailmote/port/lwip.hpp>
#include <mailmote/sasl/plain.hpp>

constinit mailmote::lwip::tcp_stream tcp;
constinit mailmote::sasl::plain plain{"mote17@example.org", "password"};
constexpr auto login = &plain;
void connect() { (void)tcp.connect("mail.example.org", 587); }

#include "cleartext_client.hpp"
