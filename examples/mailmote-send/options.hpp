// SPDX-License-Identifier: BSL-1.0
// options.hpp: what the command line asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mailmote/smtp/settings.hpp>

#include "exit_code.hpp"

namespace mailmote_send {

enum class login_choice { automatic, plain, login };

struct options {
  std::string host{};
  std::optional<std::uint16_t> port{};  // else the one that goes with `tls`
  mailmote::security tls = mailmote::security::starttls;
  std::optional<std::string> ca_file{};  // else the system's store

  std::optional<std::string> user{};  // else no login
  std::optional<std::string> password{};
  std::optional<std::string> password_file{};
  login_choice auth = login_choice::automatic;
  bool allow_cleartext_auth = false;

  std::optional<std::string> from{};  // may be empty: the null reverse-path
  std::vector<std::string> to{};
  std::string helo{};
  std::string body = "-";  // a whole message, unless `composes()`

  std::vector<std::string> cc{};
  std::vector<std::string> bcc{};
  std::vector<std::string> reply_to{};
  std::optional<std::string> subject{};
  std::optional<std::string> text{};
  std::optional<std::string> text_file{};
  std::optional<std::string> html{};
  std::optional<std::string> html_file{};
  std::vector<std::string> attachments{};
  std::vector<std::string> inline_files{};
  std::vector<std::string> headers{};
  std::optional<std::string> date{};
  std::optional<std::string> message_id{};

  bool all_recipients = false;
  unsigned long count = 1;

  mailmote::milliseconds timeout = 0;  // of every step; 0: those of RFC 5321
  bool pipelining = true;
  bool verbose = false;
  bool quiet = false;

  bool help = false;
  bool version = false;

  // Whether the mail is made here, from the options above, and not read from `body`.
  bool composes() const {
    return subject || text || text_file || html || html_file || date || message_id || !cc.empty() ||
           !bcc.empty() || !reply_to.empty() || !attachments.empty() || !inline_files.empty() ||
           !headers.empty();
  }
};

// Why the command ends before anything is sent.
struct complaint {
  exit_code code = usage;
  std::string text{};
};

// Reads the command line, and checks that it is complete; not that its strings can be sent.
std::optional<complaint> read_command_line(int argc, char** argv, options& chosen);

// Fetches the password from where it is, if there is a user to log in.
std::optional<complaint> read_password(options& chosen);

// The name for EHLO when none is given: this machine's, if it is one that others could look up.
std::string default_helo();

std::uint16_t default_port(mailmote::security tls);

std::string usage_text();  // how the command is called
std::string help_text();   // and every option with its meaning

}  // namespace mailmote_send
