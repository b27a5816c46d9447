// SPDX-License-Identifier: BSL-1.0
// site.hpp: where this device stands, and how it logs in. A product keeps this in a flash page of its
// own, with its password.
#pragma once

#include <lwip/ip_addr.h>

#include <mailmote/smtp/settings.hpp>

namespace site {

// What IP4_ADDR does, where a constant is needed.
constexpr ip4_addr_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return {a | b << 8 | c << 16 | d << 24};
}

inline constexpr std::uint8_t mac[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
inline constexpr ip4_addr_t own_address = ipv4(10, 0, 2, 15);
inline constexpr ip4_addr_t netmask = ipv4(255, 255, 255, 0);
inline constexpr ip4_addr_t gateway = ipv4(10, 0, 2, 2);

inline constexpr ip4_addr_t relay = ipv4(10, 0, 2, 2);  // the host's loopback, under QEMU
inline constexpr std::uint16_t relay_port = 587;
inline constexpr const char* relay_name = "mail.example.test";  // what its certificate must prove

inline constexpr const char* user = "mote17@example.test";
inline constexpr const char* password = "correct horse battery staple";

// RFC 5321's minutes are for servers with long queues; this one stands next door, and an alert that
// is stuck is better tried again. A build for a bad link may have more.
#ifndef SITE_PATIENCE
#define SITE_PATIENCE 6'000
#endif
inline constexpr mailmote::milliseconds patience = SITE_PATIENCE;
inline constexpr mailmote::timeouts timeouts{.greeting = patience,
                                             .ehlo = patience,
                                             .starttls = patience,
                                             .handshake = patience,
                                             .auth = patience,
                                             .mail = patience,
                                             .rcpt = patience,
                                             .data = patience,
                                             .block = patience,
                                             .accept = patience,
                                             .quit = patience};

}  // namespace site
