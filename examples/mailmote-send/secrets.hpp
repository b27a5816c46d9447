// SPDX-License-Identifier: BSL-1.0
// secrets.hpp: what a login is made of, from where it is.
#pragma once

#include <optional>

#include "options.hpp"

namespace mailmote_send {

// Fetches password, token, certificate and key, if they are wanted.
std::optional<complaint> read_secrets(options& chosen);

}  // namespace mailmote_send
