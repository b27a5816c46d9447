// SPDX-License-Identifier: BSL-1.0
// run.hpp: sends a mail to its end, for a program that has nothing better to do meanwhile.
//
// Knows:          poll and wait, in turn.
// Does not know:  what is waited for: a port's `wait`, or an RTOS task's, blocks on its behalf.
// Bounds:         takes as long as the client's timeouts let it; uses no time between events.
#pragma once

#include <mailmote/client.hpp>
#include <mailmote/io.hpp>

namespace mailmote {

// After `send`: polls and waits until the mail has finished, and says what became of it. With no
// mail under way it answers at once, with what became of the last one. It does not outlive the
// mail: a connection that envelope::then keeps is kept.
template <class Client, waiter Port>
outcome run(Client& client, Port& port) noexcept {
  while (client.poll(port.now()) == status::working) {
    port.wait(client.wants(), client.next_timeout(port.now()));
  }
  return client.result();
}

}  // namespace mailmote
