// SPDX-License-Identifier: BSL-1.0
// main.cpp: includes the library a second time, and holds TLS to its first rule.
#include "consumer.hpp"

#include <cstdio>

namespace {

#ifdef MAILMOTE_WOLFSSL
struct silent {
  mailmote::io_result read_some(std::span<char>) noexcept { return mailmote::io_status::want_read; }
  mailmote::io_result write_some(std::span<const char> out) noexcept {
    return mailmote::io_result::moved(out.size());
  }
};

bool trusts_nobody() {
  silent stream;
  mailmote::wolfssl::scoped<mailmote::wolfssl::context> trust{
      mailmote::wolfssl::context_settings{}};
  mailmote::wolfssl::scoped<mailmote::wolfssl::session> tls{trust};
  tls.set_time(1750000000);
  return tls.bind(stream, "mail.example.org") == mailmote::errc::tls_no_anchors;
}
#else
bool trusts_nobody() { return true; }
#endif

}  // namespace

int main() {
  const bool good = sends() && trusts_nobody();
  std::printf("mailmote %s: %s\n", mailmote::version, good ? "sent" : "did not send");
  return good ? 0 : 1;
}
