// SPDX-License-Identifier: BSL-1.0
// compose MEGABYTES: how fast a message with an attachment of so many is composed, read in pieces of
// 64 KB, and in how much memory.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <mailmote/mime/message.hpp>

namespace {

class generator final : public mailmote::body_source {
 public:
  explicit generator(std::uint64_t length) : length_{length} {}

  mailmote::errc begin(mailmote::body_limits) noexcept override {
    left_ = length_;
    return mailmote::errc::none;
  }
  mailmote::io_result read_some(std::span<char> out) noexcept override {
    const std::size_t n = std::min<std::uint64_t>({left_, out.size(), octets_.size()});
    std::memcpy(out.data(), octets_.data(), n);
    left_ -= n;
    return n > 0 ? mailmote::io_result::moved(n) : mailmote::io_status::closed;
  }
  std::uint64_t length() const noexcept override { return length_; }

 private:
  std::string octets_ = std::string(65'536, 'x');
  std::uint64_t length_;
  std::uint64_t left_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int megabytes = argc == 2 ? std::atoi(argv[1]) : 0;
  if (megabytes <= 0) return 64;
  generator log{static_cast<std::uint64_t>(megabytes) * 1'000'000};
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
  std::printf("mailmote     %3d MB %6.0f MB/s, %ld KB of memory\n", megabytes,
              megabytes / took.count(), used.ru_maxrss);
  return octets == mail.length() ? 0 : 1;
}
