// SPDX-License-Identifier: BSL-1.0
// options.hpp: what the command line asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mailmote/smtp/dsn.hpp>
#include <mailmote/smtp/settings.hpp>

#include "exit_code.hpp"

namespace mailmote_send {

enum class login_choice {
  automatic,  // the strongest that the server offers, of those that the given secrets allow
  plain,
  login,
  cram_md5,
  scram_sha_1,
  scram_sha_256,
  scram_sha_256_plus,
  xoauth2,
  oauthbearer,
  external,
};

struct options {
  std::string host{};
  std::optional<std::string> ca_file{};  // else the system's store

  std::optional<std::string> user{};
  std::optional<std::string> password{};
  std::optional<std::string> password_file{};
  std::optional<std::string> token{};
  std::optional<std::string> token_file{};
  std::optional<std::string> certificate_file{};
  std::optional<std::string> key_file{};
  std::optional<std::string> certificate{};
  std::optional<std::string> key{};

  std::optional<std::string> from{};  // may be empty: the null reverse-path
  std::vector<std::string> to{};
  std::optional<std::string> to_file{};  // until it is read into `to`
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

  std::string envelope_id{};
  std::vector<std::string> mail_parameters{};  // KEYWORD:TEXT
  std::vector<std::string> rcpt_parameters{};

  std::optional<std::string> salt{};
  unsigned long count = 1;

  std::uint32_t iterations = 0;
  mailmote::milliseconds timeout = 0;   // of every step; 0: those of RFC 5321
  std::optional<std::uint16_t> port{};  // else the one that goes with `tls`
  mailmote::security tls = mailmote::security::starttls;
  login_choice auth = login_choice::automatic;  // of no secret: none
  mailmote::dsn_notify notify = mailmote::dsn_notify::unsaid;
  mailmote::dsn_return returns = mailmote::dsn_return::unsaid;
  bool requires_tls = false;
  bool prepared = false;  // user and password are in SASLprep form
  bool allow_cleartext_auth = false;
  bool all_recipients = false;
  bool derives_keys = false;  // and sends nothing
  bool pipelining = true;
  bool chunking = false;
  bool pipeline_auth = false;
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

// The name for EHLO when none is given: this machine's, if it is one that others could look up.
std::string default_helo();

std::uint16_t default_port(mailmote::security tls);

std::string usage_text();  // how the command is called
std::string help_text();   // and every option with its meaning

}  // namespace mailmote_send
