// SPDX-License-Identifier: BSL-1.0
// live_server.hpp: a submission server that understands what it hears, for dialogues too long to script.
//
// Knows:          EHLO, STARTTLS, AUTH with an initial response, MAIL, RCPT, DATA, BDAT, RSET, NOOP, QUIT.
// Does not know:  any link: octets are handed in and taken out, when the test wants it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailmote::test {

class live_server {
 public:
  struct mail {
    std::string from;
    std::vector<std::string> to;
    std::string text;
  };

  explicit live_server(std::string offers) : offers_{std::move(offers)} {}

  // Says what a command is answered with, where it is not the usual: an empty string is the usual.
  std::function<std::string(std::string_view command)> answers{};

  // What the client has sent; what follows STARTTLS is left for TLS.
  void hear(std::string_view octets) {
    heard_ += octets;
    while (!closed_ && !wants_tls_ && take()) {
    }
  }

  void greet() { said_ += "220 mx\r\n"; }
  void secured() { wants_tls_ = false; }

  std::string said() { return std::exchange(said_, {}); }  // since it was asked last
  bool wants_tls() const { return wants_tls_; }
  bool is_closed() const { return closed_; }
  const std::vector<mail>& mails() const { return mails_; }
  const std::vector<std::string>& commands() const { return commands_; }

 private:
  bool take() {
    if (left_ > 0) return take_octets();
    const std::size_t end = heard_.find("\r\n");
    if (end == std::string::npos) return false;
    const std::string line = heard_.substr(0, end);
    heard_.erase(0, end + 2);
    if (in_data_) {
      take_data(line);
    } else {
      commands_.push_back(line);
      take_command(line);
    }
    return true;
  }

  bool take_octets() {
    const std::size_t n = std::min(left_, heard_.size());
    open_.text += heard_.substr(0, n);
    heard_.erase(0, n);
    left_ -= n;
    if (left_ == 0) end_chunk();
    return n > 0;
  }

  void take_data(const std::string& line) {
    if (line == ".") {
      in_data_ = false;
      end_mail("DATA");
    } else {
      open_.text += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    }
  }

  void end_chunk() {
    if (last_) return end_mail(chunk_);
    say(usual(chunk_, open_.to.empty() ? "503 nobody" : "250 chunk"));
  }

  void end_mail(const std::string& command) {
    const std::string reply =
        usual(command + " end", open_.to.empty() ? "503 nobody" : "250 taken");
    if (reply.starts_with('2')) mails_.push_back(open_);
    open_ = {};
    say(reply);
  }

  void take_command(const std::string& line) {
    const std::string verb = line.substr(0, line.find(' '));
    std::string reply = usual(line, "250 ok");
    const bool taken = reply.starts_with('2') || reply.starts_with('3');
    if (verb == "BDAT") {
      left_ = std::stoul(line.substr(5));
      last_ = line.ends_with(" LAST");
      chunk_ = line;
      if (const std::string early = usual(line + " begins", ""); !early.empty()) say(early);
      if (left_ == 0) end_chunk();
      return;
    }
    if (verb == "EHLO" && taken) reply = offers_;
    if (verb == "STARTTLS") wants_tls_ = taken;
    if (verb == "AUTH" && reply == "250 ok") reply = "235 welcome";
    if (verb == "RSET") open_ = {};
    if (verb == "MAIL" && taken) open_ = {line, {}, {}};
    if (verb == "RCPT" && taken) open_.to.push_back(line.substr(9, line.find('>') - 9));
    if (verb == "DATA" && reply == "250 ok") reply = open_.to.empty() ? "503 nobody" : "354 go";
    if (verb == "DATA") in_data_ = reply.starts_with('3');
    if (verb == "QUIT") reply = "221 bye";
    say(reply);
    if (verb == "QUIT") closed_ = true;
  }

  std::string usual(const std::string& command, const char* otherwise) const {
    const std::string reply = answers ? answers(command) : std::string{};
    return reply.empty() ? otherwise : reply;
  }
  void say(const std::string& reply) { said_ += reply + "\r\n"; }

  std::string offers_;
  std::string heard_{};
  std::string said_{};
  std::vector<std::string> commands_{};
  std::vector<mail> mails_{};
  mail open_{};
  std::string chunk_{};
  std::size_t left_ = 0;  // octets of a chunk
  bool last_ = false;
  bool in_data_ = false;
  bool wants_tls_ = false;
  bool closed_ = false;
};

// A link to it in memory, whose two directions hold so much, and that answers only when asked to.
class live_link {
 public:
  live_link(live_server& server, std::size_t holds) : server_{server}, holds_{holds} {
    server.greet();
  }

  io_result read_some(std::span<char> in) noexcept {
    if (to_client_.empty() && server_.is_closed()) return io_status::closed;
    const std::size_t n = std::min(in.size(), to_client_.size());
    if (n == 0) return io_status::want_read;
    to_client_.copy(in.data(), n);
    to_client_.erase(0, n);
    return io_result::moved(n);
  }

  io_result write_some(std::span<const char> out) noexcept {
    const std::size_t n = std::min(out.size(), holds_ - to_server_.size());
    if (n == 0) return io_status::want_write;
    ++writes_;
    to_server_.append(out.data(), n);
    wire_.append(out.data(), n);
    return io_result::moved(n);
  }

  // The server reads, as long as its own words find room; false when nothing moves.
  bool turn() {
    bool moved = false;
    for (;;) {
      said_ += server_.said();
      const std::size_t room = holds_ - to_client_.size();
      const std::size_t n = std::min(room, said_.size());
      to_client_ += said_.substr(0, n);
      said_.erase(0, n);
      if (n > 0) moved = true;
      if (!said_.empty() || to_server_.empty()) return moved;
      server_.hear(to_server_.substr(0, 1));
      to_server_.erase(0, 1);
      moved = true;
    }
  }

  const std::string& wire() const { return wire_; }
  int writes() const { return writes_; }

 private:
  live_server& server_;
  std::size_t holds_;
  std::string to_client_{};
  std::string to_server_{};
  std::string said_{};
  std::string wire_{};
  int writes_ = 0;
};

}  // namespace mailmote::test
