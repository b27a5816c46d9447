// SPDX-License-Identifier: BSL-1.0
// chunk_sender.cpp: chunk_sender PORT CA USER PASSWORD: sends its standard input by BDAT as a device does
// that does not know how long a text will be.
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>
#include <mailmote/tls/wolfssl.hpp>

struct standard_input {
  mailmote::io_result read_some(std::span<char> in) noexcept {
    const ssize_t n = ::read(STDIN_FILENO, in.data(), in.size());
    if (n > 0) return mailmote::io_result::moved(static_cast<std::size_t>(n));
    return n == 0 ? mailmote::io_status::closed : mailmote::io_status::failed;
  }
};

int main(int argc, char** argv) {
  if (argc != 5) return EXIT_FAILURE;
  mailmote::posix::tcp_stream tcp;
  mailmote::wolfssl::context trust{{.anchors_file = argv[2]}};
  mailmote::wolfssl::session tls{trust};
  mailmote::sasl::plain login{argv[3], argv[4]};
  mailmote::client smtp{
      tcp,
      tls,
      {.host = "localhost", .helo = "mote17.example.test", .auth = &login, .chunking = true}};
  standard_input input;
  mailmote::stream_source text{input};

  tls.set_time(std::time(nullptr));
  mailmote::errc error = tcp.connect("127.0.0.1", static_cast<std::uint16_t>(std::atoi(argv[1])));
  if (error == mailmote::errc::none) {
    error = smtp.send({.from = "mote17@example.test", .to = "ops@example.test"}, text);
  }
  const mailmote::outcome mail =
      error == mailmote::errc::none ? mailmote::run(smtp, tcp) : mailmote::outcome{.error = error};
  std::cout << mailmote::explain(mail.error) << ' ' << mail.code << '\n';
  return mail.fate == mailmote::fate::delivered ? EXIT_SUCCESS : EXIT_FAILURE;
}
