// SPDX-License-Identifier: BSL-1.0
// How fast a message with an attachment of 100 MB is composed, read in pieces of 64 KB.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <mailmote/mime/message.hpp>

namespace {

class generator final : public mailmote::body_source {
 public:
  mailmote::errc begin(mailmote::body_limits) noexcept override {
    left_ = length();
    return mailmote::errc::none;
  }
  mailmote::io_result read_some(std::span<char> out) noexcept override {
    const std::size_t n = std::min({left_, out.size(), octets_.size()});
    std::memcpy(out.data(), octets_.data(), n);
    left_ -= n;
    return n > 0 ? mailmote::io_result::moved(n) : mailmote::io_status::closed;
  }
  std::uint64_t length() const noexcept override { return 100'000'000; }

 private:
  std::string octets_ = std::string(65'536, 'x');
  std::size_t left_ = 0;
};

}  // namespace

int main() {
  generator log;
  const mailmote::mime::part files[] = {{log, "log.bin"}};
  const mailmote::mime::fields with{.from = {"mote17@example.org"},
                                    .to = "ops@example.org",
                                    .subject = "log",
                                    .text = "as asked\n",
                                    .attachments = files};
  mailmote::mime::message mail{with};
  std::vector<char> room(65'536);
  const auto began = std::chrono::steady_clock::now();
  if (mail.begin({}) != mailmote::errc::none) return 1;
  std::uint64_t octets = 0;
  for (;;) {
    const mailmote::io_result result = mail.read_some(room);
    if (!result.ok()) break;
    octets += result.count();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("mailmote    %6.0f MB/s, %ld KB of memory\n", 100 / took.count(), used.ru_maxrss);
  return octets == mail.length() ? 0 : 1;
}
