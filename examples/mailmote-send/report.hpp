// SPDX-License-Identifier: BSL-1.0
// report.hpp: an outcome in sentences.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mailmote/smtp/outcome.hpp>

namespace mailmote_send {

// What became of a mail for `recipients` people. `reason` says in words why, if something failed.
std::string report(const mailmote::outcome& mail, std::size_t recipients, std::string_view reason);

// Where in the dialogue an error has struck, if the error alone does not say so: " at RCPT".
std::string_view place_of(const mailmote::outcome& mail);

// What a server has said of a login that it refused, beside its reply; empty: nothing.
std::string words_on_login(const mailmote::outcome& mail);

}  // namespace mailmote_send
