// SPDX-License-Identifier: BSL-1.0
// message_file.cpp: opens, measures and reads the message.
#include "message_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace mailmote_send {
namespace {

// As read(2) and write(2), whatever signals come.
ssize_t read_piece(int file, std::span<char> piece) {
  ssize_t n = 0;
  do {
    n = ::read(file, piece.data(), piece.size());
  } while (n < 0 && errno == EINTR);
  return n;
}

bool write_piece(int file, std::span<const char> piece) {
  while (!piece.empty()) {
    const ssize_t n = ::write(file, piece.data(), piece.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) piece = piece.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

// Many octets at a time, as a message may be large.
bool has_eight_bit(std::string_view text) {
  constexpr std::uint64_t highest_bits = 0x8080'8080'8080'8080;
  std::uint64_t seen = 0;
  for (; text.size() >= sizeof seen; text.remove_prefix(sizeof seen)) {
    std::uint64_t octets;
    std::memcpy(&octets, text.data(), sizeof octets);
    seen |= octets;
  }
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return (seen & highest_bits) != 0;
}

}  // namespace

message_file::~message_file() {
  if (file_ >= 0) ::close(file_);
}

std::string message_file::open(const std::string& path) {
  const bool from_input = path == "-";
  file_ = from_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                     : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about {};
  const bool found = file_ >= 0 && ::fstat(file_, &about) == 0;
  const bool ready = found && (S_ISREG(about.st_mode) || spool()) && measure();
  if (ready) return {};
  const std::string why = std::strerror(errno);
  return "cannot read " + (from_input ? std::string{"standard input"} : path) + ": " + why;
}

bool message_file::spool() {
  std::FILE* const temporary = std::tmpfile();  // it has no name, and goes when it is closed
  if (temporary == nullptr) return false;
  const int copy = ::fcntl(::fileno(temporary), F_DUPFD_CLOEXEC, 0);
  std::fclose(temporary);
  ssize_t n = copy >= 0 ? 1 : -1;
  while (n > 0) {
    n = read_piece(file_, piece_);
    if (n > 0 && !write_piece(copy, std::span{piece_}.first(static_cast<std::size_t>(n)))) n = -1;
  }
  const int error = errno;
  ::close(file_);
  file_ = copy;
  errno = error;
  return n == 0 && ::lseek(file_, 0, SEEK_SET) == 0;
}

bool message_file::measure() {
  start_ = ::lseek(file_, 0, SEEK_CUR);
  if (start_ < 0) return false;
  std::array<char, 16'384> repaired;
  std::uint64_t line = 0;
  length_ = 0;
  if (begin({}) != mailmote::errc::none) return false;
  for (;;) {
    const mailmote::io_result result = read_some(repaired);
    if (!result.ok()) {
      octets_ = static_cast<std::uint64_t>(::lseek(file_, 0, SEEK_CUR) - start_);
      return result.status() == mailmote::io_status::closed;
    }
    length_ += result.count();
    std::string_view text{repaired.data(), result.count()};
    if (has_eight_bit(text)) kind_ = mailmote::body_kind::eight_bit;
    for (std::size_t end; (end = text.find('\n')) != text.npos; line = 0) {
      longest_line_ = std::max(longest_line_, line + end - 1);  // its CR does not count
      text.remove_prefix(end + 1);
    }
    line += text.size();
  }
}

mailmote::errc message_file::begin(mailmote::body_limits limits) noexcept {
  is_verbatim_ = limits.verbatim;
  ends_ = {};
  rest_ = {};
  if (const auto bad = hold_against(limits, kind_); bad != mailmote::errc::none) return bad;
  return ::lseek(file_, start_, SEEK_SET) == start_ ? mailmote::errc::none
                                                    : mailmote::errc::source_spent;
}

mailmote::io_result message_file::read_some(std::span<char> out) noexcept {
  if (is_verbatim_) {
    const ssize_t n = read_piece(file_, out);
    if (n > 0) return mailmote::io_result::moved(static_cast<std::size_t>(n));
    return n == 0 ? mailmote::io_status::closed : mailmote::io_status::failed;
  }
  for (;;) {
    auto done = ends_.repair(rest_, out);
    rest_ = rest_.subspan(done.read);
    ssize_t n = 1;
    if (done.written == 0) n = read_piece(file_, piece_);
    if (n == 0) done = ends_.finish(out);
    if (done.written > 0) return mailmote::io_result::moved(done.written);
    if (n == 0) return mailmote::io_status::closed;
    if (n < 0) return mailmote::io_status::failed;
    rest_ = std::span{piece_}.first(static_cast<std::size_t>(n));
  }
}

}  // namespace mailmote_send
