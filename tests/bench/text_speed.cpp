// SPDX-License-Identifier: BSL-1.0
// text_speed.cpp: how fast a text passes what every mail passes, in pieces of 64 KB, with nothing else
// in the way. Prints a line a row: what, the kind of text, MB/s.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/smtp/dot_stuffing.hpp>
#include <mailmote/text/line_ends.hpp>

namespace {

constexpr std::size_t piece = 65'536;
constexpr std::size_t whole = 32'000'000;

// Lines of 72 octets of prose, each ended by `end`; every `dots`th begins with a dot.
std::string prose(std::string_view end, unsigned dots) {
  constexpr std::string_view words =
      "Boiler 2 is too hot, and nobody has looked at it for a while. ";
  std::string text;
  for (unsigned line = 0; text.size() < whole; ++line) {
    const std::size_t from = line % words.size();
    std::string next{words.substr(from)};
    next += words;
    next += words;
    next.resize(72);
    if (dots > 0 && line % dots == 0) next[0] = '.';
    text += next;
    text += end;
  }
  return text;
}

// The best of five, as other programs share the machine.
template <class Job>
void measure(const char* what, const char* kind, std::string_view text, Job job) {
  double best = 0;
  for (int turn = 0; turn < 5; ++turn) {
    const auto began = std::chrono::steady_clock::now();
    job(text);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    best = std::max(best, static_cast<double>(text.size()) / 1e6 / took.count());
  }
  std::printf("%s\t%s\t%.0f\n", what, kind, best);
}

volatile std::uint64_t sink;  // what is computed is used

template <class Step>
void in_pieces(std::string_view text, Step step) {
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    step(text.substr(0, piece));
  }
}

void measure_all(const char* kind, std::string_view text) {
  static std::vector<char> room(2 * piece);
  measure("memcpy", kind, text, [](std::string_view all) {
    in_pieces(all, [](std::string_view in) {
      std::memcpy(room.data(), in.data(), in.size());
      sink = static_cast<std::uint64_t>(room[0]);
    });
  });
  measure("dot_stuffer", kind, text, [](std::string_view all) {
    mailmote::smtp::dot_stuffer stuffer;
    in_pieces(all, [&](std::string_view in) { sink = stuffer.stuff(in, room); });
  });
  measure("line_ends", kind, text, [](std::string_view all) {
    mailmote::text::line_ends ends;
    in_pieces(all, [&](std::string_view in) { sink = ends.repair(in, room).written; });
  });
  measure("repaired_length", kind, text,
          [](std::string_view all) { sink = mailmote::text::repaired_length(all); });
}

}  // namespace

int main() {
  measure_all("CRLF", prose("\r\n", 0));
  measure_all("CRLF, dots", prose("\r\n", 10));
  measure_all("LF", prose("\n", 0));
}
