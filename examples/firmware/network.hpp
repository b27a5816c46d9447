// SPDX-License-Identifier: BSL-1.0
// network.hpp: lwIP on the board's Ethernet, in a super-loop.
//
// Knows:          one network card; an address that is given, or DHCP's.
// Does not know:  what goes over it.
// Bounds:         one frame of RAM beside lwIP's own; a poll takes at most eight frames.
#pragma once

namespace network {

enum class address_from { configuration, dhcp };

void start(address_from source);
bool is_up();  // there is an address
void poll();   // takes what has arrived, and runs lwIP's timers

}  // namespace network
