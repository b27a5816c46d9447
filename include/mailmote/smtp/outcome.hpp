// SPDX-License-Identifier: BSL-1.0
// outcome.hpp: what became of a mail, and of each of its recipients.
//
// Knows:          the three fates of an alert, where the dialogue stood, what the server said.
// Does not know:  how the dialogue got there.
// Bounds:         the server's words are cut to `max_kept_text` octets (reply.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/error.hpp>

namespace mailmote {

enum class fate : std::uint8_t {
  delivered,      // the server took responsibility: 2xx to the last byte of the message
  not_delivered,  // certain: refused, or it never got so far
  unknown,        // the whole message may have arrived, and no proper reply says so
};

// Where the dialogue stood: the command whose reply was awaited, or that could not be sent.
enum class phase : std::uint8_t {
  start,  // before the first byte
  greeting,
  ehlo,  // EHLO or HELO, before or inside TLS
  starttls,
  handshake,
  auth,
  rset,
  mail,
  rcpt,
  data,
  message,  // while the message was sent
  accept,   // the final dot was sent, its reply awaited
  quit,
};

// Whether trying again can help.
enum class retry : std::uint8_t {
  no,     // refused for good; or somebody has it, or may have it, who would get the same mail again
  later,  // the same mail, after a while
  after_change,  // once the mail, the settings, the login or the server's set-up are mended
};

// RFC 3463: class.subject.detail. All zero: the reply carried none.
struct enhanced_code {
  std::uint8_t status = 0;  // 2, 4 or 5
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  friend constexpr bool operator==(enhanced_code, enhanced_code) = default;
};

// Whether trying again can help after `error`, with the server's `code` (0: none).
constexpr retry retry_after(errc error, std::uint16_t code) {
  if (code / 100 == 4) return retry::later;
  switch (error) {
    case errc::busy:
    case errc::canceled:
    case errc::resolver_failed:
    case errc::stream_failed:
    case errc::closed_before_reply:
    case errc::closed_in_reply:
    case errc::idle_closed:
    case errc::too_many_mails:
    case errc::timeout:
    case errc::service_closing:
    case errc::source_timeout:
    case errc::tls_out_of_memory:
    case errc::tls_no_random:
    case errc::auth_no_random:
    case errc::tls_truncated: return retry::later;
    case errc::none:
    case errc::malformed_reply:
    case errc::endless_reply:
    case errc::unexpected_reply:
    case errc::unsolicited_reply:
    case errc::tls_injection:
    case errc::bad_challenge:
    case errc::challenge_too_long:
    case errc::greeting_refused:
    case errc::ehlo_refused:
    case errc::tls_refused:
    case errc::mail_refused:
    case errc::recipients_refused:
    case errc::data_refused:
    case errc::message_refused: return retry::no;
    default: return retry::after_change;
  }
}

struct outcome {
  mailmote::fate fate = mailmote::fate::not_delivered;
  mailmote::phase phase = mailmote::phase::start;  // of `error`; meaningless without one
  errc error = errc::none;  // why the mail, or the connection, failed; the first reason stands
  mailmote::retry retry = mailmote::retry::no;
  std::uint16_t code = 0;  // the reply behind `error`, or to the message; 0: there was none
  enhanced_code enhanced{};
  std::size_t accepted = 0;  // recipients with a 2xx; they share the fate of the mail
  std::size_t refused = 0;   // recipients with a 4xx or 5xx; not delivered
  // A mail that the server takes only in parts is several: those recipients before this one whom the
  // server has accepted have it, whatever the fate is, which is that of the others.
  std::size_t delivered_before = 0;
  // The reply's words, for people. UNTRUSTED: the server wrote them. Printable ASCII, with `?` for
  // what is not. Valid until the client is used again.
  std::string_view server_text{};
  // The name of the login's mechanism that was used last, such as "SCRAM-SHA-256"; empty: none was.
  std::string_view mechanism{};
  // What the server said of a login that it refused, beside its reply: OAuth's JSON. UNTRUSTED, and of
  // the mechanism.
  std::string_view login_text{};
  // With errc::extension_missing, the keyword that the server does not offer. Of the parameters or
  // the settings, and valid while they are.
  std::string_view missing{};
};

// One RCPT's reply, handed out when it arrives.
struct recipient_reply {
  std::size_t index = 0;  // in the envelope's `to`
  std::string_view address{};
  std::uint16_t code = 0;
  enhanced_code enhanced{};
  std::string_view server_text{};  // UNTRUSTED, see outcome; valid during the call

  constexpr bool accepted() const { return code / 100 == 2; }

  // What became of this recipient, once the mail's outcome is known. One that never got a reply
  // has no recipient_reply, and was not delivered to.
  constexpr mailmote::fate fate_in(const outcome& mail) const {
    if (!accepted()) return mailmote::fate::not_delivered;
    return index < mail.delivered_before ? mailmote::fate::delivered : mail.fate;
  }
};

// Hears each recipient's reply, in the order of the envelope; and another one of whom the server wanted
// in another mail, which then stands. Called from inside `poll`, and must
// not call back into the client.
struct recipient_listener {
  virtual void on_recipient(const recipient_reply& reply) noexcept = 0;

 protected:
  ~recipient_listener() = default;
};

}  // namespace mailmote
