// SPDX-License-Identifier: BSL-1.0
// mailmote_peer.cpp: mailmote as a gateway uses it, with large buffers, over a POSIX socket. Options:
// chunking, pipeline_auth.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <span>
#include <string_view>
#include <vector>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>
#include <mailmote/text/line_ends.hpp>
#include <mailmote/tls/wolfssl.hpp>

#include "job.hpp"

namespace {

// A file whose lines may end in any way, read in large pieces.
class file_body final : public mailmote::body_source {
 public:
  explicit file_body(const char* path) : file_{::open(path, O_RDONLY | O_CLOEXEC)} {}

  // Reads it once beforehand, so that its length is known.
  bool measure() {
    std::vector<char> room(65'536);
    std::uint64_t octets = 0;
    if (begin({}) != mailmote::errc::none) return false;
    for (;;) {
      const mailmote::io_result result = read_some(room);
      if (!result.ok()) {
        length_ = octets;
        return result.status() == mailmote::io_status::closed;
      }
      octets += result.count();
    }
  }

  mailmote::errc begin(mailmote::body_limits) noexcept override {
    rest_ = {};
    ends_ = {};
    return ::lseek(file_, 0, SEEK_SET) == 0 ? mailmote::errc::none : mailmote::errc::source_spent;
  }
  mailmote::io_result read_some(std::span<char> out) noexcept override {
    for (;;) {
      auto done = ends_.repair(rest_, out);
      rest_ = rest_.subspan(done.read);
      if (done.written > 0) return mailmote::io_result::moved(done.written);
      const ssize_t n = ::read(file_, piece_.data(), piece_.size());
      if (n < 0) return mailmote::io_status::failed;
      if (n > 0) {
        rest_ = std::span{piece_}.first(static_cast<std::size_t>(n));
        continue;
      }
      done = ends_.finish(out);
      return done.written > 0 ? mailmote::io_result::moved(done.written)
                              : mailmote::io_status::closed;
    }
  }
  std::uint64_t length() const noexcept override { return length_; }

 private:
  int file_;
  std::uint64_t length_ = mailmote::unknown_length;
  std::vector<char> piece_ = std::vector<char>(65'536);
  std::span<const char> rest_{};
  mailmote::text::line_ends ends_{};
};

// The settings that are there are set; one that is not cannot be asked for.
template <class Settings>
bool choose(Settings& s, std::string_view option) {
  if constexpr (requires { s.chunking; }) {
    if (option == "chunking") return s.chunking = true;
  }
  if constexpr (requires { s.pipeline_auth; }) {
    if (option == "pipeline_auth") return s.pipeline_auth = true;
  }
  return false;
}

constexpr mailmote::buffer_sizes large{.out = 262'144, .in = 4'096};

mailmote::posix::tcp_stream tcp;

template <class Tls>
int send(const bench::job& work, Tls& tls, const mailmote::settings& with) {
  static mailmote::client<mailmote::posix::tcp_stream, Tls, large> smtp{tcp, tls, with};
  file_body body{work.mail};
  // A flight goes past RCPT with the body only where the body is known to be short.
  if (!work.options.empty() && !body.measure()) return 1;
  const std::vector<std::string_view> to{work.to.begin(), work.to.end()};
  mailmote::errc error = tcp.connect("127.0.0.1", work.port);
  for (int left = work.count; left > 0; --left) {
    const mailmote::envelope mail{.from = bench::from,
                                  .to = to,
                                  .then = left > 1 ? mailmote::after::stay : mailmote::after::quit};
    if (error == mailmote::errc::none) error = smtp.send(mail, body);
    if (error == mailmote::errc::none) {
      const mailmote::outcome result = mailmote::run(smtp, tcp);
      error = result.error;
      if (result.fate == mailmote::fate::delivered) continue;
    }
    const std::string_view why = mailmote::explain(error);
    std::fprintf(stderr, "mailmote: %.*s\n", static_cast<int>(why.size()), why.data());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::job work{argc, argv};
  mailmote::sasl::plain login{bench::user, bench::password};
  mailmote::settings with{.host = "localhost", .helo = "mote17.example.org"};
  if (work.logs_in) with.auth = &login;
  for (const std::string_view option : work.options) {
    if (!choose(with, option)) return bench::has_no_such_thing;
  }
  if (work.tls == "plain") {
    with.security = mailmote::security::cleartext;
    with.cleartext_auth = mailmote::cleartext_auth::any;
    mailmote::no_tls tls;
    return send(work, tls, with);
  }
  if (work.tls == "implicit") with.security = mailmote::security::implicit_tls;
  mailmote::wolfssl::scoped<mailmote::wolfssl::context> trust{
      mailmote::wolfssl::context_settings{.anchors_file = work.ca}};
  mailmote::wolfssl::scoped<mailmote::wolfssl::session> tls{trust};
  tls.set_time(std::time(nullptr));
  return send(work, static_cast<mailmote::wolfssl::session&>(tls), with);
}
