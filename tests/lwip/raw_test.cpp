// SPDX-License-Identifier: BSL-1.0
// lwIP's raw API as a byte stream, over its loop interface.
#include <lwip/dns.h>
#include <lwip/init.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/stats.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>

#include <cctype>
#include <cstring>
#include <utility>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/lwip.hpp>

#include "lwip_peer.hpp"

using mailmote::errc;
using mailmote::io_status;

namespace {

u32_t lwip_time = 0;  // milliseconds

ip_addr_t loopback() { return IPADDR4_INIT_BYTES(127, 0, 0, 1); }

void run_lwip(int steps = 1) {
  for (; steps > 0; --steps) {
    lwip_time += 10;
    netif_poll_all();
    sys_check_timeouts();
  }
}

// Its loop interface, in time that the test makes.
struct world {
  struct lock {
    lock() {}  // there is one thread
  };
  static ip_addr_t address() { return loopback(); }
  static void run() { run_lwip(); }
  static void start() {
    static const bool begun = (lwip_init(), true);
    REQUIRE(begun);
  }
};

struct raw_link : lwip_peer<world> {
  static constexpr contract::abilities can{};
  explicit raw_link(contract::peer kind) : lwip_peer{kind} {
    REQUIRE(stream_.connect(loopback(), port()) == errc::none);
  }
  ~raw_link() { stream_.close(); }
  auto& stream() { return stream_; }

 private:
  mailmote::lwip::tcp_stream stream_;
};

static_assert(mailmote::byte_stream<mailmote::lwip::tcp_stream>);
static_assert(std::is_trivially_destructible_v<mailmote::lwip::tcp_stream>);
static_assert(sizeof(mailmote::lwip::tcp_stream) <= 5 * sizeof(void*));

// A name server at 127.0.0.1 that knows one name, and is silent about the others.
class name_server {
 public:
  name_server() : pcb_{udp_new()} {
    const ip_addr_t here = loopback();
    REQUIRE(udp_bind(pcb_, &here, 53) == ERR_OK);
    dns_setserver(0, &here);
    udp_recv(
        pcb_,
        [](void* self, udp_pcb*, pbuf* query, const ip_addr_t* from, u16_t port) {
          static_cast<name_server*>(self)->answer(query, from, port);
        },
        this);
  }
  ~name_server() { udp_remove(pcb_); }

  int queries = 0;

 private:
  void answer(pbuf* query, const ip_addr_t* from, u16_t port) {
    ++queries;
    std::string text(query->tot_len, '\0');
    pbuf_copy_partial(query, text.data(), query->tot_len, 0);
    pbuf_free(query);
    std::string name = text;
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool is_known = name.find("\4mail\7example\4test") != std::string::npos;
    const bool is_unknown = name.find("\4nope") != std::string::npos;
    if (!is_known && !is_unknown) return;
    text[2] = static_cast<char>(0x81);  // an answer (RFC 1035 section 4.1.1)
    text[3] = static_cast<char>(is_known ? 0x80 : 0x83);
    if (is_known) {
      text[7] = 1;
      text += std::string_view{"\xC0\x0C\0\1\0\1\0\0\0\x3C\0\4\x7F\0\0\1", 16};
    }
    pbuf* const reply = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(text.size()), PBUF_RAM);
    pbuf_take(reply, text.data(), static_cast<u16_t>(text.size()));
    udp_sendto(pcb_, reply, from, port);
    pbuf_free(reply);
  }

  udp_pcb* pcb_;
};

io_status status_after(mailmote::lwip::tcp_stream& stream, int steps) {
  char octet;
  for (int i = 0; i < steps; ++i) {
    const io_status status = stream.read_some({&octet, 1}).status();
    if (status != io_status::want_write) return status;
    run_lwip();
  }
  return io_status::want_write;
}

}  // namespace

extern "C" u32_t sys_now() { return lwip_time; }

TEST_CASE("lwip::tcp_stream keeps the contract") { contract::check<raw_link>(); }

TEST_CASE("a name is looked up before it is connected to") {
  lwip_peer<world> peer{contract::peer::listens};
  name_server names;
  mailmote::lwip::tcp_stream stream;
  REQUIRE(stream.connect("mail.example.test", peer.port()) == errc::none);
  CHECK(status_after(stream, 1000) == io_status::want_read);
  CHECK(names.queries == 1);
  stream.close();

  // lwIP remembers it.
  REQUIRE(stream.connect("mail.example.test", peer.port()) == errc::none);
  CHECK(status_after(stream, 1000) == io_status::want_read);
  CHECK(names.queries == 1);
  stream.close();
}

TEST_CASE("a name that does not exist is a failed stream") {
  lwip_peer<world> peer{contract::peer::listens};
  name_server names;
  mailmote::lwip::tcp_stream stream;
  REQUIRE(stream.connect("nope.example.test", 25) == errc::none);
  CHECK(status_after(stream, 10'000) == io_status::failed);
  CHECK(stream.native_error() == ERR_VAL);
}

TEST_CASE("an answer that comes too late is nobody's") {
  lwip_peer<world> peer{contract::peer::listens};
  name_server names;
  mailmote::lwip::tcp_stream stream;
  REQUIRE(stream.connect("slow.example.test", 25) == errc::none);
  CHECK(status_after(stream, 3) == io_status::want_write);
  stream.close();
  CHECK(status_after(stream, 3) == io_status::failed);
  REQUIRE(stream.connect(loopback(), peer.port()) == errc::none);
  CHECK(status_after(stream, 100) == io_status::want_read);
  run_lwip(10'000);  // the look-up is given up, and tells the stream
  CHECK(status_after(stream, 1) == io_status::want_read);
  stream.close();
}

TEST_CASE("what is written goes out at the flush, in as few packets as it fits") {
  raw_link link{contract::peer::listens};
  contract::connect(link);
  for (int i = 0; i < 10; ++i) REQUIRE(link.stream().write_some({"0123456789", 10}).count() == 10);
  run_lwip(3);
  CHECK(link.receive(1000).empty());
  const auto packets = lwip_stats.tcp.xmit;
  link.stream().flush();
  CHECK(lwip_stats.tcp.xmit == packets + 1);
  netif_poll_all();
  CHECK(link.receive(1000).size() == 100);
}

TEST_CASE("a stream that is closed while a name is looked up may go once it is awaited no more") {
  name_server names;
  {
    mailmote::lwip::tcp_stream stream;
    REQUIRE(stream.connect("slow.example.test", 25) == errc::none);
    stream.close();
    REQUIRE(stream.connect("Slow.Example.test", 25) == errc::none);
    stream.close();
    CHECK(stream.is_awaited());
    for (int i = 0; i < 20'000 && stream.is_awaited(); ++i) run_lwip();
    CHECK(!stream.is_awaited());
  }
  run_lwip(20'000);
}

TEST_CASE("whoever looks up the same name in other letters is answered too") {
  lwip_peer<world> peer{contract::peer::listens};
  name_server names;
  mailmote::lwip::tcp_stream one, two;
  REQUIRE(one.connect("MAIL.example.test", peer.port()) == errc::none);
  REQUIRE(two.connect("mail.EXAMPLE.test", peer.port()) == errc::none);
  CHECK(status_after(one, 1000) == io_status::want_read);
  CHECK(status_after(two, 1000) == io_status::want_read);
  one.close();
  two.close();
}

TEST_CASE("an abort is a reset for the peer") {
  raw_link link{contract::peer::listens};
  contract::connect(link);
  REQUIRE(link.send("250 ok\r\n") == 8);
  run_lwip(2);
  link.stream().abort();
  run_lwip(2);
  CHECK(link.was_reset());
  char octet;
  CHECK(link.stream().read_some({&octet, 1}).status() == io_status::failed);
}

TEST_CASE("a server's last words are read before its reset") {
  raw_link link{contract::peer::listens};
  contract::connect(link);
  REQUIRE(link.send("554 go away\r\n") == 13);
  run_lwip(2);
  link.reset();
  run_lwip(2);
  std::string came;
  CHECK(contract::drain(link, came, 100) == io_status::failed);
  CHECK(came == "554 go away\r\n");
  CHECK(link.stream().native_error() == ERR_RST);
}

TEST_CASE("a stream is used again and again, and lwIP gets everything back") {
  for (int i = 0; i < 50; ++i) {
    raw_link link{contract::peer::listens};
    if (i % 2 == 0) contract::connect(link);
    if (i % 3 == 0) link.stream().close();
    REQUIRE(link.stream().connect(loopback(), link.port()) == errc::none);
    CHECK(status_after(link.stream(), 100) == io_status::want_read);
  }
  run_lwip(
      5'000);  // some wait for the peer's goodbye, which never comes, until lwIP is tired of it
  for (const tcp_pcb* pcb = tcp_active_pcbs; pcb != nullptr; pcb = pcb->next) {
    CHECK(pcb->local_port <= 2000);  // the peers' own
  }
}

TEST_CASE("a mail goes through lwIP, and its server may be rude") {
  struct server : raw_link {
    using raw_link::raw_link;
    std::string heard, line;
    // One reply a command; the message ends in a dot.
    void serve() {
      for (const char c : receive(4096)) {
        heard += c;
        line += c;
        if (!line.ends_with("\r\n")) continue;
        const std::string said = std::exchange(line, "");
        if (in_message) {
          if (said != ".\r\n") continue;
          in_message = false;
          if (is_rude) return reset();
          say("250 taken\r\n");
        } else if (said.starts_with("DATA")) {
          in_message = true;
          say("354 go\r\n");
        } else {
          say(said.starts_with("EHLO") ? "250-hi\r\n250 PIPELINING\r\n" : "250 ok\r\n");
        }
      }
    }
    void say(std::string_view text) { CHECK(send(text) == text.size()); }
    bool in_message = false;
    bool is_rude = false;
  };
  for (const bool is_rude : {false, true}) {
    server there{contract::peer::listens};
    there.is_rude = is_rude;
    mailmote::no_tls tls;
    mailmote::client smtp{there.stream(),
                          tls,
                          {.host = "mail.example.test",
                           .helo = "mote17.example.test",
                           .security = mailmote::security::cleartext}};
    const std::string message = "Subject: hot\r\n\r\n" + std::string(20'000, 'x') + "\r\n";
    mailmote::text_source text{message};
    REQUIRE(smtp.send({.from = "a@example.test", .to = "b@example.test"}, text) == errc::none);
    there.say("220 hi\r\n");
    mailmote::status status = mailmote::status::working;
    for (int i = 0; i < 10'000 && status == mailmote::status::working; ++i) {
      status = smtp.poll(lwip_time);
      run_lwip();
      if (!there.was_reset()) there.serve();
    }
    REQUIRE(status == mailmote::status::finished);
    CHECK(smtp.result().fate == (is_rude ? mailmote::fate::unknown : mailmote::fate::delivered));
    CHECK(there.heard.find(std::string(20'000, 'x')) != std::string::npos);
  }
}
