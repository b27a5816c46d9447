// SPDX-License-Identifier: BSL-1.0
// What the README's logins are made of: declared here, so that their block can be compiled.
#pragma once

#include <string_view>

#include <mailmote/mailmote.hpp>
#include <mailmote/sasl/scram.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>

constexpr mailmote::sasl::scram_keys<mailmote::wolfssl::sha_256> login_keys{
    .salt = {'\x5B', '\x6D'}, .salt_size = 2, .iterations = 4096};
inline constexpr std::string_view token = "ya29.token";
