// SPDX-License-Identifier: BSL-1.0
// Arduino's Client, by its real header, as a byte stream.
#include "WiFiNINA.h"

// After Arduino's headers, which have macros.
#include <mailmote/port/arduino.hpp>

#include "port/socket_peer.hpp"

unsigned long millis() { return 0; }
void delay(unsigned long) {}
size_t serial_port::write(uint8_t) { return 1; }

namespace {

using mailmote::arduino::client_stream;
static_assert(mailmote::arduino::client_shape<Client>);
static_assert(mailmote::byte_stream<client_stream<Client>>);

struct client_link : socket_peer {
  static constexpr contract::abilities can{.tells_resets = false, .writes_after_end = false};
  explicit client_link(contract::peer kind) : socket_peer{kind} {
    const bool connected = client_.connect("localhost", ntohs(here().sin_port)) == 1;
    REQUIRE(connected == (kind == contract::peer::listens));
  }
  auto& stream() { return stream_; }

 private:
  WiFiClient client_;
  client_stream<Client> stream_{client_};
};

}  // namespace

TEST_CASE("arduino::client_stream keeps the contract") { contract::check<client_link>(); }
