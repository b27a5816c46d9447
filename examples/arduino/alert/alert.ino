// SPDX-License-Identifier: BSL-1.0
// An alert from an Arduino with WiFi: a board with 200 KB of flash and 64 KB of RAM to spare, such as
// the Nano RP2040 Connect, and a core that compiles C++20 (-std=gnu++20).
//
// Beside this sketch lie arduino_secrets.h, and mailmote.hpp as it is in single_include/. The library
// manager has WiFiNINA and wolfSSL; wolfSSL's user_settings.h wants WOLFSSL_ALWAYS_VERIFY_CB.
#include <WiFiNINA.h>
#include <wolfssl.h>

#define MAILMOTE_WOLFSSL
#include "mailmote.hpp"

#include "arduino_secrets.h"

WiFiClient network;
mailmote::arduino::client_stream tcp{network};
mailmote::wolfssl::context trust{{.anchors = SECRET_ANCHORS}};
mailmote::wolfssl::session tls{trust};
mailmote::sasl::plain login{SECRET_USER, SECRET_PASSWORD};
mailmote::client smtp{tcp, tls, {.host = SECRET_RELAY, .helo = "mote17.example.org", .auth = &login}};
mailmote::text_source alert{"From: <mote17@example.org>\r\n"
                            "To: <ops@example.org>\r\n"
                            "Subject: 94 degrees\r\n"
                            "\r\n"
                            "Boiler 2 is too hot.\r\n"};

void sendAlert() {
  if (!smtp.idle()) return;  // one mail at a time
  unsigned long now;         // certificates have dates, and a radio has the time after a while
  while ((now = WiFi.getTime()) == 0) delay(500);
  tls.set_time(static_cast<std::int64_t>(now));
  network.connect(SECRET_RELAY, SECRET_PORT);               // if it fails, result() will say so
  const mailmote::errc refused =
      smtp.send({.from = "mote17@example.org", .to = "ops@example.org"}, alert);
  if (refused != mailmote::errc::none) Serial.println(mailmote::explain(refused).data());
}

void setup() {
  Serial.begin(115200);
  while (WiFi.begin(SECRET_SSID, SECRET_WIFI_PASSWORD) != WL_CONNECTED) delay(1000);
  sendAlert();
}

void loop() {
  if (smtp.poll(millis()) != mailmote::status::finished) return;
  const mailmote::outcome mail = smtp.result();
  Serial.println(mail.fate == mailmote::fate::delivered ? "delivered"
                                                        : mailmote::explain(mail.error).data());
}
