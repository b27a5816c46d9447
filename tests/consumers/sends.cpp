// SPDX-License-Identifier: BSL-1.0
// sends.cpp: what any project does with mailmote; here over a stream that knows its lines.
#include "consumer.hpp"

#include <cstring>
#include <string>

namespace {

// Answers each line that it is given with the next of its own.
struct scripted {
  std::string_view replies[6] = {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n",
                                 "250 ok\r\n", "354 go\r\n", "250 taken\r\n"};
  std::size_t next = 0;
  bool talks = true;
  std::string heard{};

  mailmote::io_result read_some(std::span<char> in) noexcept {
    if (!talks || next == 6) return mailmote::io_status::want_read;
    talks = false;
    const std::string_view reply = replies[next++];
    std::memcpy(in.data(), reply.data(), reply.size());
    return mailmote::io_result::moved(reply.size());
  }
  mailmote::io_result write_some(std::span<const char> out) noexcept {
    heard.append(out.data(), out.size());
    talks = true;
    return mailmote::io_result::moved(out.size());
  }
};

}  // namespace

bool sends() {
  scripted stream;
  mailmote::no_tls tls;
  mailmote::client smtp{stream, tls, {.helo = "mote", .security = mailmote::security::cleartext}};
  mailmote::text_source text{"Subject: hot\n\n84 C\n"};
  if (smtp.send({.from = "mote@example.org", .to = "ops@example.org"}, text) !=
      mailmote::errc::none) {
    return false;
  }
  mailmote::milliseconds now = 0;
  while (smtp.poll(now) != mailmote::status::finished) now += 1000;
  return smtp.result().fate == mailmote::fate::delivered &&
         stream.heard ==
             "EHLO mote\r\nMAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\nDATA\r\n"
             "Subject: hot\r\n\r\n84 C\r\n.\r\nQUIT\r\n";
}
