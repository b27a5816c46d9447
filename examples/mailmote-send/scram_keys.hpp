// SPDX-License-Identifier: BSL-1.0
// scram_keys.hpp: what a device needs of a password for SCRAM, as C++.
#pragma once

#include <optional>
#include <string>

#include "options.hpp"

namespace mailmote_send {

// Writes a definition of `login_keys` to `text`, for the user, password, salt and count that were chosen.
std::optional<complaint> derive_scram_keys(const options& chosen, std::string& text);

}  // namespace mailmote_send
