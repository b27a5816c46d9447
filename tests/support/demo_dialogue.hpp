// SPDX-License-Identifier: BSL-1.0
// demo_dialogue.hpp: a submission server's part of the dialogue, as good or bad as it is told to be.
#pragma once

#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "demo_connection.hpp"

namespace demo {

struct behaviour {
  bool implicit_tls = false;
  bool offers_starttls = true;
  bool offers_pipelining = true;
  bool offers_eight_bit = true;
  unsigned long largest_message = 50'000'000;  // as SIZE announces it
  bool is_mute = false;                        // never greets
  std::string after_starttls{};                // sent in the same packet as the 220 to STARTTLS
  std::string mechanisms = "PLAIN LOGIN";
  std::string user = "mote17";
  std::string password = "correct-horse";
  std::string mail_folder{};         // where mail N becomes N.eml; empty: it is thrown away
  std::set<std::string> rejected{};  // addresses that get a 550

  // By step: GREETING EHLO STARTTLS AUTH MAIL RCPT DATA DOT QUIT.
  std::map<std::string, std::string> answers{};        // said instead of the proper reply
  std::map<std::string, std::string> first_answers{};  // said once, before all others
  std::set<std::string> hang_ups{};                    // the connection ends there instead
};

inline std::string base64(std::string_view octets) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const char c : octets) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += digits[bits >> (count - 6) & 63];
  }
  if (count > 0) text += digits[bits << (6 - count) & 63];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

class dialogue {
 public:
  dialogue(connection& to, behaviour& how, WOLFSSL_CTX* tls, unsigned& mails)
      : peer_{to}, how_{how}, tls_{tls}, mails_{mails} {}

  void run() {
    if (how_.implicit_tls) peer_.start_tls(tls_);
    if (how_.is_mute) peer_.listen_only();
    reply("GREETING", "220 demo.example.test ESMTP, at your service");
    while (!over_) obey(read_line());
  }

 private:
  std::string read_line() {
    std::string line = peer_.read_line();
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    return line;
  }

  void obey(const std::string& line) {
    std::string verb = line.substr(0, line.find(' '));
    for (char& c : verb) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    over_ = verb == "QUIT";
    if (verb == "EHLO") {
      reply(verb, offers());
    } else if (verb == "STARTTLS") {
      start_tls();
    } else if (verb == "AUTH") {
      log_in(line);
    } else if (verb == "RCPT") {
      take_recipient(line);
    } else if (verb == "DATA") {
      take_message();
    } else if (verb == "MAIL" || verb == "RSET") {
      reply(verb, "250 2.0.0 ok");
    } else if (verb == "QUIT") {
      reply(verb, "221 2.0.0 bye");
    } else {
      reply("OTHER", "500 5.5.1 what was that?");
    }
  }

  // Says what is proper at this step, or what the behaviour says instead; whether it was the
  // proper thing.
  bool reply(const std::string& step, std::string_view proper, std::string_view behind = {}) {
    if (how_.hang_ups.contains(step)) throw gone{};
    std::string text{proper};
    if (const auto first = how_.first_answers.extract(step); !first.empty()) {
      text = first.mapped();
    } else if (const auto other = how_.answers.find(step); other != how_.answers.end()) {
      text = other->second;
    }
    peer_.write(text + "\r\n" + std::string{behind});
    if (text.starts_with("421")) throw gone{};
    return text == proper;
  }

  std::string offers() const {
    const bool offers_starttls = how_.offers_starttls && !peer_.is_encrypted();
    std::string text = "250-demo.example.test\r\n";
    if (how_.offers_eight_bit) text += "250-8BITMIME\r\n";
    text += "250-ENHANCEDSTATUSCODES\r\n";
    if (how_.offers_pipelining) text += "250-PIPELINING\r\n";
    if (offers_starttls) text += "250-STARTTLS\r\n";
    if (!offers_starttls && !how_.mechanisms.empty())
      text += "250-AUTH " + how_.mechanisms + "\r\n";
    return text + "250 SIZE " + std::to_string(how_.largest_message);
  }

  void start_tls() {
    if (!reply("STARTTLS", "220 2.0.0 go ahead", how_.after_starttls)) return;
    if (peer_.has_unread()) throw gone{};  // a client must not talk before TLS is up
    peer_.start_tls(tls_);
  }

  std::string ask(std::string_view prompt) {
    peer_.write("334 " + std::string{prompt} + "\r\n");
    return read_line();
  }

  void log_in(const std::string& line) {
    bool welcome = false;
    if (line.starts_with("AUTH PLAIN")) {
      const std::string nul(1, '\0');
      const std::string response = line.size() > 11 ? line.substr(11) : ask("");
      welcome = response == base64(nul + how_.user + nul + how_.password);
    } else if (line == "AUTH LOGIN") {
      const std::string user = ask(base64("Username:"));
      const std::string password = ask(base64("Password:"));
      welcome = user == base64(how_.user) && password == base64(how_.password);
    }
    reply("AUTH", welcome ? "235 2.7.0 welcome" : "535 5.7.8 wrong user name or password");
  }

  void take_recipient(const std::string& line) {
    const std::size_t begin = line.find('<') + 1;
    const std::string address = line.substr(begin, line.find('>') - begin);
    if (how_.rejected.contains(address)) {
      peer_.write("550 5.1.1 nobody here has this name\r\n");
    } else if (reply("RCPT", "250 2.1.5 recipient ok")) {
      has_recipient_ = true;
    }
  }

  void take_message() {
    const bool begins =
        reply("DATA", has_recipient_ ? "354 go on; a dot ends it" : "554 5.5.1 for whom?");
    if (!begins || !has_recipient_) return;
    std::string message;
    for (;;) {
      std::string next = peer_.read_line();
      if (next == ".\r\n") break;
      message += next.starts_with('.') ? next.substr(1) : next;
    }
    has_recipient_ = false;
    if (!how_.mail_folder.empty()) {
      std::ofstream{how_.mail_folder + "/" + std::to_string(++mails_) + ".eml", std::ios::binary}
          << message;
    }
    reply("DOT", "250 2.0.0 taken");
  }

  connection& peer_;
  behaviour& how_;
  WOLFSSL_CTX* tls_;
  unsigned& mails_;  // taken so far, over all connections
  bool has_recipient_ = false;
  bool over_ = false;
};

}  // namespace demo
