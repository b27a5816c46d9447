// SPDX-License-Identifier: BSL-1.0
// client_bounds_test.cpp: what a mail takes of a small device: no heap, and a poll's work.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <mailmote/client.hpp>
#include <mailmote/envelope_of.hpp>
#include <mailmote/mime/message.hpp>
#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/text/stream_source.hpp>

using namespace mailmote;
using namespace std::string_view_literals;

// ---- the heap of the whole program, counted --------------------------------------------------

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) noexcept {
  ++allocations;
  void* const memory = std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace {

// Answers the end of each line that it waits for, and allocates nothing either.
class frugal_server {
 public:
  frugal_server(std::size_t chunk, bool stutters) : chunk_{chunk}, stutters_{stutters} {}

  io_result read_some(std::span<char> in) noexcept {
    if (reply_.empty() || stutter()) return io_status::want_read;
    const std::size_t n = reply_.copy(in.data(), std::min(in.size(), chunk_));
    reply_.remove_prefix(n);
    return io_result::moved(n);
  }

  io_result write_some(std::span<const char> out) noexcept {
    if (stutter()) return io_status::want_write;
    const std::size_t n = std::min(out.size(), chunk_);
    for (const char c : out.first(n)) hear(c);
    return io_result::moved(n);
  }

  std::size_t octets = 0;  // of the message, with its last dot

 private:
  bool stutter() { return stutters_ && ++calls_ % 2 != 0; }

  void hear(char c) {
    if (in_message_) ++octets;
    line_[size_ < line_.size() ? size_++ : 0] = c;
    if (c == '\n') answer({line_.data(), std::exchange(size_, 0)});
  }

  void answer(std::string_view line) {
    if (in_message_) {
      if (line == ".\r\n") reply_ = "250 2.0.0 taken\r\n", in_message_ = false;
      return;
    }
    in_message_ = line.starts_with("DATA");
    if (line.starts_with("EHLO")) reply_ = "250-mx\r\n250-SIZE\r\n250 AUTH PLAIN LOGIN\r\n";
    if (line.starts_with("AUTH PLAIN")) reply_ = "235 2.7.0 welcome\r\n";
    if (line.starts_with("AUTH LOGIN")) reply_ = "334 VXNlcm5hbWU6\r\n";
    if (line == "bW90ZQ==\r\n") reply_ = "334 UGFzc3dvcmQ6\r\n";
    if (line == "c2VjcmV0\r\n") reply_ = "235 2.7.0 welcome\r\n";
    if (line.starts_with("MAIL") || line.starts_with("RCPT")) reply_ = "250 ok\r\n";
    if (in_message_) reply_ = "354 go\r\n";
    if (line.starts_with("QUIT")) reply_ = "221 bye\r\n";
  }

  std::array<char, 128> line_{};
  std::size_t size_ = 0;
  std::string_view reply_ = "220 mx\r\n";
  std::size_t chunk_;
  std::size_t calls_ = 0;
  bool stutters_;
  bool in_message_ = false;
};

settings with_login(sasl::mechanism& login) {
  return {.helo = "mote",
          .auth = &login,
          .security = security::cleartext,
          .cleartext_auth = cleartext_auth::any};
}

}  // namespace

TEST_CASE("a mail takes no memory from the heap") {
  REQUIRE(std::exchange(allocations, 0) > 0);  // the count counts: doctest has some
  sasl::plain plain{"mote", "secret"};
  sasl::login login{"mote", "secret"};
  const mime::mailbox to[] = {{"ops@example.org", "\u00DCberwachung"}, {"b@example.org"}};
  const mime::part images[] = {{"\x89PNG\0"sv, "gr\u00F6\u00DFe.png", "image/png", "plot"}};
  const mime::part files[] = {{"1,2\r\n"sv, "a \"b\".csv", "text/csv"}};
  const mime::fields with{.from = {"mote@example.org", "Boiler 2"},
                          .to = to,
                          .subject = "zu hei\u00DF",
                          .date = {1795530248, 60},
                          .id = {"mote.example.org", 1, 2},
                          .text = ".\nzu hei\u00DF\n",
                          .html = "<img src=\"cid:plot\">",
                          .images = images,
                          .attachments = files};
  sasl::mechanism* const logins[] = {&plain, &login};
  for (sasl::mechanism* const mechanism : logins) {
    for (const std::size_t chunk : {1u, 7u, 100'000u}) {
      for (const bool stutters : {false, true}) {
        CAPTURE(chunk);
        CAPTURE(stutters);
        const std::size_t before = allocations;
        mime::message mail{with};
        frugal_server server{chunk, stutters};
        no_tls tls;
        client smtp{server, tls, with_login(*mechanism)};
        const errc begun = smtp.send(envelope_of(mail), mail);
        status s = status::working;
        for (int i = 0; i < 100'000 && s != status::finished; ++i) s = smtp.poll(0);
        const std::size_t taken = allocations - before;
        CHECK(taken == 0);
        CHECK(begun == errc::none);
        CHECK(smtp.result().fate == fate::delivered);
        CHECK(smtp.result().accepted == 2);
        CHECK(server.octets == mail.length() + 4);  // a dot that was doubled, and the last line
      }
    }
  }
}

// ---- a poll ----------------------------------------------------------------------------------

namespace {

struct endless_text {
  std::size_t reads = 0;
  io_result read_some(std::span<char> out) noexcept {
    out[0] = 'x';
    ++reads;
    return io_result::moved(1);
  }
};

// A server that never stops talking, or takes all that it is given: there is always more to do.
struct tireless_server {
  std::string_view talk;  // said again and again instead of a greeting
  std::size_t chunk;      // octets taken by one call
  std::size_t moves = 0;
  std::size_t calls = 0;
  std::string_view reply = "220 mx\r\n";
  std::string said{};

  io_result read_some(std::span<char> in) noexcept {
    ++calls;
    if (!talk.empty() && reply.empty()) reply = talk;
    if (reply.empty()) return io_status::want_read;
    in[0] = reply[0];
    reply.remove_prefix(1);
    ++moves;
    return io_result::moved(1);
  }
  io_result write_some(std::span<const char> out) noexcept {
    ++calls;
    ++moves;
    const std::size_t n = std::min(chunk, out.size());
    said.append(out.data(), n);
    if (said.ends_with("EHLO mote\r\n")) reply = "250 mx\r\n";
    if (said.ends_with("<a@b>\r\n") || said.ends_with("<c@d>\r\n")) reply = "250 ok\r\n";
    if (said.ends_with("DATA\r\n")) reply = "354 go\r\n";
    return io_result::moved(n);
  }
};

void check_polls(tireless_server& server) {
  CAPTURE(server.talk);
  CAPTURE(server.chunk);
  no_tls tls;
  client smtp{server, tls, settings{.helo = "mote", .security = security::cleartext}};
  endless_text text;
  stream_source<endless_text> body{text};
  REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
  constexpr std::size_t most = moves_per_poll;
  std::size_t full = 0;
  for (int i = 0; i < 1'000; ++i) {
    server.moves = server.calls = text.reads = 0;
    REQUIRE(smtp.poll(0) == status::working);
    CHECK(server.moves <= most);
    CHECK(server.calls <= 2 * most);
    CHECK(text.reads <= most * buffer_sizes{}.out);
    if (server.moves == most) {
      ++full;
      CHECK(smtp.next_timeout(0) == 0);  // there is more
    }
  }
  CHECK(full > 900);
}

}  // namespace

TEST_CASE("a poll makes a bounded number of moves, however much there is to do") {
  tireless_server talks{.talk = "220-and on\r\n", .chunk = 1};
  talks.reply = "";
  check_polls(talks);
  for (const std::size_t chunk : {1u, 100u, 100'000u}) {
    tireless_server listens{.talk = "", .chunk = chunk};
    check_polls(listens);
    CHECK(listens.said.starts_with("EHLO mote\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nxxx"));
  }
}
