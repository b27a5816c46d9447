// SPDX-License-Identifier: BSL-1.0
// The sketch's secrets, as a test knows them.
#pragma once

const char* secret_anchors();
uint16_t secret_port();

#define SECRET_SSID ""
#define SECRET_WIFI_PASSWORD ""
#define SECRET_RELAY "localhost"
#define SECRET_PORT secret_port()
#define SECRET_USER "mote17@example.test"
#define SECRET_PASSWORD "correct-horse"
#define SECRET_ANCHORS secret_anchors()
