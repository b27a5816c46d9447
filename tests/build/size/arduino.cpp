// SPDX-License-Identifier: BSL-1.0
// The engine over the port for Arduino's clients.
#include <mailmote/port/arduino.hpp>
#include <mailmote/sasl/plain.hpp>

#include "outside.h"

struct board_client {
  bool connected() { return board_ticks() != 0; }
  int available() { return 1; }
  int read(std::uint8_t* in, std::size_t size) {
    return board_read(reinterpret_cast<char*>(in), size);
  }
  std::size_t write(const std::uint8_t* out, std::size_t size) {
    return static_cast<std::size_t>(board_write(reinterpret_cast<const char*>(out), size));
  }
};

constinit board_client network;
constinit mailmote::arduino::client_stream tcp{network};
constinit mailmote::sasl::plain plain{"mote17@example.org", "password"};
constexpr auto login = &plain;
void connect() { board_connect(587); }

#include "cleartext_client.hpp"
