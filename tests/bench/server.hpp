// SPDX-License-Identifier: BSL-1.0
// server.hpp: a submission server that takes any mail, as fast as it can, and keeps none.
//
// Knows:          RFC 5321, PIPELINING, CHUNKING, SIZE, 8BITMIME, AUTH PLAIN, STARTTLS.
// Does not know:  who is there: every login is good, and so is every address.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "link.hpp"
#include "server_tls.hpp"

namespace bench {

// One mail: until its last reply has reached the client, counted from the connection's beginning.
struct figures {
  int round_trips;
  double milliseconds;
  std::uint64_t octets;
};

// Serves one client.
class server {
 public:
  server(link& way, clock::time_point began, std::vector<figures>& mails)
      : way_{&way}, began_{began}, mails_{mails} {}

  void serve(const server_certificate& certificate, bool implicit) {
    link& outside = *way_;
    std::optional<tls_link> inside;
    const auto encrypt = [&] {
      inside.emplace(outside, certificate);
      way_ = &*inside;
      begin_ = end_ = 0;
      return inside->accept();
    };
    if (implicit && !encrypt()) return;
    say("220 sink\r\n");
    while (std::optional<std::string> line = next_line()) {
      const std::string verb = upper(line->substr(0, line->find(' ')));
      if (verb == "QUIT") {
        say("221 bye\r\n");
        break;
      }
      if (verb == "STARTTLS" && !inside) {
        say("220 go on\r\n");
        flush();
        if (!encrypt()) return;
      } else if (verb == "DATA") {
        say("354 go on\r\n");
        take_text();
      } else if (verb == "BDAT") {
        take_chunk(*line);
      } else if (verb == "EHLO" || verb == "HELO") {
        say("250-sink\r\n");
        if (!inside) say("250-STARTTLS\r\n");
        say("250-PIPELINING\r\n250-CHUNKING\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SIZE\r\n");
      } else if (verb == "AUTH") {
        take_login(*line);
      } else if (verb == "MAIL" || verb == "RCPT" || verb == "RSET" || verb == "NOOP") {
        say("250 ok\r\n");
      } else {
        say("500 what?\r\n");
      }
    }
    flush();
  }

 private:
  static constexpr std::string_view end_of_text = "\r\n.\r\n";

  static std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }

  // Replies leave together once there is nothing more to read, as RFC 2920 wants it.
  void say(std::string_view reply) { replies_ += reply; }
  void flush() {
    if (!replies_.empty()) way_->write(replies_);
    replies_.clear();
  }
  std::string_view rest() const { return {room_.data() + begin_, end_ - begin_}; }

  bool read_more() {
    flush();
    if (begin_ > 0) std::memmove(room_.data(), room_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const std::size_t n = way_->read(std::span{room_}.subspan(end_));
    end_ += n;
    return n > 0;
  }

  std::optional<std::string> next_line() {
    for (;;) {
      if (const std::size_t at = rest().find('\n'); at != std::string_view::npos) {
        std::string line{rest().substr(0, at)};
        begin_ += at + 1;
        if (line.ends_with('\r')) line.pop_back();
        return line;
      }
      if (end_ - begin_ == room_.size() || !read_more()) return std::nullopt;
    }
  }

  void take_login(const std::string& line) {
    if (line.find(' ', 5) == std::string::npos) {
      say("334 \r\n");
      if (!next_line()) return;
    }
    say("235 welcome\r\n");
  }

  void take_text() {
    std::uint64_t octets = 0;
    while (rest().size() < 3 && read_more()) {
    }
    bool is_over = rest().starts_with(end_of_text.substr(2));
    if (is_over) begin_ += 3;
    while (!is_over) {
      const std::string_view text = rest();
      const void* const found =
          ::memmem(text.data(), text.size(), end_of_text.data(), end_of_text.size());
      is_over = found != nullptr;
      const std::size_t kept =
          std::min(text.size(), end_of_text.size() - 1);  // its beginning, maybe
      std::size_t n = text.size() - kept;
      if (is_over) {
        n = static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) +
            end_of_text.size();
      }
      begin_ += n;
      octets += n;
      if (!is_over && !read_more()) return;
    }
    accept(octets);
  }

  void take_chunk(const std::string& line) {
    std::uint64_t left = 0;
    std::from_chars(line.data() + 5, line.data() + line.size(), left);
    chunks_ += left;
    while (left > 0) {
      if (begin_ == end_ && !read_more()) return;
      const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left, end_ - begin_));
      begin_ += n;
      left -= n;
    }
    if (!upper(line).ends_with(" LAST")) return say("250 ok\r\n");
    accept(chunks_);
    chunks_ = 0;
  }

  void accept(std::uint64_t octets) {
    say("250 taken\r\n");
    const std::chrono::duration<double, std::milli> took = clock::now() + way_->way() - began_;
    mails_.push_back({way_->round_trips(), took.count(), octets});
  }

  link* way_;
  const clock::time_point began_;
  std::vector<figures>& mails_;
  std::vector<char> room_ = std::vector<char>(262'144);
  std::size_t begin_ = 0;  // [begin_, end_) of the room has been read and not looked at
  std::size_t end_ = 0;
  std::uint64_t chunks_ = 0;
  std::string replies_{};
};

}  // namespace bench
