// SPDX-License-Identifier: BSL-1.0
// dsn.hpp: what the sender wants to hear of each recipient's delivery.
//
// Knows:          RFC 3461: RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT; RFC 6533 section 3, an
//                 original recipient outside ASCII.
// Does not know:  what such a notification looks like when it comes.
// Bounds:         refers to the envelope id; `max_envelope_id` and `max_original_recipient` as sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/smtp/parameters.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/word_list.hpp>
#include <mailmote/text/xtext.hpp>

namespace mailmote {

inline constexpr std::size_t max_envelope_id = 100;         // RFC 3461 4.4, in xtext
inline constexpr std::size_t max_original_recipient = 500;  // RFC 3461 4.2, in xtext, with its type

// When the sender is notified: `never`, or any of the others, joined by |.
enum class dsn_notify : std::uint8_t {
  unsaid = 0,  // as the servers do by themselves: of a failure, and perhaps of a delay
  success = 1,
  failure = 2,
  delay = 4,
  never = 8,
};
constexpr dsn_notify operator|(dsn_notify a, dsn_notify b) {
  return static_cast<dsn_notify>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

// How much of the mail comes back with a notification of failure.
enum class dsn_return : std::uint8_t { unsaid, full, headers };

struct dsn_options {
  dsn_notify notify = dsn_notify::unsaid;

  // For each recipient, in the envelope's order; for those behind the last one, `notify`.
  std::span<const dsn_notify> notify_each{};

  dsn_return returns = dsn_return::unsaid;

  // What the notification will name the mail by: printable ASCII, spaces too. Empty: nothing.
  std::string_view envelope_id{};

  // Whether each address goes along as it is here, for a notification to name it so, whatever it
  // is forwarded to.
  bool original_recipients = false;

  // A server without DSN gets the mail, and nothing of this.
  bool optional = false;
};

// mailmote::dsn report{{.notify = mailmote::dsn_notify::success}};
class dsn final : public esmtp_parameters {
 public:
  constexpr explicit dsn(const dsn_options& with) : with_{with} {}

  errc check(const settings&, const envelope& mail) const noexcept override {
    using text::xtext_form;
    bool good = is_sound(with_.notify);
    for (const dsn_notify one : with_.notify_each) good = good && is_sound(one);
    for (const char c : with_.envelope_id) good = good && ascii::is_printable(c);
    good = good && text::xtext_length(with_.envelope_id, xtext_form::ascii) <= max_envelope_id;
    for (std::size_t i = 0; with_.original_recipients && i < mail.to.size(); ++i) {
      const std::string_view to = mail.to[i];
      const std::size_t length = type_of(to).size() + text::xtext_length(to, form_of(to));
      good = good && length <= max_original_recipient;
    }
    return good ? errc::none : errc::bad_parameter;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept override {
    const bool asks = with_.notify != dsn_notify::unsaid || !with_.notify_each.empty() ||
                      with_.returns != dsn_return::unsaid || !with_.envelope_id.empty() ||
                      with_.original_recipients;
    const bool is_missing = asks && !with_.optional && !offered.has(smtp::extension::dsn);
    return is_missing ? std::string_view{"DSN"} : std::string_view{};
  }

  void put_mail(text::piece_writer& out,
                const smtp::capabilities& offered) const noexcept override {
    if (!offered.has(smtp::extension::dsn)) return;
    if (with_.returns == dsn_return::full) out.put(" RET=FULL");
    if (with_.returns == dsn_return::headers) out.put(" RET=HDRS");
    if (with_.envelope_id.empty()) return;
    out.put(" ENVID=");
    text::put_xtext(out, with_.envelope_id, text::xtext_form::ascii);
  }

  void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered, std::size_t index,
                std::string_view address) const noexcept override {
    if (!offered.has(smtp::extension::dsn)) return;
    const std::span<const dsn_notify> each = with_.notify_each;
    put_notify(out, index < each.size() ? each[index] : with_.notify);
    if (!with_.original_recipients) return;
    out.put(" ORCPT=");
    out.put(type_of(address));
    text::put_xtext(out, address, form_of(address));
  }

 private:
  static constexpr bool is_sound(dsn_notify when) { return when <= dsn_notify::never; }

  // Where an address is not ASCII, the mail needs SMTPUTF8, with which the parameter need not be
  // ASCII either.
  static constexpr text::xtext_form form_of(std::string_view address) {
    return ascii::has_non_ascii(address) ? text::xtext_form::unitext : text::xtext_form::ascii;
  }
  static constexpr std::string_view type_of(std::string_view address) {
    return ascii::has_non_ascii(address) ? "utf-8;" : "rfc822;";
  }

  static void put_notify(text::piece_writer& out, dsn_notify when) {
    constexpr text::word_list words{"SUCCESS FAILURE DELAY NEVER"};  // by their bits
    const auto bits = static_cast<unsigned>(when);
    if (bits == 0) return;
    out.put(" NOTIFY");
    char before = '=';
    for (unsigned i = 0; i < 4; ++i) {
      if ((bits >> i & 1u) == 0) continue;
      out.put(before);
      out.put(words[i]);
      before = ',';
    }
  }

  dsn_options with_;
};

}  // namespace mailmote
