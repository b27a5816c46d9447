// SPDX-License-Identifier: BSL-1.0
// options.cpp: the table of all options, from which they are read and explained.
#include "options.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <mailmote/smtp/preconditions.hpp>

namespace mailmote_send {
namespace {

using std::string_view;

struct option {
  string_view name;
  string_view value;  // what --help calls it; empty: the option stands alone
  string_view meaning;
  const char* (*take)(options& chosen, string_view value);  // null, or what the value has to be
};

template <auto Member>
const char* text(options& chosen, string_view value) {
  chosen.*Member = value;
  return nullptr;
}

template <auto Member, bool Value>
const char* set(options& chosen, string_view) {
  chosen.*Member = Value;
  return nullptr;
}

template <class Number>
bool read_number(string_view value, unsigned long least, unsigned long most, Number& number) {
  unsigned long n = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, n);
  if (error != std::errc{} || rest != end || n < least || n > most) return false;
  number = static_cast<Number>(n);
  return true;
}

const char* take_port(options& chosen, string_view value) {
  return read_number(value, 1, 65535, chosen.port.emplace()) ? nullptr : "a number up to 65535";
}

template <class Choice>
struct word {
  string_view text;
  Choice means;
};

template <class Choice, std::size_t N>
bool read_choice(string_view value, const word<Choice> (&words)[N], Choice& choice) {
  const auto found = std::find_if(std::begin(words), std::end(words),
                                  [&](const word<Choice>& w) { return w.text == value; });
  if (found == std::end(words)) return false;
  choice = found->means;
  return true;
}

const char* take_tls(options& chosen, string_view value) {
  using mailmote::security;
  constexpr word<security> words[] = {{"starttls", security::starttls},
                                      {"implicit", security::implicit_tls},
                                      {"none", security::cleartext}};
  return read_choice(value, words, chosen.tls) ? nullptr : "starttls, implicit or none";
}

const char* take_auth(options& chosen, string_view value) {
  constexpr word<login_choice> words[] = {{"auto", login_choice::automatic},
                                          {"plain", login_choice::plain},
                                          {"login", login_choice::login},
                                          {"cram-md5", login_choice::cram_md5},
                                          {"scram-sha-1", login_choice::scram_sha_1},
                                          {"scram-sha-256", login_choice::scram_sha_256},
                                          {"scram-sha-256-plus", login_choice::scram_sha_256_plus},
                                          {"xoauth2", login_choice::xoauth2},
                                          {"oauthbearer", login_choice::oauthbearer},
                                          {"external", login_choice::external}};
  return read_choice(value, words, chosen.auth) ? nullptr : "auto or a mechanism of --help";
}

template <auto Member>
const char* add(options& chosen, string_view value) {
  (chosen.*Member).emplace_back(value);
  return nullptr;
}

// never, or a list of the others.
const char* take_notify(options& chosen, string_view value) {
  using mailmote::dsn_notify;
  constexpr word<dsn_notify> words[] = {{"success", dsn_notify::success},
                                        {"failure", dsn_notify::failure},
                                        {"delay", dsn_notify::delay}};
  constexpr const char* wanted = "never, or some of success,failure,delay";
  dsn_notify all = dsn_notify::unsaid;
  for (std::size_t comma = 0; value != "never" && comma != value.npos;) {
    comma = value.find(',');
    dsn_notify one = dsn_notify::unsaid;
    if (!read_choice(value.substr(0, comma), words, one)) return wanted;
    all = all | one;
    if (comma != value.npos) value.remove_prefix(comma + 1);
  }
  chosen.notify = value == "never" ? dsn_notify::never : all;
  return nullptr;
}

const char* take_return(options& chosen, string_view value) {
  using mailmote::dsn_return;
  constexpr word<dsn_return> words[] = {{"full", dsn_return::full},
                                        {"headers", dsn_return::headers}};
  return read_choice(value, words, chosen.returns) ? nullptr : "full or headers";
}

const char* take_envelope_id(options& chosen, string_view value) {
  chosen.envelope_id = value;
  return value.empty() ? "a text" : nullptr;
}

template <auto Member>
const char* add_parameter(options& chosen, string_view value) {
  (chosen.*Member).emplace_back(value);
  return value.find(':') == value.npos ? "KEYWORD:TEXT" : nullptr;
}

const char* take_count(options& chosen, string_view value) {
  return read_number(value, 1, 1'000'000'000, chosen.count) ? nullptr : "a number of 1 or more";
}

const char* take_timeout(options& chosen, string_view value) {
  if (!read_number(value, 1, 86'400, chosen.timeout)) return "a number up to 86400";
  chosen.timeout *= 1000;
  return nullptr;
}

const char* take_iterations(options& chosen, string_view value) {
  return read_number(value, 4'096, 10'000'000, chosen.iterations)
             ? nullptr
             : "a number from 4096 to 10000000";
}

constexpr option all_options[] = {
    {"--host", "NAME", "the server's name or IP address; its certificate must prove it",
     text<&options::host>},
    {"--port", "NUMBER", "default: 587 with starttls, 465 with implicit, 25 with none", take_port},
    {"--tls", "HOW", "starttls (default), implicit (from the first byte), or none", take_tls},
    {"--ca", "FILE", "trust these certificates (PEM), and not the system's store",
     text<&options::ca_file>},
    {"--user", "NAME", "log in", text<&options::user>},
    {"--pass", "PASSWORD", "the password; other users of this machine may see it here",
     text<&options::password>},
    {"--pass-file", "FILE",
     "its first line is the password; where no secret is given: $MAILMOTE_PASSWORD",
     text<&options::password_file>},
    {"--token-file", "FILE", "it has an OAuth access token; -: standard input",
     text<&options::token_file>},
    {"--cert", "FILE", "a certificate (PEM) that says to the server who this client is",
     text<&options::certificate_file>},
    {"--key", "FILE", "its private key (PEM)", text<&options::key_file>},
    {"--auth", "HOW",
     "auto (default: the strongest that both sides have), or one of: plain, login,", take_auth},
    {"", "", "cram-md5, scram-sha-1, scram-sha-256, scram-sha-256-plus, xoauth2, oauthbearer,",
     nullptr},
    {"", "", "external (then --user is who to act as, and may be left out)", nullptr},
    {"--prepared", "", "user name and password are in SASLprep form already (RFC 4013)",
     set<&options::prepared, true>},
    {"--allow-cleartext-auth", "", "log in without TLS, too: the password can be read on the way",
     set<&options::allow_cleartext_auth, true>},
    {"--from", "ADDRESS",
     "who hears of what cannot be delivered; may be '', nobody; or 'Name <ADDRESS>'",
     text<&options::from>},
    {"--to", "ADDRESS", "who gets the mail; may be given many times", add<&options::to>},
    {"--to-file", "FILE", "the same, one address a line; # begins a remark; -: standard input",
     text<&options::to_file>},
    {"--all-recipients", "", "deliver to all recipients or to none",
     set<&options::all_recipients, true>},
    {"--helo", "NAME", "what to call this machine; default: its own full name, or [127.0.0.1]",
     text<&options::helo>},
    {"--body", "FILE", "the complete message, header and all; default: -, standard input",
     text<&options::body>},
    {"--subject", "TEXT", "compose a mail, with this subject and what the next options say",
     text<&options::subject>},
    {"--text", "TEXT", "its plain text", text<&options::text>},
    {"--text-file", "FILE", "the same, read from a file; -: standard input",
     text<&options::text_file>},
    {"--html", "TEXT", "its HTML", text<&options::html>},
    {"--html-file", "FILE", "the same, read from a file; -: standard input",
     text<&options::html_file>},
    {"--attach", "FILE", "a file to go with it; may be given many times",
     add<&options::attachments>},
    {"--inline", "FILE", "a file that the HTML shows as cid:FILENAME; may be given many times",
     add<&options::inline_files>},
    {"--cc", "ADDRESS", "who gets a copy; may be given many times", add<&options::cc>},
    {"--bcc", "ADDRESS", "the same, and nobody sees it", add<&options::bcc>},
    {"--reply-to", "ADDRESS", "who gets the replies", add<&options::reply_to>},
    {"--header", "'NAME: VALUE'", "one more field; may be given many times",
     add<&options::headers>},
    {"--date", "DATE", "Unix seconds, RFC 5322 or ISO 8601; default: now", text<&options::date>},
    {"--message-id", "ID", "left@right; default: one that no other mail has",
     text<&options::message_id>},
    {"--dsn-notify", "LIST",
     "tell the sender of success, failure or delay (with commas between); or never", take_notify},
    {"--dsn-return", "HOW", "full or headers: how much of the mail comes back with a failure",
     take_return},
    {"--envid", "TEXT", "what such a notification names the mail by", take_envelope_id},
    {"--require-tls", "", "have it sent over verified TLS on its whole way, or not at all",
     set<&options::requires_tls, true>},
    {"--mail-parameter", "KEYWORD:TEXT", "", add_parameter<&options::mail_parameters>},
    {"", "", "say TEXT with MAIL, such as BY=120;R, to a server that offers KEYWORD, such as",
     nullptr},
    {"", "", "DELIVERBY; to another, send nothing; may be given many times", nullptr},
    {"--rcpt-parameter", "KEYWORD:TEXT", "", add_parameter<&options::rcpt_parameters>},
    {"", "", "the same with every RCPT", nullptr},
    {"--count", "N", "send it N times over one connection", take_count},
    {"--timeout", "SECONDS", "how long each step may take; default: 2 to 10 minutes (RFC 5321)",
     take_timeout},
    {"--no-pipelining", "", "one command at a time, whatever the server offers",
     set<&options::pipelining, false>},
    {"--chunking", "", "send the message as BDAT chunks, where the server offers CHUNKING",
     set<&options::chunking, true>},
    {"--pipeline-auth", "", "let the mail follow AUTH PLAIN or EXTERNAL without its reply",
     set<&options::pipeline_auth, true>},
    {"--derive-scram-keys", "",
     "send nothing: print what a device needs of --user's password for SCRAM",
     set<&options::derives_keys, true>},
    {"--salt", "BASE64", "the salt with which the server keeps that password",
     text<&options::salt>},
    {"--iterations", "NUMBER",
     "and its count, up to 10000000; a login refuses more than its max_iterations",
     take_iterations},
    {"", "", "(default: 100000), unless it is given the keys", nullptr},
    {"--verbose", "", "show the dialogue; secrets are masked", set<&options::verbose, true>},
    {"--quiet", "", "say nothing but errors", set<&options::quiet, true>},
    {"--help", "", "show this", set<&options::help, true>},
    {"--version", "", "show the versions of mailmote and wolfSSL", set<&options::version, true>},
};

// Takes one option, and what belongs to it, from argv[i] on.
std::optional<complaint> take_option(int argc, char** argv, int& i, options& chosen) {
  const string_view word = argv[i++];
  const std::size_t equals = word.starts_with("--") ? word.find('=') : string_view::npos;
  const string_view name = word.substr(0, equals);
  const auto found = std::find_if(std::begin(all_options), std::end(all_options),
                                  [&](const option& o) { return o.name == name; });
  if (name.empty() || found == std::end(all_options)) {
    const char* const what = word.starts_with('-') ? "unknown option " : "unexpected argument ";
    return complaint{usage, what + std::string{name}};
  }
  string_view value;
  if (equals != string_view::npos) {
    if (found->value.empty()) return complaint{usage, std::string{name} + " takes no value"};
    value = word.substr(equals + 1);
  } else if (!found->value.empty()) {
    if (i == argc) return complaint{usage, std::string{name} + " needs a value"};
    value = argv[i++];
  }
  const char* const wanted = found->take(chosen, value);
  if (wanted == nullptr) return std::nullopt;
  return complaint{usage, std::string{name} + " needs " + wanted};
}

std::optional<complaint> missing(string_view what) {
  return complaint{usage, std::string{what} + " is missing"};
}

std::optional<complaint> excludes(string_view one, string_view other) {
  return complaint{usage,
                   std::string{one} + " and " + std::string{other} + " cannot both be given"};
}

std::optional<complaint> needs(string_view one, string_view other) {
  return complaint{usage, std::string{one} + " needs " + std::string{other}};
}

// A login that lacks something.
std::optional<complaint> incomplete_login(const options& chosen) {
  const bool has_secret = chosen.password || chosen.password_file || chosen.token_file;
  if (has_secret && !chosen.user) return missing("--user");
  if (chosen.certificate_file && !chosen.key_file) return needs("--cert", "--key");
  if (chosen.key_file && !chosen.certificate_file) return needs("--key", "--cert");
  switch (chosen.auth) {
    case login_choice::automatic: break;
    case login_choice::external:
      if (!chosen.certificate_file) return needs("--auth external", "--cert");
      break;
    case login_choice::xoauth2:
    case login_choice::oauthbearer:
      if (!chosen.token_file) return needs("this --auth", "--token-file");
      break;
    default:
      if (!chosen.user) return needs("this --auth", "--user");
  }
  return std::nullopt;
}

std::optional<complaint> incomplete_derivation(const options& chosen) {
  const string_view derive = "--derive-scram-keys";
  if (!chosen.user) return needs(derive, "--user");
  if (!chosen.salt) return needs(derive, "--salt");
  if (chosen.iterations == 0) return needs(derive, "--iterations");
  switch (chosen.auth) {
    case login_choice::automatic:
    case login_choice::scram_sha_1:
    case login_choice::scram_sha_256: return std::nullopt;
    default: return needs(derive, "--auth scram-sha-1 or scram-sha-256");
  }
}

// Two that both read standard input.
std::optional<complaint> double_input(const options& chosen) {
  string_view first;
  for (const auto& [name, reads] :
       {std::pair{"--to-file -", chosen.to_file == "-"},
        std::pair{"--token-file -", chosen.token_file == "-"},
        std::pair{"--text-file -", chosen.text_file == "-"},
        std::pair{"--html-file -", chosen.html_file == "-"},
        std::pair{"--body -", !chosen.composes() && chosen.body == "-"}}) {
    if (!reads) continue;
    if (!first.empty()) return excludes(first, name);
    first = name;
  }
  return std::nullopt;
}

// Two options that cannot both be given.
std::optional<complaint> contradiction(const options& chosen) {
  if (chosen.password && chosen.password_file) return excludes("--pass", "--pass-file");
  if (chosen.composes() && chosen.body != "-") return excludes("--body", "--subject and the like");
  if (chosen.text && chosen.text_file) return excludes("--text", "--text-file");
  if (chosen.html && chosen.html_file) return excludes("--html", "--html-file");
  if (chosen.requires_tls && chosen.tls == mailmote::security::cleartext) {
    return excludes("--require-tls", "--tls none");
  }
  return double_input(chosen);
}

}  // namespace

std::optional<complaint> read_command_line(int argc, char** argv, options& chosen) {
  for (int i = 1; i < argc;) {
    if (auto wrong = take_option(argc, argv, i, chosen)) return wrong;
  }
  if (chosen.help || chosen.version) return std::nullopt;
  if (chosen.derives_keys) return incomplete_derivation(chosen);
  if (chosen.salt) return needs("--salt", "--derive-scram-keys");
  if (chosen.iterations != 0) return needs("--iterations", "--derive-scram-keys");
  if (chosen.host.empty()) return missing("--host");
  if (!chosen.from) return missing("--from");
  const bool is_to_nobody = chosen.to.empty() && chosen.cc.empty() && chosen.bcc.empty();
  if (is_to_nobody && !chosen.to_file) return missing("--to");
  if (auto wrong = incomplete_login(chosen)) return wrong;
  return contradiction(chosen);
}

std::string default_helo() {
  char name[256] = {};
  const bool known = ::gethostname(name, sizeof name - 1) == 0;
  const string_view host = known ? name : "";
  const bool is_full = host.find('.') != host.npos && mailmote::smtp::is_hello_name(host);
  return std::string{is_full ? host : "[127.0.0.1]"};
}

std::uint16_t default_port(mailmote::security tls) {
  switch (tls) {
    case mailmote::security::starttls: return 587;
    case mailmote::security::implicit_tls: return 465;
    case mailmote::security::cleartext: break;
  }
  return 25;
}

std::string usage_text() {
  return "usage: mailmote-send --host NAME --from ADDRESS --to ADDRESS [--to ADDRESS ...]\n"
         "                     [--body FILE | --subject TEXT --text TEXT ...] [OPTION ...]\n"
         "       mailmote-send --help\n";
}

std::string help_text() {
  constexpr std::size_t column = 26;
  std::string text =
      "mailmote-send sends one mail over verified TLS, and says for sure what became of it.\n\n" +
      usage_text() + "\n";
  for (const option& o : all_options) {  // one without a name goes on with the one before
    std::string line = "  ";
    line.append(o.name).append(o.value.empty() ? "" : " ").append(o.value);
    line.resize(std::max(line.size() + 1, column), ' ');
    text += line.append(o.meaning).append("\n");
  }
  return text +
         "\nThe exit code:\n"
         "   0  every mail was delivered, to one recipient or more\n"
         "  64  the command line is wrong\n"
         "  65  an address, header or name that cannot be sent\n"
         "  66  a file that cannot be read\n"
         "  67  every recipient was refused for good\n"
         "  68  no such host\n"
         "  69  refused or unavailable for good\n"
         "  74  the fate is unknown: a second try may send the mail twice\n"
         "  75  not delivered; try later\n"
         "  76  the server broke the rules of SMTP\n"
         "  77  login refused, or no TLS to be trusted\n";
}

}  // namespace mailmote_send
