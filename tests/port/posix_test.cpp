// SPDX-License-Identifier: BSL-1.0
// Connections over 127.0.0.1, and what the port makes of them when they go wrong.
#include <mailmote/port/posix.hpp>

#include <signal.h>
#include <sys/time.h>

#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

using mailmote::errc;
using mailmote::io_result;
using mailmote::io_status;
using mailmote::no_timeout;
using mailmote::posix::address;
using mailmote::posix::address_list;
using mailmote::posix::tcp_stream;

static_assert(mailmote::byte_stream<tcp_stream> && mailmote::waiter<tcp_stream>);
static_assert(sizeof(tcp_stream) < 300);
constinit tcp_stream made_before_main;

// A socket on a free port of 127.0.0.1, closed when it is left.
class local_socket {
 public:
  local_socket() : fd_{::socket(AF_INET, SOCK_STREAM, 0)} {
    here_.v4.sin_family = AF_INET;
    here_.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = here_.size();
    REQUIRE(::bind(fd_, &here_.any, size) == 0);
    REQUIRE(::getsockname(fd_, &here_.any, &size) == 0);
  }
  explicit local_socket(int fd) : fd_{fd} { REQUIRE(fd >= 0); }
  local_socket(const local_socket&) = delete;
  local_socket& operator=(const local_socket&) = delete;
  ~local_socket() { close(); }

  address here() const { return here_; }
  int native_handle() const { return fd_; }
  void listen() const { REQUIRE(::listen(fd_, 8) == 0); }
  int accept() const { return ::accept(fd_, nullptr, nullptr); }
  void send(std::string_view text) const {
    REQUIRE(::send(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }
  std::string receive() const {
    std::array<char, 65'536> room;
    const ssize_t n = ::recv(fd_, room.data(), room.size(), 0);
    REQUIRE(n >= 0);
    return {room.data(), static_cast<std::size_t>(n)};
  }
  void say_no_more() const { REQUIRE(::shutdown(fd_, SHUT_WR) == 0); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void reset() {  // the peer sees ECONNRESET
    const linger abort{1, 0};
    REQUIRE(::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort) == 0);
    close();
  }

 private:
  address here_{};
  int fd_;
};

// A port that refuses: nobody else can have it, and nobody listens.
struct refusing_port : local_socket {};

struct listening_port : local_socket {
  listening_port() { listen(); }
};

address_list list_of(std::initializer_list<address> addresses) {
  address_list list;
  for (const address& a : addresses) list.items[list.size++] = a;
  return list;
}

io_status read_when_ready(tcp_stream& stream, std::string& text) {
  for (;;) {
    std::array<char, 64> room;
    const io_result result = stream.read_some(room);
    if (result.ok()) {
      text.assign(room.data(), result.count());
      return io_status::ok;
    }
    if (result.status() == io_status::closed || result.status() == io_status::failed) {
      return result.status();
    }
    const bool to_read = result.status() == io_status::want_read;
    stream.wait({.read = to_read, .write = !to_read}, no_timeout);
  }
}

io_status write_when_ready(tcp_stream& stream, std::string_view text) {
  for (;;) {
    const io_result result = stream.write_some(text);
    if (result.status() != io_status::want_write) return result.status();
    stream.wait({.write = true}, no_timeout);
  }
}

TEST_CASE("what is written to a connection arrives, in both directions") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  const local_socket peer{server.accept()};
  REQUIRE(write_when_ready(stream, "EHLO mote\r\n") == io_status::ok);
  CHECK(peer.receive() == "EHLO mote\r\n");
  peer.send("250 hello\r\n");
  std::string text;
  CHECK(read_when_ready(stream, text) == io_status::ok);
  CHECK(text == "250 hello\r\n");
  CHECK(stream.native_error() == 0);
}

TEST_CASE("a server is found by its numeric address without a name server") {
  address_list found;
  REQUIRE(mailmote::posix::resolve("192.0.2.7", 587, found) == errc::none);
  REQUIRE(found.size == 1);
  CHECK(found.items[0].v4.sin_family == AF_INET);
  CHECK(found.items[0].v4.sin_addr.s_addr == htonl(0xC0000207));
  CHECK(found.items[0].v4.sin_port == htons(587));
  REQUIRE(mailmote::posix::resolve("2001:db8::7", 465, found) == errc::none);
  REQUIRE(found.size == 1);
  CHECK(found.items[0].v6.sin6_family == AF_INET6);
  CHECK(found.items[0].v6.sin6_addr.s6_addr[0] == 0x20);
  CHECK(found.items[0].v6.sin6_addr.s6_addr[15] == 0x07);
  CHECK(found.items[0].v6.sin6_port == htons(465));
}

TEST_CASE("a name that no name server could know is no such host") {
  const std::string label(63, 'x');
  const std::string too_long = label + "." + label + "." + label + "." + label;
  tcp_stream stream;
  CHECK(stream.connect(too_long, 587) == errc::no_such_host);
  CHECK(stream.connect("", 587) == errc::no_such_host);
  CHECK(stream.connect(std::string(5000, 'x'), 587) == errc::no_such_host);
  CHECK(stream.connect(std::string_view{"127.0.0.1\0.example.org", 22}, 587) == errc::no_such_host);
  std::array<char, 1> room;
  CHECK(stream.read_some(room).status() == io_status::failed);
}

TEST_CASE("a refused connection fails, says why, and goes on failing") {
  const refusing_port nobody;
  tcp_stream stream;
  std::string text;
  if (stream.connect(list_of({nobody.here()})) == errc::none) {
    CHECK(read_when_ready(stream, text) == io_status::failed);
  }
  CHECK(stream.native_error() == ECONNREFUSED);
  CHECK(read_when_ready(stream, text) == io_status::failed);
  CHECK(write_when_ready(stream, "QUIT\r\n") == io_status::failed);
  CHECK(stream.native_error() == ECONNREFUSED);
}

TEST_CASE("while the server has not taken the connection, reading and writing want to write") {
  const local_socket busy;
  REQUIRE(::listen(busy.native_handle(), 0) == 0);
  std::array<tcp_stream, 8> streams;  // more than a queue of no length holds
  for (tcp_stream& stream : streams) {
    REQUIRE(stream.connect(list_of({busy.here()})) == errc::none);
  }
  std::array<char, 1> room;
  CHECK(streams.back().is_connecting());
  CHECK(streams.back().read_some(room).status() == io_status::want_write);
  CHECK(streams.back().write_some(room).status() == io_status::want_write);
  streams.back().close();
  CHECK_FALSE(streams.back().is_connecting());
}

TEST_CASE("the next address is tried when one refuses") {
  const refusing_port first;
  const refusing_port second;
  const listening_port third;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({first.here(), second.here(), third.here()})) == errc::none);
  REQUIRE(write_when_ready(stream, "EHLO mote\r\n") == io_status::ok);
  const local_socket peer{third.accept()};
  CHECK(peer.receive() == "EHLO mote\r\n");
  CHECK(stream.native_error() == 0);
}

TEST_CASE("the next address is tried when one resets the connection before a byte has moved") {
  const listening_port first;
  const listening_port second;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({first.here(), second.here()})) == errc::none);
  local_socket{first.accept()}.reset();
  stream.wait({.read = true}, no_timeout);
  std::array<char, 64> room;
  CHECK(stream.read_some(room).status() == io_status::want_write);
  const local_socket peer{second.accept()};
  peer.send("220 hello\r\n");
  std::string text;
  CHECK(read_when_ready(stream, text) == io_status::ok);
  CHECK(text == "220 hello\r\n");
}

TEST_CASE("no other address is tried once a byte has moved") {
  const listening_port first;
  const listening_port second;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({first.here(), second.here()})) == errc::none);
  local_socket peer{first.accept()};
  peer.send("2");
  std::string text;
  REQUIRE(read_when_ready(stream, text) == io_status::ok);
  peer.reset();
  CHECK(read_when_ready(stream, text) == io_status::failed);
  CHECK(stream.native_error() == ECONNRESET);
  CHECK(read_when_ready(stream, text) == io_status::failed);
  CHECK(write_when_ready(stream, "QUIT\r\n") == io_status::failed);
}

TEST_CASE("a server that says no more can still be written to") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  const local_socket peer{server.accept()};
  peer.send("221 bye\r\n");
  peer.say_no_more();
  std::string text;
  CHECK(read_when_ready(stream, text) == io_status::ok);
  CHECK(text == "221 bye\r\n");
  CHECK(read_when_ready(stream, text) == io_status::closed);
  CHECK(read_when_ready(stream, text) == io_status::closed);
  CHECK(write_when_ready(stream, "QUIT\r\n") == io_status::ok);
  CHECK(peer.receive() == "QUIT\r\n");
}

TEST_CASE("writing to a server that has gone fails, and raises no signal") {
  ::signal(SIGPIPE, SIG_DFL);  // which would end the whole program
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  local_socket{server.accept()}.close();
  io_status status = io_status::ok;
  while (status == io_status::ok) status = write_when_ready(stream, "EHLO mote\r\n");
  CHECK(status == io_status::failed);
  CHECK(stream.native_error() != 0);
  CHECK(write_when_ready(stream, "QUIT\r\n") == io_status::failed);
}

TEST_CASE("a server that takes nothing makes the stream want to write, until it takes something") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  const local_socket peer{server.accept()};
  const std::string piece(65'536, 'x');
  stream.wait({.write = true}, no_timeout);
  std::size_t sent = 0;
  io_result result = io_status::want_write;
  while ((result = stream.write_some(piece)).ok()) sent += result.count();
  REQUIRE(result.status() == io_status::want_write);
  std::size_t received = 0;
  while (received < sent) received += peer.receive().size();
  CHECK(received == sent);
  CHECK(write_when_ready(stream, "more") == io_status::ok);
  CHECK(peer.receive() == "more");
}

TEST_CASE("a wait ends when its time is over") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  stream.wait({.write = true}, no_timeout);
  const local_socket peer{server.accept()};
  const auto begin = tcp_stream::now();
  stream.wait({.read = true}, 30);
  CHECK(tcp_stream::now() - begin >= 29);  // poll counts finer than milliseconds
}

TEST_CASE("a wait for nothing sleeps, even when the server has gone") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  local_socket{server.accept()}.reset();
  stream.wait({.read = true}, no_timeout);
  const auto begin = tcp_stream::now();
  stream.wait({}, 30);
  CHECK(tcp_stream::now() - begin >= 29);
}

TEST_CASE("a wait on a stream that is closed returns at once") {
  tcp_stream stream;
  stream.wait({.read = true, .write = true}, no_timeout);
  CHECK(stream.native_handle() == -1);
}

TEST_CASE("a signal ends a wait, and does no harm") {
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGALRM, &ignore, &before) == 0);
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  stream.wait({.write = true}, no_timeout);
  const local_socket peer{server.accept()};
  const itimerval often{{0, 5'000}, {0, 5'000}};
  const itimerval never{};
  REQUIRE(::setitimer(ITIMER_REAL, &often, nullptr) == 0);
  stream.wait({.read = true}, no_timeout);
  REQUIRE(::setitimer(ITIMER_REAL, &never, nullptr) == 0);
  REQUIRE(::sigaction(SIGALRM, &before, nullptr) == 0);
  std::array<char, 64> room;
  CHECK(stream.read_some(room).status() == io_status::want_read);
}

TEST_CASE("a closed stream connects again, and closing twice is once") {
  const refusing_port nobody;
  const listening_port server;
  tcp_stream stream;
  std::string text;
  if (stream.connect(list_of({nobody.here()})) == errc::none) {
    REQUIRE(read_when_ready(stream, text) == io_status::failed);
  }
  stream.close();
  stream.close();
  CHECK(stream.native_error() == ECONNREFUSED);
  CHECK(stream.native_handle() == -1);
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  const local_socket peer{server.accept()};
  peer.send("220 hello\r\n");
  CHECK(read_when_ready(stream, text) == io_status::ok);
  CHECK(text == "220 hello\r\n");
  CHECK(stream.native_error() == 0);
}

TEST_CASE("a stream whose next server is not found has left the last one") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  const local_socket peer{server.accept()};
  CHECK(stream.connect("", 587) == errc::no_such_host);
  CHECK(stream.native_handle() == -1);
  CHECK(peer.receive().empty());
}

TEST_CASE("a child process does not inherit a connection, and no flight waits for Nagle") {
  const listening_port server;
  tcp_stream stream;
  REQUIRE(stream.connect(list_of({server.here()})) == errc::none);
  CHECK((::fcntl(stream.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(stream.native_handle(), F_GETFL) & O_NONBLOCK) != 0);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  REQUIRE(::getsockopt(stream.native_handle(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  CHECK(no_delay != 0);
}

TEST_CASE("a stream that lives at namespace scope is made without running code") {
  CHECK(made_before_main.native_handle() == -1);
  CHECK_FALSE(made_before_main.is_connecting());
}

}  // namespace
