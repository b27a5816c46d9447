// SPDX-License-Identifier: BSL-1.0
// main.cpp: mailmote-send, a command that sends mail and says for sure what became of it.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>
#include <mailmote/tls/wolfssl.hpp>

#include "composition.hpp"
#include "console.hpp"
#include "counted_body.hpp"
#include "exit_code.hpp"
#include "logins.hpp"
#include "message_file.hpp"
#include "options.hpp"
#include "parameters.hpp"
#include "recipients.hpp"
#include "report.hpp"
#include "scram_keys.hpp"
#include "secrets.hpp"

namespace mailmote_send {
namespace {

using mailmote::errc;
using mailmote::milliseconds;

constexpr milliseconds patience = 10'000;  // for a greeting, before a hint is given

std::string_view view(const std::optional<std::string>& text) {
  return text ? std::string_view{*text} : std::string_view{};
}

// One connection, and all mails over it.
class delivery {
 public:
  // `mail` is what `body` was composed by, or null.
  delivery(const options& chosen, mailmote::body_source& body, composition* mail, console& screen)
      : chosen_{chosen},
        port_{chosen.port.value_or(default_port(chosen.tls))},
        body_{body},
        mail_{mail},
        screen_{screen} {
    for (const auto* const list : {&chosen.to, &chosen.cc, &chosen.bcc}) {
      for (const std::string& text : *list) to_.push_back(read_mailbox(text).address);
    }
    tls_.set_time(std::time(nullptr));
  }

  delivery(const delivery&) = delete;
  delivery& operator=(const delivery&) = delete;
  ~delivery() {
    tls_.close();
    trust_.release();
  }

  exit_code run() {
    unsigned long arrived = 0;
    const exit_code code = send_all(arrived);
    if (chosen_.count == 1) return code;
    const std::string tally =
        std::to_string(arrived) + " of " + std::to_string(chosen_.count) + " mails delivered";
    if (code == delivered || arrived == 0) {
      screen_.say(tally);
      return code;
    }
    screen_.complain(tally + "; sending all of them again would deliver " +
                     (arrived == 1 ? "that" : "those") + " twice");
    return code == try_later ? fate_unknown : code;  // who tries again at 75 must not send twice
  }

 private:
  static constexpr mailmote::buffer_sizes gateway_buffers{.out = 16'384, .in = 4'096};
  using tls_session = mailmote::wolfssl::bindable_session;
  using client = mailmote::client<mailmote::posix::tcp_stream, tls_session, gateway_buffers>;

  mailmote::settings settings() {
    mailmote::settings s{.host = chosen_.host,
                         .helo = chosen_.helo,
                         .auth = logins_.chosen(),
                         .security = chosen_.tls,
                         .pipelining = chosen_.pipelining,
                         .chunking = chosen_.chunking,
                         .pipeline_auth = chosen_.pipeline_auth,
                         .other_extensions = parameters_.extensions(),
                         .transcript = &screen_};
    if (chosen_.allow_cleartext_auth) s.cleartext_auth = mailmote::cleartext_auth::any;
    if (const milliseconds t = chosen_.timeout; t != 0) {
      patience_ = {t, t, t, t, t, t, t, t, t, t, std::min(t, patience_.quit), t};
      s.timeouts = patience_;
    }
    return s;
  }

  // Until all have arrived, or one has not and none is under way.
  exit_code send_all(unsigned long& arrived) {
    exit_code code = begin_mail();
    while (under_way_ > 0) {
      const exit_code one = finish();
      if (one == delivered) ++arrived;
      if (code == delivered || one == fate_unknown) code = one;
      const bool is_next_due = under_way_ == 0 && begun_ < chosen_.count;
      if (code == delivered && is_next_due) code = begin_mail();
    }
    return code;
  }

  // The next mail, on its way.
  exit_code begin_mail() {
    const bool is_last = begun_ + 1 == chosen_.count;
    if (mail_ != nullptr && begun_ > 0) mail_->count(static_cast<std::uint32_t>(begun_ + 1));
    const mailmote::envelope envelope{
        .from = from_,
        .to = to_,
        .deliver_if =
            chosen_.all_recipients ? mailmote::recipients::all : mailmote::recipients::any,
        .then = is_last ? mailmote::after::quit : mailmote::after::stay,
        .listener = &screen_,
        .parameters = parameters_.all()};
    const bool connected = smtp_.is_open() || smtp_.takes_next();
    errc error = smtp_.send(envelope, body_);
    if (error == errc::none && !connected) error = tcp_.connect(chosen_.host, port_);
    if (error != errc::none) {
      const mailmote::outcome unsent{.error = error, .retry = mailmote::retry_after(error, 0)};
      screen_.complain(report(unsent, to_.size(), reason_for(unsent)));
      return exit_code_of(unsent);
    }
    ++begun_;
    ++under_way_;
    return delivered;
  }

  // The first of those under way, to its end.
  exit_code finish() {
    const mailmote::outcome mail = wait_for_outcome();
    --under_way_;
    if (is_first_ && !mail.mechanism.empty()) {
      screen_.note("the login is " + std::string{mail.mechanism});
    }
    is_first_ = false;
    const std::string reason = reason_for(mail) + std::string{place_of(mail)};
    const std::string text = report(mail, to_.size(), reason);
    if (mail.fate == mailmote::fate::delivered) {
      screen_.say(text);
    } else {
      screen_.complain(text);
      if (const std::string words = words_on_login(mail); !words.empty()) screen_.complain(words);
    }
    return exit_code_of(mail);
  }

  // As mailmote::run, with something to look at meanwhile; and the next mail follows as soon as it may.
  mailmote::outcome wait_for_outcome() {
    const milliseconds begin = tcp_.now();
    while (smtp_.poll(tcp_.now()) == mailmote::status::working) {
      if (begun_ < chosen_.count && smtp_.takes_next() && begin_mail() == delivered) continue;
      const milliseconds now = tcp_.now();
      milliseconds timeout = smtp_.next_timeout(now);
      if (!hinted_ && !screen_.has_heard()) {
        const milliseconds waited = now - begin;
        if (waited >= patience) {
          hint();
        } else {
          timeout = std::min(timeout, patience - waited);
        }
      }
      screen_.show_progress(body_.sent(), body_.length());
      tcp_.wait(smtp_.wants(), timeout);
    }
    return smtp_.result();
  }

  void hint() {
    hinted_ = true;
    const std::string server = printable(chosen_.host) + ":" + std::to_string(port_);
    if (tcp_.is_connecting()) {
      screen_.warn("no answer from " + server + " for ten seconds; still trying to connect");
    } else if (chosen_.tls != mailmote::security::implicit_tls) {
      screen_.warn("no greeting from " + server +
                   " for ten seconds; does it expect TLS from the first byte (--tls implicit)?");
    }
  }

  // An error in words, with what it is about.
  std::string reason_for(const mailmote::outcome& mail) {
    const errc error = mail.error;
    std::array<char, 256> room;
    std::string reason{mailmote::explain(mail)};
    if (mail_ != nullptr && !mail_->fault(body_.limits()).empty()) {
      return printable(mail_->fault(body_.limits()));
    }
    if (error == errc::needs_saslprep) return fault_of_login(error, chosen_);
    if (error == errc::stream_failed) return reason + ": " + std::strerror(tcp_.native_error());
    if (error == tls_.error()) reason = printable(tls_.explain(room));  // it has seen more
    const std::string subject = printable(subject_of(error));
    return subject.empty() ? reason : reason + ": " + subject;
  }

  std::string_view subject_of(errc error) const {
    switch (error) {
      case errc::bad_host:
      case errc::no_such_host:
      case errc::resolver_failed: return chosen_.host;
      case errc::bad_helo: return chosen_.helo;
      case errc::bad_reverse_path: return from_;
      case errc::bad_parameter:
      case errc::unlisted_extension:
      case errc::bad_extension_list: return parameters_.fault();
      case errc::tls_bad_anchors: return view(chosen_.ca_file);
      case errc::tls_bad_client_certificate: return view(chosen_.certificate_file);
      case errc::bad_recipient: return *std::find_if(to_.begin(), to_.end(), is_no_address);
      default: return {};
    }
  }

  static bool is_no_address(std::string_view to) {
    return mailmote::text::forward_path_form(to) == mailmote::text::address_form::invalid;
  }

  const options& chosen_;
  const std::uint16_t port_;
  counted_body body_;
  composition* const mail_;
  console& screen_;
  const std::string_view from_ = read_mailbox(*chosen_.from).address;
  std::vector<std::string_view> to_{};
  const parameters parameters_{chosen_};
  bool hinted_ = false;
  bool is_first_ = true;
  unsigned long begun_ = 0;
  unsigned long under_way_ = 0;  // of those: one, or two when one follows the other at once

  mailmote::wolfssl::context trust_{
      {.anchors_file = chosen_.ca_file ? chosen_.ca_file->c_str() : nullptr,
       .system_store = !chosen_.ca_file,
       .certificate = view(chosen_.certificate),
       .key = view(chosen_.key)}};
  tls_session tls_{trust_};
  logins logins_{chosen_, tls_};
  mailmote::posix::tcp_stream tcp_{};
  mailmote::timeouts patience_{};
  client smtp_{tcp_, tls_, settings()};
};

exit_code end_early(const complaint& why, console& screen) {
  screen.complain(printable(why.text));
  if (why.code == usage) std::fputs(usage_text().c_str(), stderr);
  return why.code;
}

std::optional<complaint> open_message(const options& chosen, message_file& body, console& screen) {
  if (chosen.body == "-" && ::isatty(STDIN_FILENO) == 1) {
    screen.warn("reading the message from the terminal; Ctrl-D ends it");
  }
  const std::string unreadable = body.open(chosen.body);
  if (!unreadable.empty()) return complaint{unreadable_file, unreadable};
  if (body.longest_line() > message_file::max_line) {
    screen.warn("the message has a line of " + std::to_string(body.longest_line()) +
                " octets; servers need not take more than 998 (RFC 5321 4.5.3.1.6)");
  }
  return std::nullopt;
}

exit_code run(int argc, char** argv) {
  options chosen;
  const std::optional<complaint> misread = read_command_line(argc, argv, chosen);
  console screen{chosen.quiet     ? loudness::quiet
                 : chosen.verbose ? loudness::verbose
                                  : loudness::normal};
  if (misread) return end_early(*misread, screen);
  if (chosen.help) {
    std::fputs(help_text().c_str(), stdout);
    return delivered;
  }
  if (chosen.version) {
    std::printf("mailmote-send %s, wolfSSL %s\n", mailmote::version, ::wolfSSL_lib_version());
    return delivered;
  }
  if (const auto wrong = read_secrets(chosen)) return end_early(*wrong, screen);
  if (chosen.derives_keys) {
    std::string keys;
    if (const auto wrong = derive_scram_keys(chosen, keys)) return end_early(*wrong, screen);
    std::fputs(keys.c_str(), stdout);
    return delivered;
  }
  if (const auto wrong = read_recipients(chosen)) return end_early(*wrong, screen);
  if (chosen.helo.empty()) chosen.helo = default_helo();

  if (chosen.composes()) {
    composition mail;
    if (const auto wrong = mail.fill_in(chosen)) return end_early(*wrong, screen);
    return delivery{chosen, mail.mail(), &mail, screen}.run();
  }
  message_file body;
  if (const auto wrong = open_message(chosen, body, screen)) return end_early(*wrong, screen);
  return delivery{chosen, body, nullptr, screen}.run();
}

}  // namespace
}  // namespace mailmote_send

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output who goes shall not stop the mail
  return mailmote_send::run(argc, argv);
}
