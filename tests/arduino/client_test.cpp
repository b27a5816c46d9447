// SPDX-License-Identifier: BSL-1.0
// Arduino's Client, by its real header, as a byte stream.
#include "WiFiNINA.h"

#include <utility>

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
  static constexpr contract::abilities can{
      .tells_resets = false, .writes_after_end = false, .closes_unread_in_order = false};
  explicit client_link(contract::peer kind) : socket_peer{kind} {
    const bool connected = client_.connect("localhost", ntohs(here().sin_port)) == 1;
    REQUIRE(connected == (kind == contract::peer::listens));
  }
  auto& stream() { return stream_; }

 private:
  WiFiClient client_;
  client_stream<Client> stream_{client_};
};

// Its peer sends a last word and hangs up, just when it has been asked what there is.
struct hasty_client {
  bool connected() { return !has_ended; }
  int available() { return std::exchange(has_ended, true) ? static_cast<int>(left.size()) : 0; }
  int read(std::uint8_t* in, std::size_t size) {
    const std::size_t n = left.copy(reinterpret_cast<char*>(in), size);
    left.remove_prefix(n);
    return static_cast<int>(n);
  }
  std::size_t write(const std::uint8_t*, std::size_t) { return 0; }

  bool has_ended = false;
  std::string_view left = "250 ok\r\n";
};

}  // namespace

TEST_CASE("a last word that arrives between two questions is read") {
  hasty_client client;
  client_stream<hasty_client> stream{client};
  char room[20];
  CHECK(stream.read_some(room).status() == mailmote::io_status::want_read);
  CHECK(stream.read_some(room).count() == 8);
  CHECK(stream.read_some(room).status() == mailmote::io_status::closed);
}

TEST_CASE("arduino::client_stream keeps the contract") { contract::check<client_link>(); }
