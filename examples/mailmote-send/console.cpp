// SPDX-License-Identifier: BSL-1.0
// console.cpp: prefixes, colours and the progress bar.
#include "console.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <mailmote/text/ascii.hpp>

namespace mailmote_send {
namespace {

constexpr std::string_view yellow = "\033[33m";
constexpr std::string_view plain = "\033[0m";

constexpr std::uint64_t large = 1'000'000;  // octets from which a message has a bar

void put(std::FILE* where, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), where);
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string shown;
  for (const char c : text) {
    if (mailmote::ascii::is_printable(c)) {
      shown += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      shown += {'\\', 'x', digits[octet >> 4], digits[octet & 15]};
    }
  }
  return shown;
}

console::console(loudness loud)
    : loud_{loud},
      colours_{::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr},
      draws_{loud != loudness::quiet && ::isatty(STDERR_FILENO) == 1} {}

void console::print(std::string_view colour, std::string_view text) {
  clear_progress();
  if (colours_ && !colour.empty()) put(stdout, colour);
  put(stdout, text);
  if (colours_ && !colour.empty()) put(stdout, plain);
  put(stdout, "\n");
}

void console::say(std::string_view text) {
  if (loud_ != loudness::quiet) print({}, text);
}

void console::note(std::string_view text) {
  if (loud_ == loudness::verbose) print(yellow, "-- " + std::string{text});
}

void console::warn(std::string_view text) {
  if (loud_ != loudness::quiet) complain(text);
}

void console::complain(std::string_view text) {
  clear_progress();
  std::fflush(stdout);  // so that the two stay in order where they meet
  put(stderr, "mailmote-send: ");
  put(stderr, text);
  put(stderr, "\n");
}

void console::show_lines(speaker& who, std::string_view octets) {
  if (loud_ != loudness::verbose) return;
  for (const char c : octets) {
    if (c != '\n') {
      who.line += c;
      continue;
    }
    if (who.line.ends_with('\r')) who.line.pop_back();
    print(who.colour, std::string{who.prefix} + printable(who.line));
    who.line.clear();
  }
}

void console::client_said(std::string_view octets) noexcept { show_lines(client_, octets); }

void console::server_said(std::string_view octets) noexcept {
  has_heard_ = true;
  show_lines(server_, octets);
}

void console::encrypted() noexcept { note("TLS is up; the server has proven its name"); }

void console::on_recipient(const mailmote::recipient_reply& reply) noexcept {
  const bool accepted = reply.accepted();
  const std::string words = printable(reply.server_text);
  const std::string text = printable(reply.address) + (accepted ? ": accepted (" : ": refused (") +
                           std::to_string(reply.code) + (words.empty() ? "" : " ") + words + ")";
  if (accepted) {
    say(text);
  } else {
    complain(text);
  }
}

void console::show_progress(std::uint64_t sent, std::uint64_t whole) {
  if (!draws_ || whole < large || sent == 0) return;
  const int percent = static_cast<int>(sent * 100 / whole);
  if (percent == drawn_percent_) return;
  constexpr std::size_t width = 40;
  std::string bar(width * sent / whole, '#');
  bar.resize(width, '.');
  std::fprintf(stderr, "\r[%s] %3d %% of %.1f MB", bar.c_str(), percent,
               static_cast<double>(whole) / 1e6);
  drawn_percent_ = percent;
}

void console::clear_progress() {
  if (drawn_percent_ >= 0) put(stderr, "\r\033[K");
  drawn_percent_ = -1;
}

}  // namespace mailmote_send
