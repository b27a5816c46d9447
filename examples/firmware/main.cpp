// SPDX-License-Identifier: BSL-1.0
// main.cpp: a thermostat that sends one alert, and goes on blinking meanwhile.
//
// Under an emulator its arguments are port=NUMBER, ip=dhcp and test=overflow; its exit code is 0
// when the mail was delivered, else the number of the errc.
#include <mailmote/mailmote.hpp>
#include <mailmote/port/lwip.hpp>
#include <mailmote/tls/wolfssl.hpp>

#include "board.hpp"
#include "network.hpp"
#include "root_ca.hpp"
#include "site.hpp"
#include "thermostat.hpp"

namespace {

constinit mailmote::lwip::tcp_stream tcp;
constinit mailmote::wolfssl::context trust{{.anchors = root_ca}};
constinit mailmote::wolfssl::session tls{trust};
constinit mailmote::sasl::plain login{site::user, site::password};
constinit mailmote::client smtp{tcp,
                                tls,
                                {.host = site::relay_name,
                                 .helo = "mote17.example.test",
                                 .auth = &login,
                                 .timeouts = site::timeouts}};

constinit temperature_log temperatures;
constinit mailmote::stream_source csv{temperatures};
constinit const mailmote::mime::part files[] = {
    {.octets = csv, .file_name = "Kessel 2.csv", .type = "text/csv"}};
constinit mailmote::mime::fields about{.from = {"mote17@example.test", "Kessel 2"},
                                       .to = "ops@example.test",
                                       .subject = "\u00DCberhitzung: 94 \u00B0C",
                                       .text = "Kessel 2 ist zu hei\u00DF.\n",
                                       .attachments = files};
constinit mailmote::mime::message alert{about};

// What a turn of the loop costs, before the connection is proven to be safe and after.
struct turns {
  std::uint64_t count = 0;
  std::uint64_t all = 0;      // instructions, without those that were slept through
  std::uint64_t longest = 0;  // in one turn
  void add(std::uint64_t taken) {
    ++count;
    all += taken;
    if (taken > longest) longest = taken;
  }
};
constinit turns until_safe, since_safe;
constinit std::uint32_t blinks;

void blink() { ++blinks; }

std::uint16_t relay_port() {
  std::uint32_t port = 0;
  for (const char c : board::argument("port"))
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  return port == 0 ? site::relay_port : static_cast<std::uint16_t>(port);
}

void send_alert() {
  const std::int64_t now = board::unix_time();
  about.date = {now, 60};
  about.id = {"mote17.example.test", static_cast<std::uint64_t>(now), 1};
  tls.set_time(now);
  if (tcp.connect(ip_addr_t(site::relay), relay_port()) != mailmote::errc::none) board::exit(255);
  const mailmote::errc refused = smtp.send(mailmote::envelope_of(alert), alert);
  if (refused != mailmote::errc::none) board::exit(static_cast<int>(refused));
}

void print(std::string_view what, std::uint64_t number) {
  board::print(what);
  board::print(number);
  board::print("\n");
}

[[noreturn]] void report(const mailmote::outcome& result) {
  constexpr std::string_view fates[] = {"delivered", "not delivered", "unknown"};
  board::print(fates[static_cast<std::size_t>(result.fate)]);
  print(", error ", static_cast<std::uint64_t>(result.error));
  print("reply ", result.code);
  print("of wolfSSL ", static_cast<std::uint64_t>(-tls.native_error()));
  print("blinked meanwhile ", blinks);
  print("instructions until safe ", until_safe.all);
  print("instructions since safe ", since_safe.all);
  print("longest turn until safe ", until_safe.longest);
  print("longest turn since safe ", since_safe.longest);
  print("deepest stack ", board::deepest_stack());
  print("fullest heap of wolfSSL ", board::fullest_heap());
  print("static RAM ", board::static_ram());
  const bool is_delivered = result.fate == mailmote::fate::delivered;
  board::exit(is_delivered ? 0 : static_cast<int>(result.error));
}

// For the guard below the stack.
[[gnu::noinline]] int overflow(int depth) {
  volatile char room[256] = {};
  return depth == 0 ? room[0] : overflow(depth - 1) + room[1];
}

}  // namespace

int application() {
  board::start();
  board::print("random numbers of a TEST SEED\n");
  if (board::argument("test") == "overflow") board::exit(overflow(10'000));
  const bool by_dhcp = board::argument("ip") == "dhcp";
  network::start(by_dhcp ? network::address_from::dhcp : network::address_from::configuration);
  while (!network::is_up()) network::poll();
  send_alert();
  for (;;) {
    const std::uint64_t begin = board::instructions();
    network::poll();
    const bool was_safe = tls.is_safe();
    const mailmote::status status = smtp.poll(board::millis());
    blink();
    const std::uint64_t taken = board::instructions() - begin;
    (was_safe ? since_safe : until_safe).add(taken);
    if (status == mailmote::status::finished) break;
    if (smtp.next_timeout(board::millis()) > 0) board::sleep();
  }
  for (int i = 0; i < 100; ++i) {  // the connection's last packets
    network::poll();
    board::sleep();
  }
  report(smtp.result());
}
