// SPDX-License-Identifier: BSL-1.0
// What the README's firmware has besides mail: declared here, so that its block can be compiled.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/mailmote.hpp>

inline constexpr std::string_view root_ca_pem = "-----BEGIN CERTIFICATE-----";
inline constexpr std::string_view password = "secret";
extern const std::string_view ops_team[3];
std::uint32_t millis();
std::int64_t unix_time();
void network_poll();
void modem_connect(const char* host, int port);
int modem_read(char* octets, std::size_t size);
int modem_write(const char* octets, std::size_t size);
void report(const mailmote::outcome& outcome);
