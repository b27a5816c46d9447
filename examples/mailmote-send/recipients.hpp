// SPDX-License-Identifier: BSL-1.0
// recipients.hpp: those who get the mail, from a file that lists them.
#pragma once

#include <optional>

#include "options.hpp"

namespace mailmote_send {

// Puts the addresses of --to-file behind those of --to. An address that cannot be sent is named with
// its line.
std::optional<complaint> read_recipients(options& chosen);

}  // namespace mailmote_send
