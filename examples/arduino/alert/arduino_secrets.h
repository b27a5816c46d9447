// SPDX-License-Identifier: BSL-1.0
// What only you know. SECRET_ANCHORS is the certificate of the authority that your provider's chain
// ends in, as PEM.
#pragma once

#define SECRET_SSID "home"
#define SECRET_WIFI_PASSWORD "..."
#define SECRET_RELAY "mail.example.org"
#define SECRET_PORT 587
#define SECRET_USER "mote17@example.org"
#define SECRET_PASSWORD "..."
#define SECRET_ANCHORS "-----BEGIN CERTIFICATE-----\n..."
