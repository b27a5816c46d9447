// SPDX-License-Identifier: BSL-1.0
// mailmote.hpp: the whole library in one file, for projects that take one file.
//
// Generated from include/mailmote/ by single_include/generate.sh; changes belong there.
// Optional parts are asked for by macros, defined the same for the whole program:
// MAILMOTE_WOLFSSL, MAILMOTE_LWIP, MAILMOTE_POSIX.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

// ---- <mailmote/clock.hpp> ----

// clock.hpp: deadlines on a millisecond counter that wraps.
//
// Knows:          arithmetic modulo 2^32, as a tick counter does it after 49.7 days.
// Does not know:  what time it is; that is always an argument.
// Bounds:         8 bytes; a timeout is at most `longest_timeout`, a longer one is cut to it.

namespace mailmote {

// A reading of the caller's monotonic tick counter, or a span of time. It may wrap and start
// anywhere; it must not jump backwards, and two readings must be less than 2^31 ms apart.
using milliseconds = std::uint32_t;

inline constexpr milliseconds longest_timeout = 0x7FFF'FFFF;  // 24.8 days

// What `next_timeout` answers when nothing is being waited for.
inline constexpr milliseconds no_timeout = 0xFFFF'FFFF;

class deadline {
 public:
  constexpr deadline() = default;
  constexpr deadline(milliseconds now, milliseconds timeout)
      : start_{now}, timeout_{timeout < longest_timeout ? timeout : longest_timeout} {}

  constexpr bool passed(milliseconds now) const { return remaining(now) == 0; }

  // Since the start. A reading from just before it counts as the start itself, so that a driver that
  // reads its clock early cannot end a wait that has hardly begun.
  constexpr milliseconds elapsed(milliseconds now) const {
    const milliseconds since = now - start_;
    return since > longest_timeout ? 0 : since;
  }

  // 0 once it has passed.
  constexpr milliseconds remaining(milliseconds now) const {
    const milliseconds since = elapsed(now);
    return since >= timeout_ ? 0 : timeout_ - since;
  }

 private:
  milliseconds start_ = 0;
  milliseconds timeout_ = 0;
};

}  // namespace mailmote

// ---- <mailmote/error.hpp> ----

// error.hpp: the list of all that can go wrong.
//
// Knows:          one name for each reason why a mail was not, or may not have been, delivered.
// Does not know:  words for people (explain.hpp has them), or who detects what.
// Bounds:         an errc is one byte.

namespace mailmote {

// Each enumerator is documented by when it is said. `outcome` adds where in the dialogue it was.
enum class [[nodiscard]] errc : std::uint8_t{
    none = 0,  // nothing went wrong

    // The caller. Found by `send`, before a byte is written, unless it says otherwise.
    busy,               // a mail is still under way
    canceled,           // `cancel` was called
    no_recipients,      // the envelope names nobody
    bad_host,           // `host` is no domain name and no IP address
    bad_helo,           // `helo` is no domain name and no address literal
    bad_reverse_path,   // `from` is no mailbox of RFC 5321 4.1.2, or over its limits
    bad_recipient,      // a recipient is no mailbox of RFC 5321 4.1.2, or over its limits
    bad_username,       // a login's user name is empty, or has a NUL or control character
    bad_password,       // a password is empty or has a control character; or a token is not ASCII
    bad_authorization,  // a login's authorization identity has a NUL or control character
    needs_saslprep,  // a login's string has letters outside ASCII, and is not `prepared` (RFC 4013)
    smtputf8_needed,    // an address is not ASCII, and the server has no SMTPUTF8; before MAIL
    eight_bit_needed,   // a body cannot be sent without 8BITMIME; before MAIL
    binary_needed,      // a body cannot be sent without BINARYMIME and chunking; before MAIL
    response_too_long,  // a login's response is over 12,288 octets in base64; found while it is sent
    extension_missing,  // an extension that settings or envelope ask for is not offered; before MAIL
    bad_parameter,  // a parameter of MAIL or RCPT is none of RFC 5321 4.1.2, or against its own RFC
    unlisted_extension,  // a parameter's keyword is none of ours, and not in `other_extensions`
    bad_extension_list,  // `other_extensions` is no list of keywords, or has too many of them

    // The connection. The first two are said by ports, which look names up.
    no_such_host,         // the server's name does not exist
    resolver_failed,      // the server's name could not be looked up now
    stream_failed,        // the byte stream said `failed`
    closed_before_reply,  // the connection ended where a reply was due
    closed_in_reply,      // the connection ended inside a reply
    timeout,              // the server let the phase's time pass
    chunk_timeout,  // the server let the time of a BDAT chunk's reply pass: does it hang on CHUNKING?
    idle_closed,    // a kept connection was gone before the mail's first reply: connect again
    silent_greeting,  // ten seconds or more without a greeting: an implicit-TLS port?

    // What the server said was not SMTP, or not due.
    malformed_reply,  // no three digits, an impossible first digit, or codes that differ in a reply
    endless_reply,    // more octets in one reply than `max_reply_octets`
    unexpected_reply,    // a well-formed reply of a class that the command cannot have
    unsolicited_reply,   // a reply to nothing that was asked
    tls_injection,       // octets after the reply to STARTTLS, before the handshake (CVE-2011-0411)
    bad_challenge,       // an AUTH challenge that is no base64, or not of the mechanism's form
    challenge_too_long,  // an AUTH challenge over the mechanism's bound

    // The server's answers. The outcome has its code and words.
    service_closing,     // 421, at any time
    greeting_refused,    // a greeting of 4xx or 5xx
    ehlo_refused,        // EHLO (and HELO, where allowed) refused
    tls_unavailable,     // STARTTLS is not offered
    tls_refused,         // STARTTLS is offered, and answered with 4xx or 5xx
    auth_unavailable,    // no AUTH, or none of the login's mechanisms, is offered
    auth_needs_tls,      // a login over cleartext that `cleartext_auth` does not allow
    auth_refused,        // the login was answered with 4xx or 5xx
    auth_token_refused,  // the same, and the server has said that it is for the token
    auth_no_random,      // the login's random source has none
    auth_iterations,  // the server wants fewer than 4,096 iterations, or more than the login allows
    auth_keys_stale,  // the login's SCRAM keys are for another salt or count than the server's
    auth_server_unproven,  // the server did not show that it knows the password (SCRAM)
    mail_refused,          // MAIL was
    recipients_refused,    // every RCPT was; with `recipients::all`, one was
    data_refused,          // DATA was
    message_refused,       // the final reply after the message was
    message_too_large,     // longer than the SIZE that the server announced; before MAIL
    too_many_mails,        // the server's MAILMAX is reached on this connection; before MAIL
    too_many_recipients,  // more than the server takes in one mail, with `recipients::all`; before MAIL

    // The message.
    source_failed,   // the body source, a token's, or a login's hash function said `failed`
    source_spent,    // the body source cannot begin again
    source_length,   // the body source was longer or shorter than it had said
    source_timeout,  // the body source said "not yet" for too long
    bad_field,       // a field of a message cannot be written; its `check` says which, before MAIL
    bad_utf8,        // a field or text is no UTF-8; of a text from a source, found while it is sent
    bad_part,        // a part is not fit for the encoding that it names; found while it is sent

    // TLS.
    tls_no_anchors,   // no trust anchor was given, or none could be loaded
    tls_bad_anchors,  // a trust anchor is no PEM or DER certificate, or its file cannot be read
    tls_bad_client_certificate,  // our own certificate or key cannot be read, or they are no pair
    tls_no_time,                 // no time was given to judge the certificates' dates by
    tls_setup,                   // the TLS library could not be set up; native_error() says why
    tls_out_of_memory,           // the TLS library's heap, or ours, is too small
    tls_no_random,               // the TLS library has no random numbers
    tls_not_tls,                 // the server does not speak TLS on this port
    tls_version,                 // no common protocol version at or above the minimum
    tls_no_common_cipher,        // no common cipher suite
    tls_alert,                   // the server ended the handshake with an alert
    tls_no_certificate,          // the server showed no certificate
    tls_bad_certificate,         // a certificate that cannot be parsed, or is not allowed its use
    tls_unknown_ca,              // no trust anchor vouches for the server's certificate
    tls_self_signed,             // the server's certificate is its own, and no trust anchor
    tls_bad_signature,           // a signature in the chain or the handshake is wrong
    tls_weak_key,                // a key or signature in the chain is too weak
    tls_expired,                 // a certificate of the chain, or every trust anchor, has expired
    tls_not_yet_valid,  // a certificate of the chain, or every trust anchor, is not valid yet
    tls_name_mismatch,  // the server's certificate is for another name (RFC 9525)
    tls_ip_mismatch,    // the server's certificate is not for this IP address
    tls_unsafe,         // the handshake ended in a suite, version or peer that was not asked for
    tls_truncated,      // the connection ended without TLS's own goodbye
    tls_failed,         // any other fatal error of the TLS library; native_error() says which
};

}  // namespace mailmote

// ---- <mailmote/io.hpp> ----

// io.hpp: the whole contract between mailmote and the outside world.
//
// Knows:          bytes moved, or why not.
// Does not know:  what the bytes mean.
// Bounds:         an io_result is one machine word.

namespace mailmote {

enum class io_status : std::int8_t {
  ok,          // bytes moved
  want_read,   // nothing moved: try again when the lower transport is readable
  want_write,  // nothing moved: try again when the lower transport is writable
  closed,      // orderly end of the stream
  failed,      // the stream is broken, for good
};

// What one attempt to move bytes came to: either a count of at least 1, or a status other than ok.
class [[nodiscard]] io_result {
 public:
  constexpr io_result(io_status status) noexcept : word_{-static_cast<std::ptrdiff_t>(status)} {}
  static constexpr io_result moved(std::size_t n) noexcept { return io_result{n}; }  // n >= 1

  constexpr bool ok() const noexcept { return word_ > 0; }
  constexpr std::size_t count() const noexcept {
    return ok() ? static_cast<std::size_t>(word_) : 0;
  }
  constexpr io_status status() const noexcept {
    return ok() ? io_status::ok : static_cast<io_status>(-word_);
  }

 private:
  explicit constexpr io_result(std::size_t n) noexcept : word_{static_cast<std::ptrdiff_t>(n)} {}
  std::ptrdiff_t word_;
};

// A byte stream: a TCP connection, a UART, a TLS session over either.
//
//  1. A call MUST return at once; it MUST NOT wait for the peer. (A blocking stream is a legal
//     stream whose `want_*` never comes. It then owns the timeouts, and law 2 is lost by choice.)
//  2. The caller MUST NOT pass an empty buffer.
//  3. moved(n) MUST have 1 <= n <= size of the buffer. Short moves are normal.
//  4. want_read and want_write MUST mean that nothing moved, and that it is worth trying again
//     when the LOWEST transport is readable, or writable. Both may come from either call, because
//     a TLS read may have to write first. A stream that is still connecting answers want_write.
//     closed and failed from write_some MUST mean that nothing moved, too.
//  5. closed from read_some MUST mean an orderly end: all that was sent before it was delivered.
//  6. After closed from a read, or failed from either call, the same call MUST go on saying so.
//  7. A write that answered want_* MUST be repeated by the caller with the same bytes first.
//  8. The calls MUST NOT be entered from an interrupt, from two threads at a time, or from within
//     each other, and MUST NOT call back into the client.
//  9. The calls MUST be noexcept.
// 10. A stream MAY have close() and flush(), noexcept too. close() ends the connection, in good order
//     if all was read that came, and MAY come again. flush() says that no more is written now: a
//     stream that gathers what it is given into packets MUST let it go then, and MAY hold it back until
//     then.
// clang-format off
template <class S>
concept byte_stream = requires(S& stream, std::span<char> in, std::span<const char> out) {
  { stream.read_some(in) } noexcept -> std::same_as<io_result>;
  { stream.write_some(out) } noexcept -> std::same_as<io_result>;
};
// clang-format on

// What a poller has to wait for on the lowest transport.
struct interest {
  bool read = false;
  bool write = false;
  constexpr bool any() const noexcept { return read || write; }
  friend constexpr bool operator==(interest, interest) = default;
};

// What `mailmote::run` needs from an operating system: `wait` MUST return when the transport is
// ready for one of `wants`, or after `timeout` (no_timeout: never), whichever is first, and may
// return early; `now` MUST be a monotonic reading (clock.hpp).
// clang-format off
template <class W>
concept waiter = requires(W& port, interest wants, milliseconds timeout) {
  { port.wait(wants, timeout) } noexcept;
  { port.now() } noexcept -> std::same_as<milliseconds>;
};
// clang-format on

// What the octets of a ready-made text are.
enum class body_kind : std::uint8_t {
  seven_bit,  // ASCII
  unknown,    // octets over 127 perhaps, which a server without 8BITMIME gets unannounced
  eight_bit,  // octets over 127 in lines: goes only where 8BITMIME is offered (RFC 6152)
  binary,     // any octets, whose line ends stay as they are: goes only in chunks, and only where
              // BINARYMIME is offered (RFC 3030)
};

// What a mail may contain, as agreed with the server, and told to a body before it is read.
struct body_limits {
  bool eight_bit = false;  // octets over 127 (8BITMIME, RFC 6152)
  bool utf8 = false;       // UTF-8 in headers (SMTPUTF8, RFC 6531)
  bool binary = false;     // any octets, lines of any length (BINARYMIME, RFC 3030)
  bool verbatim =
      false;  // not a server's: whoever reads encodes every octet, and wants it as it is
};

// What begin answers of a text of this `kind`.
constexpr errc hold_against(body_limits limits, body_kind kind) {
  if (kind == body_kind::eight_bit && !limits.eight_bit) return errc::eight_bit_needed;
  return kind == body_kind::binary && !limits.binary ? errc::binary_needed : errc::none;
}

// What MAIL has to say of a body.
struct body_needs {
  body_kind kind = body_kind::unknown;
  bool utf8 = false;  // its header has UTF-8 that only an SMTPUTF8 mail may have
};

inline constexpr std::uint64_t unknown_length = std::numeric_limits<std::uint64_t>::max();

// The text of one mail, pulled when it is needed. An abstract class and not a concept, because the
// engine that reads it is no template. Octets are as RFC 1870 counts them: lines end in CRLF, dots
// are not stuffed.
//
//  1. begin MUST start the text, or start it again from its first octet. A source that cannot
//     begin again MUST answer errc::source_spent; one that cannot send what it has within `limits`
//     answers the errc that says what is missing.
//  2. read_some obeys the rules of byte_stream::read_some; `closed` is the end of the text, and
//     want_read or want_write mean "not yet".
//  3. length MUST be exact or unknown_length, and is asked only after begin. One that proves wrong
//     ends the session before the mail is complete (errc::source_length).
//  4. needs is asked after begin, and stays within the limits that begin was given. error is asked
//     after `failed`: why.
//  5. The source MUST live from `send` until the client has finished.
struct body_source {
  virtual errc begin(body_limits limits) noexcept = 0;
  virtual io_result read_some(std::span<char> out) noexcept = 0;
  virtual std::uint64_t length() const noexcept = 0;
  virtual body_needs needs() const noexcept { return {}; }
  virtual errc error() const noexcept { return errc::source_failed; }

 protected:
  constexpr body_source() = default;
  constexpr body_source(const body_source&) = default;
  constexpr body_source& operator=(const body_source&) = default;
  ~body_source() = default;  // never deleted through this type
};

}  // namespace mailmote

// ---- <mailmote/smtp/outcome.hpp> ----

// outcome.hpp: what became of a mail, and of each of its recipients.
//
// Knows:          the three fates of an alert, where the dialogue stood, what the server said.
// Does not know:  how the dialogue got there.
// Bounds:         the server's words are cut to `max_kept_text` octets (reply.hpp).

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

// ---- <mailmote/text/ascii.hpp> ----

// ascii.hpp: the letters and digits of protocols, whatever the locale.
//
// Knows:          ASCII (RFC 20), and how to look at a string by it.
// Does not know:  UTF-8 beyond "this octet is not ASCII".
// Bounds:         no state, no tables.

namespace mailmote::ascii {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_non_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80u) != 0; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
constexpr bool is_printable(char c) { return !is_control(c) && !is_non_ascii(c); }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

constexpr bool has_control(std::string_view s) {
  for (const char c : s) {
    if (is_control(c)) return true;
  }
  return false;
}

// Without a way out of its middle: a text may be long, and a compiler take many octets at a time.
constexpr bool has_non_ascii(std::string_view s) {
  unsigned all = 0;
  for (const char c : s) all |= static_cast<unsigned char>(c);
  return all > 0x7F;
}

}  // namespace mailmote::ascii

// ---- <mailmote/smtp/reply.hpp> ----

// reply.hpp: reads one reply of the server, octet by octet.
//
// Knows:          RFC 5321 4.2 (three digits, continuation lines), RFC 3463 and 2034 (enhanced codes).
// Does not know:  which command is answered; the first digit decides, and the session judges it.
// Bounds:         `max_kept_text` octets of text are kept for people; a reply of any length up to
//                 `max_reply_octets` is read in that.

namespace mailmote::smtp {

// RFC 5321 4.5.3.1.5 says 512 for a line. Real servers write more, and nothing here depends on it;
// what is more than this is an attack on the caller's patience.
inline constexpr std::uint32_t max_reply_octets = 2u << 20;

inline constexpr std::size_t max_kept_text = 80;

// Reads class "." subject "." detail from the beginning of a text (RFC 2034 section 4).
class enhanced_code_reader {
 public:
  constexpr void feed(char c) {
    if (part_ >= complete) return;
    if (ascii::is_digit(c) && digits_ < 3) {
      parts_[part_] = static_cast<std::uint16_t>(parts_[part_] * 10 + (c - '0'));
      ++digits_;
    } else if (digits_ > 0 && c == (part_ == 2 ? ' ' : '.')) {
      digits_ = 0;
      ++part_;
    } else {
      part_ = none;
    }
  }

  // The code that the text began with, if it is of the class of the reply's `code`.
  constexpr enhanced_code read(std::uint16_t code) const {
    const bool whole = part_ == complete || (part_ == 2 && digits_ > 0);
    const unsigned status = parts_[0];
    const bool known = status == 2 || status == 4 || status == 5;
    if (!whole || !known || status != code / 100u) return {};
    return {static_cast<std::uint8_t>(status), parts_[1], parts_[2]};
  }

 private:
  static constexpr std::uint8_t complete = 3;
  static constexpr std::uint8_t none = 4;

  std::array<std::uint16_t, 3> parts_{};
  std::uint8_t part_ = 0;  // being read; or one of the above, when there is no more
  std::uint8_t digits_ = 0;
};

// Calm about what real servers do: lines that end in LF alone, lines without text, two spaces
// after the code, any octets in the text. Strict about the code: three digits, 1 to 5 first, the
// same in every line.
class reply_parser {
 public:
  enum class event : std::uint8_t {
    none,       // an octet of the code, or of a line end
    text,       // an octet of a line's text
    line_end,   // a line is over, and more will follow
    complete,   // the reply is over: code(), enhanced() and text() are true
    malformed,  // this is no reply
    endless,    // max_reply_octets without an end
  };

  constexpr void begin() { octets_ = 0; }  // whatever was read before
  constexpr event feed(char c);

  // Before the first octet of a reply, so that an end of the stream here cuts nothing in two.
  constexpr bool between_replies() const { return octets_ == 0; }

  constexpr std::uint16_t code() const { return code_; }
  constexpr bool is_class(int first_digit) const { return code_ / 100 == first_digit; }
  constexpr bool is_refusal() const { return is_class(4) || is_class(5); }
  constexpr std::uint16_t line_code() const { return line_code_; }  // of the line being read
  constexpr enhanced_code enhanced() const { return enhanced_.read(code_); }

  // The beginning of the text, lines joined by a space, for people. Everything that is not
  // printable ASCII has become `?`. It stands until the next reply begins, or while it is held.
  constexpr std::string_view text() const { return {text_.data(), kept_}; }
  constexpr void hold_text(bool hold) { text_held_ = hold; }
  constexpr bool holds_text() const { return text_held_; }
  constexpr void forget_text() { kept_ = 0; }

 private:
  constexpr bool is_first_line() const { return code_ == 0; }
  constexpr void begin_line();
  constexpr event end_line();
  constexpr void keep(char c);

  enum class place : std::uint8_t { digit_1, digit_2, digit_3, code_end, separator, text };

  std::uint32_t octets_ = 0;  // of this reply so far
  std::uint16_t code_ = 0;    // of the first line
  std::uint16_t line_code_ = 0;
  enhanced_code_reader enhanced_{};
  std::uint8_t kept_ = 0;
  place place_ = place::digit_1;
  bool last_line_ = false;
  bool text_held_ = false;
  std::array<char, max_kept_text> text_{};
};

constexpr reply_parser::event reply_parser::feed(char c) {
  if (octets_ == 0) {
    code_ = 0;
    enhanced_ = {};
    if (!text_held_) kept_ = 0;
    begin_line();
  }
  if (++octets_ > max_reply_octets) return event::endless;
  if (place_ < place::code_end) {
    if (!ascii::is_digit(c)) return event::malformed;
    line_code_ = static_cast<std::uint16_t>(line_code_ * 10 + (c - '0'));
    place_ = static_cast<place>(static_cast<unsigned>(place_) + 1);
    return event::none;
  }
  if (c == '\n') return end_line();
  if (c == '\r') return event::none;  // it belongs to the line's end, or to nothing
  if (place_ == place::code_end) {
    if (c != ' ' && c != '-') return event::malformed;
    last_line_ = c == ' ';
    place_ = place::separator;
    return event::none;
  }
  if (place_ == place::separator) {
    if (c == ' ') return event::none;  // some servers write two
    place_ = place::text;
    if (kept_ > 0) keep(' ');
  }
  if (is_first_line()) enhanced_.feed(c);
  keep(c);
  return event::text;
}

constexpr void reply_parser::begin_line() {
  line_code_ = 0;
  place_ = place::digit_1;
}

constexpr reply_parser::event reply_parser::end_line() {
  if (place_ == place::code_end) last_line_ = true;  // the code stood alone
  if (is_first_line()) code_ = line_code_;
  const bool agrees = line_code_ == code_ && code_ >= 100 && code_ < 600;
  begin_line();
  if (!agrees) return event::malformed;
  if (!last_line_) return event::line_end;
  octets_ = 0;
  return event::complete;
}

constexpr void reply_parser::keep(char c) {
  if (!text_held_ && kept_ < text_.size()) text_[kept_++] = ascii::is_printable(c) ? c : '?';
}

}  // namespace mailmote::smtp

// ---- <mailmote/text/word_list.hpp> ----

// word_list.hpp: a table of protocol words, packed into one string.
//
// Knows:          that words are compared without case, and whole.
// Does not know:  what the words mean; an index is the caller's enumerator.
// Bounds:         one octet a word beside its letters.

namespace mailmote::text {

class word_list {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // Words with one space between.
  constexpr explicit word_list(std::string_view words) : words_{words} {}

  // Empty behind the last one.
  constexpr std::string_view operator[](std::size_t index) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= words_.size(); ++i) {
      if (i < words_.size() && words_[i] != ' ') continue;
      if (index-- == 0) return {words_.data() + begin, i - begin};
      begin = i + 1;
    }
    return {};
  }

  constexpr std::size_t find(std::string_view word) const {
    for (std::size_t i = 0;; ++i) {
      const std::string_view candidate = (*this)[i];
      if (candidate.empty()) return none;
      if (ascii::equal_ignoring_case(candidate, word)) return i;
    }
  }

  // Of a set of at most 16 of these words; 0 when it is none of them.
  constexpr std::uint16_t bit(std::string_view word) const {
    const std::size_t index = find(word);
    return index == none ? std::uint16_t{0} : static_cast<std::uint16_t>(1u << index);
  }

 private:
  std::string_view words_;
};

}  // namespace mailmote::text

// ---- <mailmote/sasl/mechanism.hpp> ----

// mechanism.hpp: a login, as challenges in and responses out (RFC 4422).
//
// Knows:          the names of the mechanisms that submission servers offer.
// Does not know:  SMTP, base64, streams.
// Bounds:         an offer is two bytes; responses are pulled piece by piece, of any length.

namespace mailmote::sasl {

enum class kind : std::uint8_t {
  plain,        // RFC 4616
  login,        // draft-murchison-sasl-login
  cram_md5,     // RFC 2195
  scram_sha_1,  // RFC 5802
  scram_sha_1_plus,
  scram_sha_256,  // RFC 7677
  scram_sha_256_plus,
  xoauth2,      // Google's and Microsoft's
  oauthbearer,  // RFC 7628
  external,     // RFC 4422 appendix A
};

// In the order of `kind`.
inline constexpr text::word_list kind_names{
    "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS XOAUTH2 "
    "OAUTHBEARER EXTERNAL"};

constexpr std::string_view name(kind k) { return kind_names[static_cast<std::size_t>(k)]; }

// The set of mechanisms that a server has offered.
class offer {
 public:
  // `token` is one word of the AUTH list, in any case. Unknown words are no error.
  constexpr void add(std::string_view token) {
    bits_ = static_cast<std::uint16_t>(bits_ | kind_names.bit(token));
  }
  constexpr bool has(kind k) const { return ((bits_ >> static_cast<unsigned>(k)) & 1u) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(offer, offer) = default;

 private:
  std::uint16_t bits_ = 0;
};

inline constexpr std::size_t no_initial_response = std::numeric_limits<std::size_t>::max();

// One login, used for one exchange at a time. The order of calls:
//
//   check                                    before anything is sent: are the strings fit to be?
//   select                                   once an offer is known
//   read_some ... until `closed`             the initial response, when there is one
//   { challenge*, respond, read_some ... }*  for each challenge of the server
//   accept                                   when the server says that the login succeeded
//   select_next                              when the server does not know what it had offered
//   forget                                   when the exchange is over, however it ended
//
// The strings a mechanism is made of belong to the caller, and must live until the client has
// finished.
class mechanism {
 public:
  // errc::none, or which string cannot be sent (bad_username, bad_password, bad_authorization,
  // needs_saslprep).
  virtual errc check() const noexcept = 0;

  // Chooses from `offered` and starts a new exchange, or answers errc::auth_unavailable, or why it
  // cannot start one (auth_no_random, a token source's errc).
  virtual errc select(offer offered) noexcept = 0;

  // The server does not do what it had offered (504; or 534 and 538, before anything of the secret was
  // said): chooses again and starts a new exchange, or answers false.
  virtual bool select_next() noexcept { return false; }
  virtual kind selected() const noexcept = 0;

  // Whether the exchange shows the password, or a token as good as one, to whoever can read it.
  virtual bool reveals_secret() const noexcept = 0;

  // The octets of the initial response (before base64; 0 is an empty one), or no_initial_response.
  virtual std::size_t initial_response() const noexcept = 0;

  // The next octets of a challenge, in order. An empty challenge has none.
  virtual void challenge(std::span<const char> octets) noexcept = 0;

  // The challenge is complete: prepares the response, or answers what is wrong with the challenge
  // (bad_challenge, challenge_too_long, auth_iterations, auth_keys_stale, auth_server_unproven).
  virtual errc respond() noexcept = 0;

  // The next octets of the pending response; `closed` when there are no more, `failed` when it cannot
  // be made. want_write: the next slice of work is to be done in another call. want_read: what it is
  // made from is not there yet.
  virtual io_result read_some(std::span<char> out) noexcept = 0;

  // The server says yes: errc::none when this ends the exchange properly (a mechanism that
  // authenticates the server as well may have seen too little).
  virtual errc accept() noexcept = 0;

  // What a refusal of this exchange means, and what the server has said of it beside its reply:
  // UNTRUSTED, until the next exchange.
  virtual errc refusal() const noexcept { return errc::auth_refused; }
  virtual std::string_view server_text() const noexcept { return {}; }

  // Wipes what was derived from secrets.
  virtual void forget() noexcept = 0;

 protected:
  constexpr mechanism() = default;
  constexpr mechanism(const mechanism&) = default;
  constexpr mechanism& operator=(const mechanism&) = default;
  ~mechanism() = default;  // never deleted through this type
};

}  // namespace mailmote::sasl

// ---- <mailmote/smtp/capabilities.hpp> ----

// capabilities.hpp: what a server has offered in its reply to EHLO.
//
// Knows:          the keywords of RFC 5321, 1652/6152, 1870, 2034, 2920, 3030, 3207, 3461, 4954,
//                 6531, 8689, 9422, and Microsoft's old `AUTH=`; of others, those it is told.
// Does not know:  what is done with them, or whether they came through TLS.
// Bounds:         words over `max_keyword` octets match nothing; lines of any length are read in that.

namespace mailmote::smtp {

enum class extension : std::uint8_t {
  starttls,
  auth,
  pipelining,
  chunking,
  binarymime,
  eight_bit_mime,
  smtputf8,
  size,
  dsn,
  enhanced_status_codes,
  requiretls,
  limits,
};

// In the order of `extension`.
inline constexpr text::word_list extension_keywords{
    "STARTTLS AUTH PIPELINING CHUNKING BINARYMIME 8BITMIME SMTPUTF8 SIZE DSN ENHANCEDSTATUSCODES "
    "REQUIRETLS LIMITS"};

// Of a number in an EHLO line that is larger than this, only that is known.
inline constexpr std::uint32_t largest_number = 0xFFFF'FFFF;

// A keyword has no limit in RFC 5321 4.1.1.1; the longest registered one has 19 octets. A word of
// an EHLO line that is longer than this is RCPTDOMAINMAX= and more than ten digits, or nothing.
inline constexpr std::size_t max_keyword = 24;

// Of the words of settings.other_extensions, those behind these are not noted.
inline constexpr std::size_t max_other_extensions = 32;

constexpr unsigned bit(extension e) { return 1u << static_cast<unsigned>(e); }

struct capabilities {
  std::uint32_t size_limit = 0;             // octets in a message; 0: none was named (RFC 1870 4)
  std::uint32_t max_recipients = 0;         // RCPTMAX; 0: none was named (RFC 9422)
  std::uint32_t max_mails = 0;              // MAILMAX; likewise
  std::uint32_t max_recipient_domains = 0;  // RCPTDOMAINMAX; likewise
  std::uint16_t extensions = 0;             // one bit an extension
  sasl::offer auth{};
  std::uint32_t others = 0;           // one bit a word of `other_keywords`
  std::string_view other_keywords{};  // as settings.other_extensions has them

  constexpr bool has(extension e) const { return (extensions & bit(e)) != 0; }

  // The same for a keyword, in any case; of one that is not known() nobody has taken note.
  constexpr bool offers(std::string_view keyword) const {
    return ((extension_keywords.bit(keyword) & extensions) | (other_bit(keyword) & others)) != 0;
  }
  constexpr bool knows(std::string_view keyword) const {
    return (extension_keywords.bit(keyword) | other_bit(keyword)) != 0;
  }
  constexpr std::uint32_t other_bit(std::string_view keyword) const {
    const std::size_t index = text::word_list{other_keywords}.find(keyword);
    return index < max_other_extensions ? std::uint32_t{1} << index : 0;
  }
};

// Takes the text of an EHLO reply, octet by octet, and fills in what it says.
class capability_parser {
 public:
  constexpr void text(char c, capabilities& into) {
    if (c == ' ' || c == '\t') {
      end_word(into);
    } else if (c == '=' && words_ == 0 && is_auth(word())) {
      end_word(into);
    } else if (size_ < max_keyword) {
      word_[size_++] = c;
    } else {
      size_ = too_long;
    }
  }

  constexpr void line_end(capabilities& into) {
    end_word(into);
    words_ = 0;
    greeted_ = true;
  }

 private:
  static constexpr std::uint8_t too_long = max_keyword + 1;

  static constexpr bool is_auth(std::string_view w) {
    return extension_keywords.bit(w) == bit(extension::auth);
  }
  // Empty when it is too long.
  constexpr std::string_view word() const {
    return {word_.data(), size_ < too_long ? size_ : std::size_t{0}};
  }
  constexpr void end_word(capabilities& into);
  static constexpr void take_limit(std::string_view word, capabilities& into);

  std::uint8_t size_ = 0;
  std::uint8_t words_ = 0;     // complete ones in this line; more than two count as two
  std::uint16_t keyword_ = 0;  // the bit of the line's first word; 0: it is none of ours
  bool greeted_ = false;       // the first line names the server, and no extension
  std::array<char, max_keyword> word_{};
};

namespace detail {

// The number that the rest of a word is; 0 when it is none.
constexpr std::uint32_t read_number(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (!ascii::is_digit(c)) return 0;
    const auto digit = static_cast<std::uint32_t>(c - '0');
    const bool fits = value < largest_number / 10;  // 4,294,967,290 and more are "or more"
    value = fits ? value * 10 + digit : largest_number;
  }
  return value;
}

}  // namespace detail

constexpr void capability_parser::end_word(capabilities& into) {
  const std::string_view w = word();
  const bool blank = size_ == 0;
  size_ = 0;
  if (blank || !greeted_) return;
  if (words_ == 0) {
    keyword_ = extension_keywords.bit(w);
    into.extensions = static_cast<std::uint16_t>(into.extensions | keyword_);
    into.others |= into.other_bit(w);
  } else if (keyword_ == bit(extension::auth)) {
    into.auth.add(w);
  } else if (keyword_ == bit(extension::size) && words_ == 1) {
    into.size_limit = detail::read_number(w);
  } else if (keyword_ == bit(extension::limits)) {
    take_limit(w, into);
  }
  if (words_ < 2) ++words_;
}

// RCPTMAX=100 or MAILMAX=5, and others that are no business of a submission.
constexpr void capability_parser::take_limit(std::string_view w, capabilities& into) {
  constexpr text::word_list names{"RCPTMAX MAILMAX RCPTDOMAINMAX"};
  std::size_t name = 0;
  while (name < w.size() && w[name] != '=') ++name;
  if (name == w.size()) return;
  const std::uint32_t limit = detail::read_number({w.data() + name + 1, w.size() - name - 1});
  switch (names.find({w.data(), name})) {
    case 0: into.max_recipients = limit; break;
    case 1: into.max_mails = limit; break;
    case 2: into.max_recipient_domains = limit; break;
    default: break;
  }
}

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/envelope.hpp> ----

// envelope.hpp: who a mail is from and who shall get it (RFC 5321 section 2.3.1).
//
// Knows:          the caller's addresses, by reference.
// Does not know:  the message's header; its From: and To: may differ.
// Bounds:         any number of recipients, none of them copied.

namespace mailmote {

// A view of one or many addresses that somebody else keeps alive. It is made from one string, an
// array that has a name, or a span; a braced list would be gone before the mail is, and so does not
// compile.
class recipient_list {
 public:
  // The `i`th address of what `many` points to.
  using lookup = std::string_view (*)(const void* many, std::size_t i);

  constexpr recipient_list() = default;

  template <class One>
  requires std::convertible_to<const One&, std::string_view>
  constexpr recipient_list(const One& one) {
    const std::string_view text{one};
    list_ = text.data();
    size_ = 1;
    length_ = text.size();
  }

  // An lvalue array or container of string_view, or any span of them.
  template <class Many>
  requires(std::convertible_to<Many, std::span<const std::string_view>> &&
           (std::is_lvalue_reference_v<Many> ||
            std::ranges::enable_borrowed_range<Many>)) constexpr recipient_list(Many&& many) {
    const std::span<const std::string_view> view{many};
    list_ = view.data();
    size_ = view.size();
  }

  // Any `size` addresses that are kept in another form.
  constexpr recipient_list(const void* many, std::size_t size, lookup at)
      : list_{many}, size_{size}, at_{at} {}

  template <class Many, std::size_t N>
  recipient_list(const Many (&&)[N]) = delete;  // would dangle: give the array a name
  template <class Address>
  recipient_list(std::initializer_list<Address>) = delete;  // would dangle: give the array a name

  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  std::string_view operator[](std::size_t i) const {
    if (length_ != of_many) return {static_cast<const char*>(list_), length_};
    return at_ != nullptr ? at_(list_, i) : static_cast<const std::string_view*>(list_)[i];
  }

 private:
  static constexpr std::size_t of_many = std::numeric_limits<std::size_t>::max();

  const void* list_ = nullptr;
  std::size_t size_ = 0;
  std::size_t length_ = of_many;  // of the one address that list_ points to, when it is no list
  lookup at_ = nullptr;
};

// What every server takes in one mail (RFC 5321 4.5.3.1.8).
inline constexpr std::size_t min_recipients = 100;

// When the mail is sent at all.
enum class recipients : unsigned char {
  any,  // while at least one recipient is accepted
  all,  // only when every recipient is accepted
};

// What happens to the connection once the mail's fate is known.
enum class after : unsigned char {
  quit,  // goodbye is said, and the connection is over
  stay,  // it is kept for the next `send`, or `quit`
};

class esmtp_parameters;  // parameters.hpp

// All that is referred to must live until the client has finished with the mail.
struct envelope {
  std::string_view from{};  // the reverse-path, without <>; empty is the null reverse-path
  recipient_list to{};      // forward-paths, without <>
  recipients deliver_if = recipients::any;
  after then = after::quit;
  recipient_listener* listener = nullptr;  // hears each recipient's reply; may be null

  // What else is said with MAIL and RCPT (dsn.hpp, require_tls.hpp, other_parameters.hpp); may be
  // null.
  const esmtp_parameters* parameters = nullptr;
};

}  // namespace mailmote

// ---- <mailmote/smtp/recipient_tally.hpp> ----

// recipient_tally.hpp: counts which recipients were named, answered and accepted.
//
// The recipients of a mail go into one transaction, or into several, where the server takes fewer
// at a time: each is a range of them, and follows on the one before.
//
// Knows:          the policies recipients::any and recipients::all; RFC 9422's RCPTMAX and
//                 RCPTDOMAINMAX; what of a transaction the server wants in another (RFC 5321 4.5.3.1.10).
// Does not know:  when a RCPT may be sent, or what else happens to the mail.
// Bounds:         the same size for one recipient and for ten thousand. Only where a server limits
//                 their domains are the earlier ones of a transaction read again for each.

namespace mailmote::smtp {

class recipient_tally {
 public:
  // Whose domains are compared at most, so that it does not take long (law 2).
  static constexpr std::size_t max_compared = 1000;

  constexpr void begin(const envelope& mail) {
    *this = {};
    end_ = mail.to.size();
  }

  constexpr std::size_t first() const { return first_; }  // of the transaction
  constexpr std::size_t sent() const { return sent_; }
  constexpr std::size_t answered() const { return answered_; }
  constexpr std::size_t accepted() const { return accepted_; }
  constexpr std::size_t refused() const { return answered_ - accepted_; }
  constexpr bool all_sent() const { return sent_ == end_; }
  constexpr bool all_answered() const { return answered_ == end_; }

  // Whether the server takes all of them in one transaction; of too many to compare: no.
  static bool takes_all(const envelope& mail, const capabilities& offered) {
    const std::size_t size = mail.to.size();
    if (offered.max_recipients > 0 && size > offered.max_recipients) return false;
    if (size <= offered.max_recipient_domains || offered.max_recipient_domains == 0) return true;
    if (size > max_compared) return false;
    std::size_t domains = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (has_new_domain(mail, 0, i)) ++domains;
    }
    return domains <= offered.max_recipient_domains;
  }

  // One is named; and the transaction's last it is, if the server takes no more.
  void count_sent(const envelope& mail, const capabilities& offered) {
    ++sent_;
    if (sent_ < end_ && is_full(mail, offered)) end_ = sent_;
  }

  // Takes one RCPT's reply of 2xx, 4xx or 5xx, and tells the listener.
  void take(const envelope& mail, const reply_parser& reply) {
    if (mail.listener) {
      mail.listener->on_recipient({answered_, mail.to[answered_], reply.code(), reply.enhanced(),
                                   reply.holds_text() ? std::string_view{} : reply.text()});
    }
    ++answered_;
    last_decides_ = false;
    put_off_ = puts_off(reply) && has_somebody() ? put_off_ + 1 : 0;
    const int digit = reply.code() / 100;
    if (digit == 2) {
      ++accepted_;
      return;
    }
    const int deciding = mail.deliver_if == recipients::all ? 5 : 4;
    if (code_ != 0 && (code_ / 100 == deciding || digit != deciding)) return;
    code_ = reply.code();
    enhanced_ = reply.enhanced();
    last_decides_ = true;
  }

  // The refusal that speaks for all: one that may be taken back later, as `any` needs but one
  // recipient; or one for good, as it spoils the mail for `all`.
  constexpr std::uint16_t code() const { return code_; }
  constexpr enhanced_code enhanced() const { return enhanced_; }
  constexpr bool last_answer_decides() const { return last_decides_; }

  // Whether there will be nobody in this transaction, whatever the outstanding replies are.
  constexpr bool is_lost(const envelope& mail) const {
    if (mail.deliver_if == recipients::all && refused() > 0) return true;
    return !has_somebody() && all_answered();
  }

  // Whether earlier transactions had somebody: they are delivered.
  constexpr bool has_delivered() const { return delivered_ > 0; }

  // Whether some are left for another transaction.
  constexpr bool leaves_some(const envelope& mail) const {
    return end_ < mail.to.size() || put_off_ > 0;
  }

  // Goes on to those that are left.
  constexpr void advance(const envelope& mail) {
    answered_ -= put_off_;
    first_ = sent_ = answered_;
    end_ = mail.to.size();
    delivered_ = accepted_;
    put_off_ = domains_ = 0;
  }

 private:
  constexpr bool has_somebody() const { return accepted_ > delivered_; }

  // "Too many recipients", rightly or as RFC 821 had it; a full mailbox is something else.
  static constexpr bool puts_off(const reply_parser& reply) {
    const enhanced_code enhanced = reply.enhanced();
    const bool is_limit = enhanced.subject == 5 && enhanced.detail == 3;
    return is_limit ? reply.is_refusal() : reply.code() == 452 && enhanced.subject != 2;
  }

  static constexpr std::string_view domain_of(std::string_view address) {
    address.remove_prefix(address.rfind('@') + 1);  // of the null address: nothing
    return address;
  }

  // Whether no recipient of [first, at) has the domain of the one at `at`.
  static bool has_new_domain(const envelope& mail, std::size_t first, std::size_t at) {
    const std::string_view domain = domain_of(mail.to[at]);
    while (first < at && !ascii::equal_ignoring_case(domain_of(mail.to[first]), domain)) ++first;
    return first == at;
  }

  bool is_full(const envelope& mail, const capabilities& offered) {
    if (offered.max_recipients > 0 && sent_ - first_ >= offered.max_recipients) return true;
    if (offered.max_recipient_domains == 0) return false;
    if (sent_ - first_ >= max_compared) return true;
    if (domains_ == 0) domains_ = 1;  // the first's
    return has_new_domain(mail, first_, sent_) && ++domains_ > offered.max_recipient_domains;
  }

  std::size_t first_ = 0;  // [first_, end_): the transaction's recipients
  std::size_t end_ = 0;
  std::size_t sent_ = 0;       // recipients before it were named
  std::size_t answered_ = 0;   // likewise
  std::size_t accepted_ = 0;   // of all transactions
  std::size_t delivered_ = 0;  // accepted in earlier ones
  std::size_t put_off_ = 0;    // the last answers of which none was anything else
  std::size_t domains_ = 0;
  std::uint16_t code_ = 0;
  enhanced_code enhanced_{};
  bool last_decides_ = false;
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/verdict.hpp> ----

// verdict.hpp: what is known of a mail's fate so far.
//
// Knows:          that the first reason for a failure stands, and that a mail is decided once.
// Does not know:  what leads to which fate (session.hpp).
// Bounds:         24 bytes on a 32-bit machine.

namespace mailmote::smtp {

class verdict {
 public:
  constexpr void begin() {
    state_ = state::open;
    fate_ = fate::not_delivered;
    phase_ = phase::start;
    error_ = errc::none;
    cite(0, {});
  }

  constexpr bool is_open() const { return state_ == state::open; }
  constexpr errc error() const { return error_; }

  // errc::none: it was taken. False when there is a reason already.
  constexpr bool record(errc why, phase where) {
    if (!is_open() || error_ != errc::none) return false;
    error_ = why;
    phase_ = where;
    return true;
  }

  // The reply that says so.
  constexpr void cite(std::uint16_t code, enhanced_code enhanced) {
    code_ = code;
    enhanced_ = enhanced;
  }

  // Whom it is about.
  constexpr void count(const recipient_tally& recipients) {
    accepted_ = recipients.accepted();
    refused_ = recipients.refused();
    first_ = recipients.has_delivered() ? recipients.first() : 0;
  }

  constexpr void decide(fate reached) {
    if (!is_open()) return;
    state_ = state::decided;
    fate_ = reached;
  }

  constexpr bool is_decided() const { return state_ == state::decided; }
  constexpr bool is_told() const { return state_ == state::told; }

  // True once, when the mail is decided.
  constexpr bool tell() {
    if (state_ != state::decided) return false;
    state_ = state::told;
    return true;
  }

  // `login` is null where none was begun.
  outcome result(std::string_view server_text, const sasl::mechanism* login) const {
    const bool nobody_has_it = fate_ == fate::not_delivered && first_ == 0;
    const retry again = nobody_has_it ? retry_after(error_, code_) : retry::no;
    return {fate_,
            phase_,
            error_,
            again,
            code_,
            enhanced_,
            accepted_,
            refused_,
            first_,
            code_ != 0 ? server_text : std::string_view{},
            login != nullptr ? sasl::name(login->selected()) : std::string_view{},
            login != nullptr ? login->server_text() : std::string_view{}};
  }

 private:
  enum class state : std::uint8_t { open, decided, told };

  state state_ = state::told;  // of no mail at all
  fate fate_ = fate::not_delivered;
  phase phase_ = phase::start;
  errc error_ = errc::none;
  std::uint16_t code_ = 0;
  enhanced_code enhanced_{};
  std::size_t accepted_ = 0;
  std::size_t refused_ = 0;
  std::size_t first_ = 0;  // recipient of those that the fate is of
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/previous_mail.hpp> ----

// previous_mail.hpp: the mail whose final reply the next one did not wait for.
//
// Knows:          what is known of it: nothing but its reply is missing.
// Does not know:  the mail behind it.
// Bounds:         a verdict; its reply's words are in the parser, and held there until they were shown.

namespace mailmote::smtp {

class previous_mail {
 public:
  constexpr bool is_over() const { return verdict_.is_told(); }  // or there was none
  constexpr bool is_untold() const { return verdict_.is_decided(); }

  void begin(const verdict& so_far) { verdict_ = so_far; }

  // Its reply is here, whose words are held until they were shown.
  void settle(errc why, fate reached, reply_parser& reply) {
    verdict_.record(why, phase::accept);
    verdict_.cite(reply.code(), reply.enhanced());
    verdict_.decide(reached);
    reply.hold_text(true);
    holds_words_ = true;
  }

  // There will be none.
  void lose(errc why) {
    verdict_.record(why, phase::accept);
    verdict_.decide(fate::unknown);
  }

  bool tell() {
    const bool now = verdict_.tell();
    if (now) is_shown_ = true;
    return now;
  }

  bool is_shown() const { return is_shown_; }  // until the next mail is over
  void hide() { is_shown_ = false; }

  // Once they were shown. `next`, the mail behind it, may have words to be held by now.
  void let_words_go(reply_parser& reply, const verdict& next) {
    if (!holds_words_ || !is_over()) return;
    holds_words_ = false;
    reply.forget_text();
    reply.hold_text(next.error() != errc::none || !next.is_open());
  }

  outcome result(const reply_parser& reply, const sasl::mechanism* login) const {
    return verdict_.result(holds_words_ ? reply.text() : std::string_view{}, login);
  }

 private:
  verdict verdict_{};
  bool holds_words_ = false;
  bool is_shown_ = false;
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/timeouts.hpp> ----

// timeouts.hpp: how long each phase may take before the server counts as gone.
//
// Knows:          the minima of RFC 5321 section 4.5.3.2, which are the defaults.
// Does not know:  what time it is.
// Bounds:         each at most `longest_timeout` (clock.hpp).

namespace mailmote {

// Each is for one whole reply, or for one block of the message to be taken; a byte now and then
// does not prolong it.
struct timeouts {
  milliseconds greeting = 300'000;   // connecting, and the greeting (4.5.3.2.1)
  milliseconds ehlo = 300'000;       // not named there; as MAIL
  milliseconds starttls = 120'000;   // the reply to STARTTLS (RFC 3207 names none)
  milliseconds handshake = 120'000;  // the whole TLS handshake
  milliseconds auth = 180'000;       // each reply of a login
  milliseconds mail = 300'000;       // MAIL, and RSET (4.5.3.2.2)
  milliseconds rcpt = 300'000;       // each RCPT (4.5.3.2.3)
  milliseconds data = 120'000;       // the 354 (4.5.3.2.4)
  milliseconds block = 180'000;   // each part of the message, until the stream takes it (4.5.3.2.5)
  milliseconds accept = 600'000;  // the reply to the final dot (4.5.3.2.6)
  milliseconds quit = 15'000;     // the 221: the mail's fate is known, so not for long
  milliseconds source = 180'000;  // a body source, or a login, that keeps saying "not yet"
};

inline constexpr timeouts default_timeouts{};

// Which timeouts a client has: referred to, like the strings of its settings, so that those of RFC 5321
// cost no memory. They must live as long; those that would not do not compile.
class timeouts_reference {
 public:
  constexpr timeouts_reference(const timeouts& to) noexcept : to_{&to} {}
  timeouts_reference(const timeouts&&) = delete;
  constexpr const timeouts& operator*() const noexcept { return *to_; }

 private:
  const timeouts* to_;
};

// How often a body that says "not yet" is asked again.
inline constexpr milliseconds source_pace = 20;

// From when on silence in place of a greeting is a sign of its own: a server that waits for TLS.
inline constexpr milliseconds greeting_patience = 10'000;

}  // namespace mailmote

// ---- <mailmote/smtp/settings.hpp> ----

// settings.hpp: how a client talks to its server.
//
// Knows:          what a user may choose; every default is the safe choice.
// Does not know:  the mail (envelope.hpp).
// Bounds:         strings, timeouts and the login are referred to, and must live as long as the client.

namespace mailmote {

// There is no "opportunistic": a mail that must be encrypted is either encrypted or not sent.
enum class security : std::uint8_t {
  starttls,      // port 587 (RFC 3207): TLS after the first EHLO, or no mail
  implicit_tls,  // port 465 (RFC 8314): TLS from the first byte
  cleartext,     // no TLS at all: everybody on the way can read and change the mail
};

// Which logins may be used on a connection without TLS.
enum class cleartext_auth : std::uint8_t {
  never,
  challenge_only,  // those that do not show the secret (CRAM-MD5, SCRAM)
  any,             // PLAIN too: everybody on the way can read the password
};

// What is told of the dialogue while it goes on, for people to read. Secrets are masked before
// they get here, the message is not shown, and TLS is not in the way. The calls come from inside
// `poll` and must not call back into the client.
struct transcript {
  virtual void client_said(std::string_view octets) noexcept = 0;  // pieces of lines, with CRLF
  virtual void server_said(std::string_view octets) noexcept = 0;  // UNTRUSTED, as received
  virtual void encrypted() noexcept = 0;                           // TLS is up, and proven

 protected:
  ~transcript() = default;
};

struct settings {
  // The server's name or IP address, as the user knows it: what its certificate must prove. Not
  // needed with security::cleartext.
  std::string_view host{};

  // What the client calls itself in EHLO: its domain name, or its address in brackets such as
  // "[192.0.2.7]" (RFC 5321 4.1.3).
  std::string_view helo{};

  // How to log in; null sends without. A login that cannot be had is an error, never left out.
  sasl::mechanism* auth = nullptr;

  mailmote::security security = mailmote::security::starttls;
  mailmote::cleartext_auth cleartext_auth = mailmote::cleartext_auth::never;

  // Whether commands share a flight when the server offers PIPELINING (RFC 2920).
  bool pipelining = true;

  // Whether the message goes out as BDAT chunks when the server offers CHUNKING (RFC 3030).
  bool chunking = false;

  // With PIPELINING, a chunk of at most so many octets leaves together with MAIL and RCPT, under
  // recipients::any; RFC 3030 section 2 would have their replies awaited. A larger one waits.
  std::uint32_t eager_body = 64 * 1024;

  // With PIPELINING, MAIL and what follows leave together with AUTH PLAIN and EXTERNAL (RFC 4954
  // section 4). A server may then take the mail and refuse the login: the outcome has both. Not together
  // with `chunking` for Dovecot's submission service: it reads the chunk behind a refused login as
  // commands.
  bool pipeline_auth = false;

  timeouts_reference timeouts = default_timeouts;

  // Some servers want a response with the AUTH command even where it makes a line of more than 512
  // octets, against RFC 4954 section 4: a long token, say, for Microsoft's.
  bool long_initial_response = false;

  // Which extensions are looked for in the server's offer beyond those that mailmote knows, so that
  // a mail may have their parameters (other_parameters.hpp): up to 32 keywords of up to 24 octets,
  // with one space between, such as "DELIVERBY MT-PRIORITY".
  std::string_view other_extensions{};

  mailmote::transcript* transcript = nullptr;  // may be null
};

}  // namespace mailmote

// ---- <mailmote/text/piece_writer.hpp> ----

// piece_writer.hpp: writes a text into a buffer of any size, a piece at a time.
//
// Knows:          how much of the text is already written, and how much room there is.
// Does not know:  what the text is.
// Bounds:         no buffer; each round walks over the text from its beginning.

namespace mailmote::text {

// Writes the part of a text that follows its first `skip` octets, as far as there is room. So a
// command needs no buffer of its own: whoever has room again makes the same calls again, and skips
// what is already written.
class piece_writer {
 public:
  constexpr piece_writer(std::span<char> room, std::size_t skip) : room_{room}, skip_{skip} {}

  constexpr void put(char c) {
    if (skip_ > 0) {
      --skip_;
    } else if (written_ < room_.size()) {
      room_[written_++] = c;
    } else {
      complete_ = false;
    }
  }

  constexpr void put(std::string_view piece) {
    for (const char c : piece) put(c);
  }

  constexpr void put(const char* literal) {  // costs the caller less than a string_view
    while (*literal != '\0') put(*literal++);
  }

  constexpr void put_number(std::size_t n) {
    char digits[std::numeric_limits<std::size_t>::digits10 + 1] = {};
    std::size_t first = sizeof digits;
    do {
      digits[--first] = static_cast<char>('0' + n % 10);
      n /= 10;
    } while (n > 0);
    put({digits + first, sizeof digits - first});
  }

  constexpr std::size_t written() const { return written_; }
  constexpr std::size_t to_skip() const {
    return skip_;
  }                                                      // of the first octets: those still to come
  constexpr bool complete() const { return complete_; }  // everything that was put is written

 private:
  std::span<char> room_;
  std::size_t skip_;
  std::size_t written_ = 0;
  bool complete_ = true;
};

}  // namespace mailmote::text

// ---- <mailmote/smtp/parameters.hpp> ----

// parameters.hpp: what a mail says with MAIL and RCPT beyond what every mail says.
//
// Knows:          what the engine asks of such parameters, and how several go together.
// Does not know:  any of them: dsn.hpp, require_tls.hpp and other_parameters.hpp do.
// Bounds:         a pointer for each that is put together; nothing is linked that is not named.

namespace mailmote {

// The envelope points to one. What it refers to must live, with itself, until the client has
// finished with the mail.
class esmtp_parameters {
 public:
  // Called by `send`, before a byte is written, of a mail whose addresses are sound: errc::none, or
  // what forbids it (bad_parameter, unlisted_extension, bad_extension_list). Law 5: of what passes
  // here, everything may go on the wire.
  virtual errc check(const settings& with, const envelope& mail) const noexcept = 0;

  // Before MAIL, once it is known what the server offers: the keyword of the first extension that
  // must be there and is not; empty: there is none.
  virtual std::string_view missing(const smtp::capabilities& offered) const noexcept = 0;

  // Writes the parameters of MAIL, or of the RCPT for `mail.to[index]`, each with a space before
  // it. Called many times for one command, and writes the same each time.
  virtual void put_mail(text::piece_writer& out,
                        const smtp::capabilities& offered) const noexcept = 0;
  virtual void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered,
                        std::size_t index, std::string_view address) const noexcept = 0;

 protected:
  constexpr esmtp_parameters() = default;
  constexpr esmtp_parameters(const esmtp_parameters&) = default;
  constexpr esmtp_parameters& operator=(const esmtp_parameters&) = default;
  ~esmtp_parameters() = default;  // never deleted through this type
};

// Several of them, in the order in which they are written. The list is referred to, as they are.
class parameter_list : public esmtp_parameters {
 public:
  using view = std::span<const esmtp_parameters* const>;

  constexpr explicit parameter_list(view all) : all_{all} {}

  errc check(const settings& with, const envelope& mail) const noexcept final {
    for (const auto* const one : all_) {
      if (const errc bad = one->check(with, mail); bad != errc::none) return bad;
    }
    return errc::none;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept final {
    std::string_view keyword;
    for (const auto* const one : all_) {
      keyword = one->missing(offered);
      if (!keyword.empty()) break;
    }
    return keyword;
  }

  void put_mail(text::piece_writer& out, const smtp::capabilities& offered) const noexcept final {
    for (const auto* const one : all_) one->put_mail(out, offered);
  }

  void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered, std::size_t index,
                std::string_view address) const noexcept final {
    for (const auto* const one : all_) one->put_rcpt(out, offered, index, address);
  }

  parameter_list(const parameter_list&) = delete;
  parameter_list& operator=(const parameter_list&) = delete;

 private:
  view all_;
};

// parameters more{report, priority};  // .parameters = &more
template <std::size_t N>
class parameters final : public parameter_list {
 public:
  template <std::derived_from<esmtp_parameters>... P>
  requires(sizeof...(P) == N) constexpr explicit parameters(P&... all)
      : parameter_list{view{array_, N}}, array_{&all...} {}

 private:
  const esmtp_parameters* array_[N];
};

template <std::derived_from<esmtp_parameters>... P>
parameters(P&...) -> parameters<sizeof...(P)>;

}  // namespace mailmote

// ---- <mailmote/smtp/script.hpp> ----

// script.hpp: the steps of a submission, in their order.
//
// Knows:          what a step is called in an outcome, how long it may take, what its driver does.
// Does not know:  when one leads to another (session.hpp).
// Bounds:         one byte.

namespace mailmote::smtp {

enum class step : std::uint8_t {
  over,   // there is no connection
  ready,  // between two mails
  handshake,
  greeting,
  ehlo,  // the first step at which the client speaks
  helo,
  starttls,
  auth,
  noop,    // between two mails, to keep the connection
  accept,  // answered: the message before, while the next mail is begun behind it
  rset,    // from here to `data`: commands of a mail, which may share a flight
  mail,
  rcpt,
  data,     // left out with CHUNKING
  message,  // sent: the message; answered: its final dot, or its chunks
  quit,
  cancel,    // sent in a login: the lone `*` that gives it up
  response,  // sent in a login: what the mechanism says
  none,      // of what may be sent: nothing, before the next reply
};

constexpr bool client_speaks(step s) { return s >= step::ehlo && s <= step::quit; }
constexpr bool is_mail_command(step s) { return s >= step::rset && s <= step::data; }

constexpr phase phase_of(step s) {
  switch (s) {
    case step::greeting: return phase::greeting;
    case step::ehlo:
    case step::helo: return phase::ehlo;
    case step::starttls: return phase::starttls;
    case step::handshake: return phase::handshake;
    case step::auth: return phase::auth;
    case step::noop:
    case step::rset: return phase::rset;
    case step::accept: return phase::accept;
    case step::mail: return phase::mail;
    case step::rcpt: return phase::rcpt;
    case step::data: return phase::data;
    case step::message: return phase::message;
    case step::quit: return phase::quit;
    default: return phase::start;
  }
}

// For the whole reply; of a message, for each block of it to be taken. In the order of `phase`.
inline constexpr milliseconds timeouts::*time_of_phase[] = {
    &timeouts::quit,  // nothing is waited for
    &timeouts::greeting, &timeouts::ehlo,  &timeouts::starttls, &timeouts::handshake,
    &timeouts::auth,     &timeouts::mail,  &timeouts::mail,     &timeouts::rcpt,
    &timeouts::data,     &timeouts::block, &timeouts::accept,   &timeouts::quit};

constexpr milliseconds time_for(phase p, const timeouts& allowed) {
  return allowed.*time_of_phase[static_cast<std::size_t>(p)];
}

// What a session's driver does next.
enum class action : std::uint8_t {
  talk,       // hand in what can be read, and hand down what output() gives
  handshake,  // do the TLS handshake, then say secured() or ended()
  close,      // the connection is over; close it
};

constexpr action action_at(step s) {
  if (s == step::over) return action::close;
  return s == step::handshake ? action::handshake : action::talk;
}

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/command.hpp> ----

// command.hpp: the text of each command, written into a buffer of any size.
//
// Knows:          the syntax of RFC 5321 4.1.1, the MAIL parameters of RFC 1870, 3030, 6152
//                 and 6531, and where the caller's own come (parameters.hpp).
// Does not know:  when a command may be sent, or whether its strings are fit to be (address.hpp).
// Bounds:         no buffer; a command that does not fit goes on where it stopped.

namespace mailmote::smtp {

using text::piece_writer;

// Of a message whose length is unknown, or more than this machine can count.
inline constexpr std::size_t size_not_said = std::numeric_limits<std::size_t>::max();

struct mail_parameters {
  std::size_t size = size_not_said;       // RFC 1870
  body_kind body = body_kind::seven_bit;  // RFC 6152, RFC 3030; unknown is said as eight_bit
  bool utf8 = false;                      // RFC 6531
  bool chunked = false;                   // it goes as BDAT (RFC 3030)
  bool eager = false;                     // with the commands before it, in one flight
  bool quits = false;                     // which is the connection's last
};

// In the order of `step`, from `ehlo` on.
inline constexpr text::word_list verbs{
    "EHLO HELO STARTTLS AUTH NOOP . RSET MAIL RCPT DATA . QUIT *"};

constexpr std::string_view verb(step at) {
  return verbs[static_cast<std::size_t>(at) - static_cast<std::size_t>(step::ehlo)];
}

constexpr void put_mail_parameters(piece_writer& out, const mail_parameters& with) {
  if (with.size != size_not_said) {
    out.put(" SIZE=");
    out.put_number(with.size);
  }
  if (with.body != body_kind::seven_bit) {
    out.put(with.body == body_kind::binary ? " BODY=BINARYMIME" : " BODY=8BITMIME");
  }
  if (with.utf8) out.put(" SMTPUTF8");
}

// The command of a step at which the client speaks a command, without the end of its line, as a
// login's first response may come before that. `recipient` is the RCPT's, and `offered` is what the
// server has.
constexpr void put_command(piece_writer& out, step at, const settings& with, const envelope& mail,
                           std::size_t recipient, const mail_parameters& parameters,
                           const capabilities& offered) {
  out.put(verb(at));
  if (at == step::ehlo || at == step::helo) {
    out.put(" ");
    out.put(with.helo);
  } else if (at == step::auth) {
    out.put(" ");
    out.put(sasl::name(with.auth->selected()));
  } else if (at == step::mail) {
    out.put(" FROM:<");
    out.put(mail.from);
    out.put(">");
    put_mail_parameters(out, parameters);
    if (mail.parameters) mail.parameters->put_mail(out, offered);
  } else if (at == step::rcpt) {
    const std::string_view address = mail.to[recipient];
    out.put(" TO:<");
    out.put(address);
    out.put(">");
    if (mail.parameters) mail.parameters->put_rcpt(out, offered, recipient, address);
  }
}

}  // namespace mailmote::smtp

// ---- <mailmote/text/base64.hpp> ----

// base64.hpp: octets as 64 printable characters and back, in pieces of any size.
//
// Knows:          RFC 4648 section 4 (alphabet, padding).
// Does not know:  line lengths; there are none here.
// Bounds:         8 bytes of state; n octets become at most base64_length(n) characters.

namespace mailmote::text {

inline constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::size_t base64_length(std::size_t octets) { return (octets + 2) / 3 * 4; }

class base64_encoder {
 public:
  // Encodes all of `in`; `out` must hold base64_length(in.size() + 2). Returns what was written.
  constexpr std::size_t encode(std::span<const char> in, std::span<char> out) {
    std::size_t written = 0;
    std::uint32_t group = group_;  // as `out` might be anything, for all the compiler knows
    std::uint32_t held = held_;
    for (const char c : in) {
      group = (group << 8) | static_cast<unsigned char>(c);
      if (++held < 3) continue;
      put_group(group, &out[written]);
      written += 4;
      group = held = 0;
    }
    group_ = group;
    held_ = held;
    return written;
  }

  constexpr std::uint32_t held() const { return held_; }  // octets of a group that is not yet whole

  // Ends the text: writes the last 0 or 4 characters.
  constexpr std::size_t finish(std::span<char> out) {
    if (held_ == 0) return 0;
    put_group(held_ == 1 ? group_ << 16 : group_ << 8, out.data());
    if (held_ == 1) out[2] = '=';
    out[3] = '=';
    *this = {};
    return 4;
  }

 private:
  // Three octets as the four characters at `out`.
  static constexpr void put_group(std::uint32_t group, char* out) {
    for (std::size_t i = 4; i-- > 0; group >>= 6) out[i] = base64_digits[group & 63];
  }

  std::uint32_t group_ = 0;  // the octets held back, until they are three
  std::uint32_t held_ = 0;   // how many those are
};

// Strict about the alphabet and the padding (RFC 4648 sections 3.2 and 3.3); the unused bits of
// the last character are ignored.
class base64_decoder {
 public:
  // Takes one character. `out` gets 0 or 1 octets: their number, or -1 when this is no base64, as
  // nothing behind it is.
  constexpr int decode(char c, char& out) {
    const bool pads = c == '=';
    const int value = pads ? 0 : value_of(c);
    if (count_ == broken || value < 0 || (pads ? count_ < 2 : padded_)) {
      count_ = broken;
      return -1;
    }
    padded_ = pads;
    bits_ = static_cast<std::uint16_t>(bits_ << 6 | value);
    count_ = (count_ + 1) & 3;
    if (pads || count_ == 1) return 0;
    out = static_cast<char>(static_cast<unsigned char>(bits_ >> ((8 - 2 * count_) & 7)));
    return 1;
  }

  // Whether what was taken so far is a whole text.
  constexpr bool complete() const { return count_ == 0; }

 private:
  static constexpr int value_of(char c) {
    for (int value = 0; value < 64; ++value) {
      if (base64_digits[static_cast<std::size_t>(value)] == c) return value;
    }
    return -1;
  }

  static constexpr std::uint8_t broken = 4;

  std::uint16_t bits_ = 0;  // of the last characters
  std::uint8_t count_ = 0;  // characters in the current group of four, or broken
  bool padded_ = false;     // whether a `=` was seen
};

}  // namespace mailmote::text

// ---- <mailmote/wipe.hpp> ----

// wipe.hpp: makes memory forget, and keeps the compiler from leaving that out.
//
// Knows:          that a store to a volatile is never optimised away.
// Does not know:  what was secret.
// Bounds:         one store an octet.

namespace mailmote {

inline void wipe(std::span<char> memory) noexcept {
  volatile char* p = memory.data();
  for (std::size_t i = 0; i < memory.size(); ++i) p[i] = 0;
}

}  // namespace mailmote

// ---- <mailmote/smtp/auth_exchange.hpp> ----

// auth_exchange.hpp: carries a login's responses and challenges as AUTH wants them.
//
// Knows:          RFC 4954 section 4: base64, the initial response and its limit; and section 6: which
//                 refusals are the mechanism's.
// Does not know:  which mechanism it carries, or what the server's other codes mean.
// Bounds:         a response of any length goes through any room; a challenge is decoded octet by
//                 octet and kept by the mechanism alone.

namespace mailmote::smtp {

inline constexpr std::size_t max_auth_line = 512;  // with CRLF; RFC 4954 4 and RFC 5321 4.5.3.1.4

// Of one response, in base64 (RFC 4954 4).
inline constexpr std::size_t max_auth_response = 12288;

class auth_exchange {
 public:
  static constexpr std::size_t min_room = 16;

  enum class state : std::uint8_t {
    writing,  // the response is to be written
    waiting,  // the mechanism has more work to do first
    written,  // the line is complete
    failed,   // the mechanism cannot go on
  };

  // `pipelines`: commands may share a flight.
  void begin(const sasl::mechanism& login, const settings& with, bool pipelines) {
    *this = {};
    const std::size_t initial = login.initial_response();
    if (initial == sasl::no_initial_response) return;
    const std::size_t room =
        max_auth_line - (sizeof "AUTH  \r\n" - 1) - sasl::name(login.selected()).size();
    const bool fits = initial <= room / 4 * 3;  // base64 makes four characters of three octets
    carries_initial_ = fits || with.long_initial_response;
    owes_initial_ = !carries_initial_;
    has_shown_ = carries_initial_ && login.reveals_secret();
    const sasl::kind k = login.selected();
    const bool is_short = k == sasl::kind::plain || k == sasl::kind::external;
    is_eager_ = with.pipeline_auth && pipelines && is_short && carries_initial_;
  }

  state now() const { return state_; }
  errc error() const { return error_; }                      // why it failed
  bool carries_initial() const { return carries_initial_; }  // AUTH is followed by the response
  bool is_eager() const { return is_eager_; }  // the mail's commands follow at once (RFC 4954 4)
  bool is_busy() const { return is_busy_; }    // it waits for nobody, and is to go on at once

  // Whether a refusal is of the mechanism, and not of who logs in. 534 and 538 are that only until
  // the server has seen a secret, or a proof of it: Google's says 534 of a password that it wants
  // another one for, and this one must not be tried again.
  bool is_unavailable(std::uint16_t code) const {
    if (is_eager_) return false;  // what follows it is said already
    return code == 504 || (!has_shown_ && (code == 534 || code == 538));
  }

  // The mechanism may be asked again.
  void resume() {
    if (state_ == state::waiting) state_ = state::writing;
  }

  // One octet of a reply's text; a 334's is the challenge.
  void challenge(sasl::mechanism& login, std::uint16_t code, char c) {
    char octet = 0;
    if (code == 334 && decoder_.decode(c, octet) > 0) login.challenge({&octet, 1});
  }

  // The 334 is complete: makes the response the next line, or says why there is none.
  errc respond(sasl::mechanism& login) {
    const bool sound = decoder_.complete();
    decoder_ = {};
    encoded_ = 0;
    carries_initial_ = false;
    state_ = state::writing;
    if (!sound) return errc::bad_challenge;
    if (owes_initial_) {  // this 334 only asks for what was too long for the command
      owes_initial_ = false;
      has_shown_ = login.reveals_secret();
      return errc::none;
    }
    has_shown_ = true;
    return login.respond();
  }

  // Writes as much of the response's line as `room` takes, which has at least min_room octets.
  // `watcher`, who may be null, is shown a mask.
  std::size_t write(sasl::mechanism& login, std::span<char> room, transcript* watcher) {
    constexpr std::size_t least = 8;  // a group of four or the last one, and the line's end
    std::size_t written = 0;
    while (state_ == state::writing && room.size() - written >= least) {
      // What is read goes to the end of the room, and moves to its beginning as it grows: with two
      // octets that the encoder held back before, it just fits.
      const std::span<char> rest = room.subspan(written);
      const std::span<char> piece = rest.last(rest.size() / 4 * 3 - 2);
      const io_result result = login.read_some(piece);
      switch (result.status()) {
        case io_status::ok: written += encoder_.encode(piece.first(result.count()), rest); break;
        case io_status::closed:
          written += encoder_.finish(rest);
          state_ = state::written;
          break;
        case io_status::failed: fail(errc::source_failed); break;
        default: state_ = state::waiting; is_busy_ = result.status() == io_status::want_write;
      }
    }
    encoded_ += written;
    if (encoded_ > max_auth_response) fail(errc::response_too_long);
    if (state_ == state::written) {
      if (encoded_ == 0 && carries_initial_) room[written++] = '=';  // RFC 4954 4
      constexpr std::string_view mask = "****\r\n";
      const std::size_t shown = written + encoded_ > 0 ? 0 : 4;
      if (watcher) watcher->client_said({mask.data() + shown, mask.size() - shown});
      room[written++] = '\r';
      room[written++] = '\n';
    }
    wipe(room.subspan(written));
    return written;
  }

 private:
  void fail(errc why) {
    state_ = state::failed;
    error_ = why;
  }

  text::base64_encoder encoder_{};
  text::base64_decoder decoder_{};
  std::size_t encoded_ = 0;  // characters of the response
  state state_ = state::writing;
  errc error_ = errc::none;
  bool carries_initial_ = false;  // the command has an initial response
  bool owes_initial_ = false;     // the initial response is sent after the first, empty 334
  bool is_eager_ = false;
  bool is_busy_ = false;    // of `waiting`: the mechanism has work to do
  bool has_shown_ = false;  // what shows or proves the secret, or is about to
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/outbox.hpp> ----

// outbox.hpp: keeps account of a buffer that is being sent, and of the replies that are due.
//
//   MAIL .. CRLF  RCPT .. CRLF  BDAT .. CRLF  the message's octets  QUIT CRLF
//   [------------ sent -----------------)[-------- to be sent ------------)
//
// Knows:          that each line of the dialogue has one reply, and that the message's lines have none.
// Does not know:  what the lines say, or whose the buffer is.
// Bounds:         positions in a buffer of any size.

namespace mailmote::smtp {

class outbox {
 public:
  constexpr void begin(std::size_t awaited) {
    *this = {};
    awaited_ = awaited;
  }

  constexpr bool is_empty() const { return begin_ == end_; }
  constexpr bool is_settled() const { return is_empty() && awaited_ == 0; }
  constexpr std::span<char> to_send(std::span<char> buffer) const {
    return buffer.subspan(begin_, end_ - begin_);
  }

  // Room for more, once all is sent.
  constexpr std::span<char> room(std::span<char> buffer) const { return buffer.subspan(end_); }
  constexpr void rewind() { begin_ = end_ = text_begin_ = text_end_ = message_end_ = 0; }
  constexpr bool is_fresh() const { return end_ == 0; }

  constexpr void add_lines(std::size_t n) { end_ += n; }

  // A part of the message: lines of the dialogue are its first `head` octets and its last `tail`.
  // The parts in a buffer follow on each other.
  constexpr void add_message(std::size_t n, std::size_t head, std::size_t tail, bool is_last) {
    if (text_end_ == 0) text_begin_ = end_ + head;
    end_ += n;
    text_end_ = end_ - tail;
    if (!is_last) return;
    message_end_ = end_;
    message_left_ = is_empty();  // as nothing but its end was missing
  }

  // `n` octets more are gone, and with each line of the dialogue its reply is due.
  constexpr void sent(std::span<const char> buffer, std::size_t n) {
    const std::size_t until = begin_ + n;
    while (begin_ < until) {
      if (begin_ >= text_begin_ && begin_ < text_end_) {
        begin_ = std::min(text_end_, until);
      } else if (buffer[begin_++] == '\n') {
        ++awaited_;
      }
    }
    if (message_end_ > 0 && begin_ >= message_end_) message_left_ = true;
  }

  // Replies that are due: to what was sent, and has none.
  constexpr std::size_t awaited() const { return awaited_; }
  constexpr void answered() { --awaited_; }

  constexpr void begin_message() { message_left_ = false; }      // the next one
  constexpr bool message_left() const { return message_left_; }  // to its last octet

 private:
  std::size_t begin_ = 0;  // [begin_, end_) is to be sent
  std::size_t end_ = 0;
  std::size_t text_begin_ = 0;  // [text_begin_, text_end_) is the message's
  std::size_t text_end_ = 0;
  std::size_t message_end_ = 0;  // where the message is complete; 0: not in this buffer
  std::size_t awaited_ = 0;
  bool message_left_ = false;
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/reply_timer.hpp> ----

// reply_timer.hpp: how long something has been waited for.
//
// Knows:          when the wait began, by the caller's clock.
// Does not know:  what is waited for, or how long it may take.
// Bounds:         12 bytes.

namespace mailmote::smtp {

class reply_timer {
 public:
  // What time it is.
  constexpr void read(milliseconds now) {
    now_ = now;
    if (is_stale_) arm();
    is_stale_ = false;
  }

  constexpr void arm() { armed_at_ = now_; }  // the wait begins now
  constexpr void arm_at_next_reading() { is_stale_ = true; }
  constexpr bool is_stale() const { return is_stale_; }

  constexpr milliseconds elapsed() const { return deadline{armed_at_, 0}.elapsed(now_); }
  constexpr milliseconds remaining(milliseconds allowed, milliseconds now) const {
    return deadline{armed_at_, allowed}.remaining(now);
  }
  constexpr bool passed(milliseconds allowed) const { return remaining(allowed, now_) == 0; }

 private:
  milliseconds now_ = 0;
  milliseconds armed_at_ = 0;
  bool is_stale_ = false;
};

}  // namespace mailmote::smtp

// ---- <mailmote/text/clean_run.hpp> ----

// clean_run.hpp: finds how much of a text can go out as it is, many octets at a time.
//
// Knows:          what else would have to be done: a CR or LF alone is a line end to mend (RFC 5321
//                 2.3.8), a dot that begins a line is one to double (4.5.2).
// Does not know:  how either is done; where the text goes.
// Bounds:         looks at no octet more than twice; keeps nothing. On a small processor it finds
//                 nothing and takes no memory: there, one octet after the other is fast enough.

namespace mailmote::text {

namespace detail {

using word = std::uint64_t;
inline constexpr bool is_wide = sizeof(std::size_t) >= sizeof(word);
inline constexpr std::size_t block = 8 * sizeof(word);

// Each octet's highest bit says whether it is `c`.
constexpr word equals(word octets, unsigned char c) {
  constexpr word ones = 0x0101010101010101;
  constexpr word low = ones * 0x7F;
  const word differ = octets ^ (ones * c);
  return ~(((differ & low) + low) | differ | low);
}

inline word load(const char* from) {
  word octets;
  std::memcpy(&octets, from, sizeof octets);
  return octets;
}

// Of the block behind octet `at`. Without a way out of its middle, so that a compiler can make
// vector instructions of it.
inline bool is_clean(const char* at) {
  word found = 0;
  for (std::size_t i = 0; i < block; i += sizeof(word)) {
    const word before = load(at + i);
    const word octets = load(at + i + 1);
    found |= equals(before, '\r') ^ equals(octets, '\n');
    found |= equals(before, '\n') & equals(octets, '.');
  }
  return found == 0;
}

constexpr bool is_clean(char before, char c) {
  return (before == '\r') == (c == '\n') && !(before == '\n' && c == '.');
}

}  // namespace detail

// How many octets at the beginning of `in` can go out as they are, behind an octet `before`. A CR
// that nothing follows yet is not among them.
constexpr std::size_t clean_run(char before, std::span<const char> in) {
  if (!detail::is_wide || in.empty() || !detail::is_clean(before, in[0])) return 0;
  std::size_t n = 1;
  if (!std::is_constant_evaluated()) {
    while (in.size() - n >= detail::block && detail::is_clean(&in[n - 1])) n += detail::block;
  }
  while (n < in.size() && detail::is_clean(in[n - 1], in[n])) ++n;
  return in[n - 1] == '\r' ? n - 1 : n;
}

}  // namespace mailmote::text

// ---- <mailmote/smtp/dot_stuffing.hpp> ----

// dot_stuffing.hpp: makes any text safe to send after DATA.
//
// Knows:          RFC 5321 4.5.2 (transparency), 2.3.8 (lines end in CRLF).
// Does not know:  where the text comes from or goes to.
// Bounds:         1 byte of state; writes at most 2n octets for n read, and 5 at the end.

namespace mailmote::smtp {

// A bare CR and a bare LF each become CRLF here too, whatever a source let through: nobody's
// `LF . LF` may end a mail early at a server that is lenient about line ends.
class dot_stuffer {
 public:
  static constexpr std::size_t max_growth = 2;  // an octet becomes at most two
  static constexpr std::size_t max_end = 5;     // what `finish` writes at most

  // Writes all of `in`; `out` must hold max_growth times as much. The two may share memory when
  // `in` ends where `out` does: the writing then never gets ahead of the reading.
  std::size_t stuff(std::span<const char> in, std::span<char> out) {
    std::size_t written = 0;
    for (;;) {
      const std::size_t run = last_ == '\r' ? 0 : text::clean_run(last_, in);
      if (run > 0) {
        std::memmove(&out[written], in.data(), run);
        written += run;
        last_ = in[run - 1];
        in = in.subspan(run);
      }
      if (in.empty()) return written;
      const char c = in[0];
      in = in.subspan(1);
      const bool answered = c == '\n' && last_ == '\r';  // CRLF was written at the CR
      if (is_end(c)) {
        if (!answered) written = put_line_end(out, written);
      } else {
        if (c == '.' && is_end(last_)) out[written++] = '.';
        out[written++] = c;
      }
      last_ = c;
    }
  }

  // Ends the text: a line that has no end gets one, and then comes the lone dot.
  constexpr std::size_t finish(std::span<char> out) {
    std::size_t written = 0;
    if (!is_end(last_)) written = put_line_end(out, written);
    out[written++] = '.';
    last_ = '\n';
    return put_line_end(out, written);
  }

 private:
  static constexpr std::size_t put_line_end(std::span<char> out, std::size_t written) {
    out[written++] = '\r';
    out[written++] = '\n';
    return written;
  }

  static constexpr bool is_end(char c) { return c == '\r' || c == '\n'; }

  char last_ = '\n';  // what was read last; a text begins with a line
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/message_writer.hpp> ----

// message_writer.hpp: pulls a message from its source and writes it as DATA or BDAT wants it.
//
//   after DATA, dots stuffed:   text ... CRLF .        of one reply
//   RFC 3030, length known:     BDAT 4711 LAST text    of one reply
//   RFC 3030, length unknown:   BDAT 500 text, BDAT 500 text ... BDAT 0 LAST, of a reply each
//
// Knows:          how to share one buffer between what was read and what is written; when a source
//                 has broken its word about its length.
// Does not know:  what the server says to it.
// Bounds:         no buffer of its own; `min_room` octets of somebody else's. Chunks of an unknown
//                 number are as large as the buffer, however the source reads (law 7).

namespace mailmote::smtp {

class message_writer {
 public:
  static constexpr std::size_t min_room = 8;

  enum class state : std::uint8_t {
    empty,  // there is nothing to write
    writing,
    waiting,  // the source said "not yet"
    written,  // its end is in the buffer
    failed,   // error() says why; what was written so far must not be completed
  };

  // Without a source the message is the lone dot, as RFC 2920 3.1 answers a 354 that nothing can
  // be sent after.
  constexpr void begin(body_source* source, std::uint64_t length) {
    *this = {};
    source_ = source;
    left_ = length;
    is_counted_ = length != unknown_length;
    state_ = state::writing;
  }

  constexpr void begin_chunks(body_source& source, std::uint64_t length) {
    begin(&source, length);
    form_ = is_counted_ ? form::chunk : form::chunks;
  }

  constexpr state now() const { return state_; }
  constexpr errc error() const { return error_; }
  constexpr bool is_lone_dot() const { return state_ != state::empty && source_ == nullptr; }
  constexpr bool is_begun() const { return is_begun_; }  // something of it was written
  constexpr bool has_one_reply() const { return form_ != form::chunks; }

  // Of what the last write wrote: the octets at its beginning and at its end that are a line of the
  // dialogue, which has a reply, and no text: BDAT, and the final dot.
  constexpr std::size_t head() const { return head_; }
  constexpr std::size_t tail() const { return tail_; }

  constexpr std::size_t filled() const { return filled_; }  // of a chunk that is not yet written
  constexpr void give_up(errc why) { (void)fail(why); }

  // The source may be asked again.
  constexpr void resume() {
    if (state_ == state::waiting) state_ = state::writing;
  }

  // Fills `room`, and says how much of it: 0 too where it needs more room. `is_whole`: this is the
  // whole buffer, so that there will never be more.
  std::size_t write(std::span<char> room, bool is_whole = false) {
    head_ = tail_ = 0;
    if (form_ == form::chunks) return is_whole ? write_chunk(room) : 0;
    std::size_t written = 0;
    if (form_ == form::chunk && !is_begun_) {
      if (room.size() < max_command) return 0;
      written = head_ = put_command(room, left_, true);
    }
    // The last pieces of a large buffer are too small to be worth their calls.
    const std::size_t least = room.size() < large_room ? min_room : room.size() / 16;
    while (state_ == state::writing && room.size() - written >= least) {
      const std::span<char> rest = room.subspan(written);
      written += form_ == form::data ? write_stuffed(rest) : write_counted(rest);
    }
    if (written > 0) is_begun_ = true;
    return written;
  }

 private:
  enum class form : std::uint8_t { data, chunk, chunks };

  static constexpr std::size_t large_room = 4096;
  static constexpr std::size_t max_command = 32;  // BDAT, 20 digits, LAST
  static constexpr std::uint8_t lone_dot = 3;     // with its line's end

  static std::uint8_t put_command(std::span<char> room, std::uint64_t length, bool last) {
    text::piece_writer out{room, 0};
    out.put("BDAT ");
    out.put_number(static_cast<std::size_t>(length));
    out.put(last ? " LAST\r\n" : "\r\n");
    return static_cast<std::uint8_t>(out.written());
  }

  std::size_t write_stuffed(std::span<char> room) {
    if (source_ == nullptr) return finish(room);
    // What is read goes to the end of the room, and moves to its beginning as it grows.
    const auto read_room = room.last(room.size() / dot_stuffer::max_growth);
    const std::size_t n = read(read_room);
    if (n > 0) {
      // The beginning of read_room is far enough in for the stuffing never to overtake it.
      if (is_counted_ && n > left_) return fail(errc::source_length);
      left_ -= n;
      return stuffer_.stuff(read_room.first(n), room);
    }
    if (!is_over_) return 0;
    return is_counted_ && left_ != 0 ? fail(errc::source_length) : finish(room);
  }

  // The last octet is held back until the source has said that it was the last.
  std::size_t write_counted(std::span<char> room) {
    if (left_ > 0) {
      const auto most = std::min<std::uint64_t>(room.size(), left_);
      const std::size_t n = read(room.first(static_cast<std::size_t>(most)));
      left_ -= n;
      if (is_over_) return fail(errc::source_length);
      if (n == 0 || left_ > 0) return n;
      held_ = room[n - 1];
      holds_ = true;
      return n - 1;
    }
    if (read(room.first(1)) > 0) return fail(errc::source_length);
    if (!is_over_) return 0;
    state_ = state::written;
    room[0] = held_;
    return holds_ ? 1 : 0;
  }

  std::size_t write_chunk(std::span<char> room) {
    const std::size_t command = put_command(room, room.size(), true);  // the longest there may be
    const std::span<char> text = room.subspan(command);
    while (state_ == state::writing && !is_over_ && filled_ < text.size()) {
      filled_ += read(text.subspan(filled_));
    }
    if (state_ != state::writing) return 0;
    if (is_over_) state_ = state::written;
    is_begun_ = true;
    const std::size_t size = std::exchange(filled_, 0);
    head_ = put_command(room, size, is_over_);
    for (std::size_t i = 0; i < size; ++i)
      room[head_ + i] = text[i];  // one octet or two to the left
    return head_ + size;
  }

  std::size_t finish(std::span<char> room) {
    state_ = state::written;
    tail_ = lone_dot;
    return stuffer_.finish(room);
  }

  // How many octets the source gives now. 0: it waits, is over, or has failed.
  std::size_t read(std::span<char> room) {
    const io_result result = source_->read_some(room);
    switch (result.status()) {
      case io_status::ok:
        if (result.count() == 0 || result.count() > room.size()) break;  // no source's right
        return result.count();
      case io_status::want_read:
      case io_status::want_write: state_ = state::waiting; return 0;
      case io_status::closed: is_over_ = true; return 0;
      case io_status::failed: return fail(source_->error());
    }
    return fail(errc::source_failed);
  }

  constexpr std::size_t fail(errc why) {
    state_ = state::failed;
    error_ = why;
    return 0;
  }

  std::uint64_t left_ = 0;  // octets that the source still owes, where they are counted
  body_source* source_ = nullptr;
  std::size_t filled_ = 0;  // octets of a chunk whose command is not yet written
  std::uint8_t head_ = 0;
  std::uint8_t tail_ = 0;
  form form_ = form::data;
  state state_ = state::empty;
  errc error_ = errc::none;
  bool is_counted_ = false;
  bool is_over_ = false;  // the source has said so
  bool is_begun_ = false;
  bool holds_ = false;
  char held_ = 0;  // a counted chunk's last octet
  dot_stuffer stuffer_{};
};

}  // namespace mailmote::smtp

// ---- <mailmote/text/ip_address.hpp> ----

// ip_address.hpp: reads an IPv4 or IPv6 address as people write it.
//
// Knows:          RFC 5321 4.1.3 (dotted decimal without leading zeros), RFC 4291 2.2 (IPv6 text).
// Does not know:  zone identifiers, prefixes, or how to reach anybody.
// Bounds:         16 octets.

namespace mailmote::text {

// 4 or 16 octets in network order; none when the text was no address.
struct ip_address {
  std::array<std::uint8_t, 16> octets{};
  std::size_t size = 0;

  constexpr explicit operator bool() const { return size != 0; }
  friend constexpr bool operator==(const ip_address&, const ip_address&) = default;
};

namespace detail {

// Dotted decimal into four octets at `out`.
constexpr bool read_ipv4(std::string_view s, std::uint8_t* out) {
  std::size_t i = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (i == s.size() || s[i++] != '.')) return false;
    const std::size_t begin = i;
    unsigned value = 0;
    while (i < s.size() && ascii::is_digit(s[i]) && value < 256) {
      value = value * 10 + static_cast<unsigned>(s[i++] - '0');
    }
    const bool leading_zero = i - begin > 1 && s[begin] == '0';
    if (i == begin || leading_zero || value > 255) return false;
    out[part] = static_cast<std::uint8_t>(value);
  }
  return i == s.size();
}

constexpr int hex_value(char c) {
  if (ascii::is_digit(c)) return c - '0';
  c = ascii::to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Takes one to four hexadecimal digits off the front of s[i...], as two octets.
constexpr bool take_group(std::string_view s, std::size_t& i, std::uint8_t* out) {
  const std::size_t begin = i;
  unsigned value = 0;
  for (int digit = 0; i < s.size() && (digit = hex_value(s[i])) >= 0; ++i) {
    value = value * 16 + static_cast<unsigned>(digit);
  }
  out[0] = static_cast<std::uint8_t>(value >> 8);
  out[1] = static_cast<std::uint8_t>(value & 0xFF);
  return i > begin && i <= begin + 4;
}

// Opens the gap behind the first `gap` of `n` octets, so that there are 16; it is at least one group.
constexpr bool open_gap(std::uint8_t* out, std::size_t n, std::size_t gap) {
  if (n == 16) return false;
  for (std::size_t to = 16; to > gap;) out[--to] = n > gap ? out[--n] : std::uint8_t{0};
  return true;
}

// Groups of one to four hexadecimal digits with a colon between, the last two of eight perhaps in
// dotted decimal; `::` stands once for as many groups of zeroes as are missing.
constexpr bool read_ipv6(std::string_view s, std::uint8_t* out) {
  constexpr std::size_t whole = 16;
  constexpr std::size_t none = whole + 1;
  std::size_t n = 0;       // octets at `out`
  std::size_t gap = none;  // how many of them stand before `::`
  const bool begins_with_gap = s.starts_with("::");
  if (s.starts_with(':') && !begins_with_gap) return false;
  std::size_t i = begins_with_gap;
  while (i < s.size()) {
    if (s[i] == ':') {  // the second of `::`
      if (gap != none) return false;
      gap = n;
      ++i;
      continue;
    }
    if (n <= whole - 4 && read_ipv4({s.data() + i, s.size() - i}, out + n)) {
      n += 4;
      break;
    }
    if (n == whole || !take_group(s, i, out + n)) return false;
    n += 2;
    if (i == s.size()) break;
    if (s[i++] != ':' || i == s.size()) return false;
  }
  return gap == none ? n == whole : open_gap(out, n, gap);
}

}  // namespace detail

// What has a colon is an IPv6 address, or none.
constexpr ip_address read_ip(std::string_view s) {
  bool has_colon = false;
  for (const char c : s) has_colon = has_colon || c == ':';
  ip_address ip{{}, has_colon ? 16u : 4u};
  std::uint8_t* const out = ip.octets.data();
  const bool sound = has_colon ? detail::read_ipv6(s, out) : detail::read_ipv4(s, out);
  if (!sound) ip = {};
  return ip;
}

}  // namespace mailmote::text

// ---- <mailmote/text/utf8.hpp> ----

// utf8.hpp: where one character ends and the next begins, and what is no character.
//
// Knows:          the well-formed sequences of RFC 3629 section 4, and how Unicode advises to replace
//                 what is none: the longest beginning of a character by one U+FFFD.
// Does not know:  what characters mean.
// Bounds:         a character is at most 4 octets; the repairer holds 3 back.

namespace mailmote::text {

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";  // U+FFFD

enum class utf8_form : std::uint8_t {
  whole,    // one character
  cut_off,  // the beginning of one, and the text is over
  broken,   // no character, whatever comes behind it
};

struct utf8_piece {
  std::size_t length = 0;  // octets
  utf8_form form = utf8_form::whole;
};

// What stands first in `s`, which is not empty.
constexpr utf8_piece first_character(std::string_view s) {
  const auto lead = static_cast<unsigned char>(s[0]);
  if (lead < 0x80) return {1, utf8_form::whole};
  if (lead < 0xC2 || lead > 0xF4) return {1, utf8_form::broken};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second octet has narrower bounds: no overlong form, no surrogate, nothing over U+10FFFF.
  unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == s.size()) return {i, utf8_form::cut_off};
    const auto octet = static_cast<unsigned char>(s[i]);
    if (octet < least || octet > most) return {i, utf8_form::broken};
    least = 0x80;
    most = 0xBF;
  }
  return {length, utf8_form::whole};
}

// Takes the first character off `rest`, which is not empty; what is none becomes U+FFFD.
constexpr std::string_view take_character(std::string_view& rest) {
  const utf8_piece piece = first_character(rest);
  const std::string_view character{rest.data(), piece.length};
  rest.remove_prefix(piece.length);
  return piece.form == utf8_form::whole ? character : replacement_character;
}

constexpr bool is_utf8(std::string_view s) {
  while (!s.empty()) {
    const utf8_piece piece = first_character(s);
    if (piece.form != utf8_form::whole) return false;
    s.remove_prefix(piece.length);
  }
  return true;
}

// The same for a text that comes in pieces.
class utf8_repairer {
 public:
  static constexpr std::size_t max_growth = 6;  // octets that one more octet can set free

  constexpr bool has_found_faults() const { return has_found_faults_; }

  // Takes one octet; `out` gets 0 to 6. Returns how many.
  constexpr std::size_t push(char c, char* out) {
    if (held_size_ == 0 && !ascii::is_non_ascii(c)) {
      out[0] = c;
      return 1;
    }
    held_[held_size_++] = c;
    return release(out, false);
  }

  // Ends the text: `out` gets 0 or 3 octets.
  constexpr std::size_t finish(char* out) { return release(out, true); }

 private:
  constexpr std::size_t release(char* out, bool is_end) {
    std::string_view rest{held_, held_size_};
    std::size_t written = 0;
    while (!rest.empty()) {
      const utf8_form form = first_character(rest).form;
      if (form == utf8_form::cut_off && !is_end) break;
      if (form != utf8_form::whole) has_found_faults_ = true;
      for (const char c : take_character(rest)) out[written++] = c;
    }
    const std::size_t gone = held_size_ - rest.size();
    for (std::size_t i = gone; i < sizeof held_; ++i) held_[i - gone] = held_[i];
    held_size_ = static_cast<std::uint8_t>(rest.size());
    return written;
  }

  char held_[4] = {};
  std::uint8_t held_size_ = 0;
  bool has_found_faults_ = false;
};

}  // namespace mailmote::text

// ---- <mailmote/text/address.hpp> ----

// address.hpp: which strings may stand between < and > in MAIL and RCPT.
//
// Knows:          the grammar of RFC 5321 4.1.2 and 4.1.3, the limits of 4.5.3.1, RFC 6531 3.3.
// Does not know:  display names, comments or source routes; those are not sent.
// Bounds:         local part 64 octets, domain 255, the whole 254 (256 with its brackets).

namespace mailmote::text {

inline constexpr std::size_t max_local_part = 64;  // RFC 5321 4.5.3.1.1
inline constexpr std::size_t max_domain = 255;     // RFC 5321 4.5.3.1.2
inline constexpr std::size_t max_label = 63;       // RFC 1035 2.3.4
inline constexpr std::size_t max_mailbox = 254;    // RFC 5321 4.5.3.1.3, without < and >

enum class address_form : std::uint8_t {
  invalid,
  ascii,
  utf8,  // valid, and needs SMTPUTF8
};

// RFC 5322 3.2.3, and RFC 6532 3.2: what is printable and none of the specials, or not ASCII.
constexpr bool is_atext(char c) {
  constexpr std::string_view specials = " ()<>[]:;@\\,.\"";
  for (const char special : specials) {
    if (c == special) return false;
  }
  return !ascii::is_control(c);
}

namespace detail {

constexpr bool is_dot_string(std::string_view s) {
  bool after_dot = true;
  for (const char c : s) {
    if (c == '.' ? after_dot : !is_atext(c)) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

constexpr bool is_quoted_string(std::string_view s) {
  if (s.size() < 2 || s.front() != '"') return false;
  for (std::size_t i = 1; i < s.size(); ++i) {
    if (ascii::is_control(s[i])) return false;
    if (s[i] == '"') return i + 1 == s.size();
    if (s[i] == '\\' && (++i == s.size() || !ascii::is_printable(s[i]))) return false;
  }
  return false;
}

}  // namespace detail

// RFC 5321 4.1.2 Domain: labels of letters, digits and inner hyphens. No trailing dot.
constexpr bool is_domain(std::string_view s) {
  if (s.empty() || s.size() > max_domain) return false;
  std::size_t label = 0;
  char last = '.';
  for (const char c : s) {
    const bool letter_or_digit = ascii::is_alphanumeric(c) || ascii::is_non_ascii(c);
    if (c == '.') {
      if (last == '.' || last == '-') return false;
      label = 0;
    } else if (!letter_or_digit && (c != '-' || last == '.')) {
      return false;
    } else if (++label > max_label) {
      return false;
    }
    last = c;
  }
  return last != '.' && last != '-';
}

// RFC 5321 4.1.3: [192.0.2.7] or [IPv6:2001:db8::7]. No other tag was ever registered.
constexpr bool is_address_literal(std::string_view s) {
  if (s.size() < 2 || s.front() != '[' || s.back() != ']') return false;
  s.remove_prefix(1);
  s.remove_suffix(1);
  constexpr std::string_view tag = "IPv6:";
  std::size_t octets = 4;
  if (s.size() >= tag.size() && ascii::equal_ignoring_case({s.data(), tag.size()}, tag)) {
    s.remove_prefix(tag.size());
    octets = 16;
  }
  return text::read_ip(s).size == octets;
}

// RFC 5321 4.1.2 Mailbox: local-part "@" ( Domain / address-literal ).
constexpr address_form mailbox_form(std::string_view s) {
  if (s.empty() || s.size() > max_mailbox) return address_form::invalid;
  std::size_t at = s.size();  // of the last @: a quoted local part may have more of them
  while (at > 0 && s[at - 1] != '@') --at;
  if (at == 0 || --at > max_local_part) return address_form::invalid;
  const std::string_view local{s.data(), at};
  const std::string_view domain{s.data() + at + 1, s.size() - at - 1};
  if (!detail::is_dot_string(local) && !detail::is_quoted_string(local)) {
    return address_form::invalid;
  }
  if (!is_domain(domain) && !is_address_literal(domain)) return address_form::invalid;
  if (!ascii::has_non_ascii(s)) return address_form::ascii;
  return is_utf8(s) ? address_form::utf8 : address_form::invalid;
}

// What MAIL takes: a mailbox, or nothing at all (RFC 5321 4.5.5, the null reverse-path).
constexpr address_form reverse_path_form(std::string_view s) {
  return s.empty() ? address_form::ascii : mailbox_form(s);
}

// What RCPT takes: a mailbox, or the one name every server knows (RFC 5321 4.5.1).
constexpr address_form forward_path_form(std::string_view s) {
  constexpr std::string_view postmaster = "postmaster";
  return ascii::equal_ignoring_case(s, postmaster) ? address_form::ascii : mailbox_form(s);
}

}  // namespace mailmote::text

// ---- <mailmote/smtp/preconditions.hpp> ----

// preconditions.hpp: what has to hold before a mail may be begun.
//
// Knows:          which strings may go on the wire, and what a mail needs of a server.
// Does not know:  the dialogue.
// Bounds:         reads every address once.

namespace mailmote::smtp {

constexpr bool is_ascii_domain(std::string_view s) {
  return text::is_domain(s) && !ascii::has_non_ascii(s);
}

constexpr bool is_host(std::string_view s) {
  if (text::read_ip(s)) return true;
  if (s.ends_with('.')) s.remove_suffix(1);
  return is_ascii_domain(s);
}

constexpr bool is_hello_name(std::string_view s) {
  return text::is_address_literal(s) || is_ascii_domain(s);
}

// Law 5: every string of the user's is looked at, before a byte is written.
inline errc check_strings(const settings& with, const envelope& mail, bool& needs_utf8) {
  if (with.security != security::cleartext && !is_host(with.host)) return errc::bad_host;
  if (!is_hello_name(with.helo)) return errc::bad_helo;
  const text::address_form from = text::reverse_path_form(mail.from);
  if (from == text::address_form::invalid) return errc::bad_reverse_path;
  needs_utf8 = from == text::address_form::utf8;
  if (mail.to.empty()) return errc::no_recipients;
  for (std::size_t i = 0; i < mail.to.size(); ++i) {
    const text::address_form to = text::forward_path_form(mail.to[i]);
    if (to == text::address_form::invalid) return errc::bad_recipient;
    if (to == text::address_form::utf8) needs_utf8 = true;
  }
  if (mail.parameters != nullptr) {
    if (const errc bad = mail.parameters->check(with, mail); bad != errc::none) return bad;
  }
  return with.auth != nullptr ? with.auth->check() : errc::none;
}

// The keyword of an extension that the mail's parameters need and that is not offered; or empty.
inline std::string_view missing_in(const capabilities& offered, const envelope& mail) {
  return mail.parameters != nullptr ? mail.parameters->missing(offered) : std::string_view{};
}

// Holds the mail against what the server has offered, begins its body, and settles the parameters
// of MAIL. `with` says on entry what the addresses need (`utf8`) and how the message goes (`chunked`).
inline errc fit_mail(const capabilities& offered, const envelope& mail, body_source& body,
                     mail_parameters& with) {
  if (with.utf8 && !offered.has(extension::smtputf8)) return errc::smtputf8_needed;
  if (!missing_in(offered, mail).empty()) return errc::extension_missing;
  const bool needs_all = mail.deliver_if == recipients::all;
  if (needs_all && !recipient_tally::takes_all(mail, offered)) return errc::too_many_recipients;
  const body_limits limits{.eight_bit = offered.has(extension::eight_bit_mime),
                           .utf8 = offered.has(extension::smtputf8),
                           .binary = with.chunked && offered.has(extension::binarymime)};
  if (const errc bad = body.begin(limits); bad != errc::none) return bad;
  const body_needs needed = body.needs();
  const bool is_sayable = limits.eight_bit || needed.kind == body_kind::binary;
  with.body = is_sayable ? needed.kind : body_kind::seven_bit;
  with.utf8 = with.utf8 || needed.utf8;
  with.size = size_not_said;
  if (!offered.has(extension::size)) return errc::none;
  const std::uint64_t length = body.length();
  if (length < size_not_said) with.size = static_cast<std::size_t>(length);
  const bool limited = offered.size_limit > 0 && offered.size_limit < largest_number;
  const bool too_large = length != unknown_length && length > offered.size_limit;
  return limited && too_large ? errc::message_too_large : errc::none;
}

// Law 4: whether `login` may be used on the connection as it is.
inline bool may_log_in(const settings& with, const sasl::mechanism& login, bool encrypted) {
  if (encrypted || with.cleartext_auth == cleartext_auth::any) return true;
  return with.cleartext_auth == cleartext_auth::challenge_only && !login.reveals_secret();
}

// Lets `login`, which has chosen, choose on until it may be used, if anything of it may.
inline errc choose_allowed(const settings& with, sasl::mechanism& login, bool encrypted) {
  while (!may_log_in(with, login, encrypted)) {
    if (!login.select_next()) return errc::auth_needs_tls;
  }
  return errc::none;
}

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/transaction.hpp> ----

// transaction.hpp: one mail on its way: to whom it still goes, how it is sent, what can come of it.
//
// Knows:          when a mail has nobody left to go to; when its message may leave before the replies to
//                 its commands (RFC 3030, 2920); which reply to it is the last.
// Does not know:  what was said so far (session.hpp moves the cursors), or what becomes of the connection.
// Bounds:         one size, whatever the number of recipients or the length of the message.

namespace mailmote::smtp {

struct transaction {
  envelope mail{};
  body_source* body = nullptr;
  mail_parameters parameters{};
  recipient_tally recipients{};
  message_writer message{};
  // MAIL or a chunk was, or 421 said: no reply can make it delivered.
  bool refused = false;

  errc begin(const settings& with, const envelope& of, body_source& text) {
    bool needs_utf8 = false;
    const errc bad = check_strings(with, of, needs_utf8);
    if (bad != errc::none) return bad;
    parameters = {};
    parameters.utf8 = needs_utf8;
    mail = of;
    body = &text;
    recipients.begin(of);
    return errc::none;
  }

  // Holds the mail against what was offered, and begins its body. `pipelines`: flights are shared.
  errc prepare(const settings& with, const capabilities& offered, bool pipelines) {
    refused = false;
    message = {};
    parameters.chunked = with.chunking && offered.has(extension::chunking);
    const errc bad = fit_mail(offered, mail, *body, parameters);
    if (bad != errc::none) return bad;
    // An unknown length is larger than any.
    parameters.eager = pipelines && parameters.chunked &&
                       mail.deliver_if == mailmote::recipients::any &&
                       body->length() <= with.eager_body;
    const bool is_limited = offered.max_recipients > 0 || offered.max_recipient_domains > 0;
    parameters.quits = parameters.eager && mail.then == after::quit && !is_limited &&
                       mail.to.size() <= min_recipients;
    return errc::none;
  }

  step following(step s) const {
    const bool skips_data = s == step::rcpt && parameters.chunked;
    return skips_data ? step::message : static_cast<step>(static_cast<unsigned>(s) + 1);
  }

  // The reply to DATA, if any, says yes. Without somebody to go to it is the lone dot.
  void begin_message(bool has_leave) {
    if (parameters.chunked) return message.begin_chunks(*body, body->length());
    message.begin(has_leave && !has_nobody() ? body : nullptr, body->length());
  }

  bool is_unbegun() const { return parameters.chunked && !message.is_begun(); }

  // Whatever is still to come: nothing of this transaction can be delivered.
  bool has_nobody() const { return message.is_lone_dot() || refused || recipients.is_lost(mail); }

  // Whether there is to be a transaction after this one.
  bool goes_on() const {
    const bool any = mail.deliver_if == mailmote::recipients::any;
    return any && !parameters.quits && recipients.leaves_some(mail);
  }

  // Goodbye may follow the message at once. Behind an eager one it may if a server has to take as many
  // recipients in one mail (RFC 5321 4.5.3.1.8): whom it puts off all the same is refused, later.
  bool may_quit_ahead() const {
    const bool is_sure = parameters.quits || (recipients.all_answered() && !goes_on());
    return mail.then == after::quit && message.has_one_reply() && is_sure;
  }

  // The next mail may follow the message at once (RFC 2920 3.1).
  bool may_be_followed() const {
    return mail.then == after::stay && message.has_one_reply() && !has_nobody() && !goes_on();
  }

  // Whether a reply to the message that begins now comes before all that it is about was sent.
  bool is_ahead(const outbox& out) const {
    return message.has_one_reply() ? !out.message_left() : out.awaited() == 1 && !out.is_empty();
  }

  // Of a reply that was just taken: it is the last; or the rest of its chunk is still to be sent.
  bool was_last_reply(const outbox& out) const {
    return out.message_left() && (message.has_one_reply() || out.awaited() == 0);
  }
  bool was_cut(const outbox& out) const {
    return message.has_one_reply() ? !out.message_left() : out.awaited() == 0 && !out.is_empty();
  }
};

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/speaker.hpp> ----

// speaker.hpp: says what is to be said, as far as it may be said by now.
//
//   C: [AUTH] MAIL RCPT... BDAT, message, QUIT      the longest flight there is: with
//   S: [235] 250 250... 250, 221                    settings.chunking, and settings.pipeline_auth
//
// The law of a submission's two cursors stands in session.hpp, which moves `answering_`, and sets
// `sending_` where a reply begins something. Here is how far the one may be ahead of the other.
//
// Knows:          what may share a flight (RFC 2920 3.1), and what ends one: STARTTLS, AUTH, DATA; with
//                 RFC 3030 and 4954, which may go on.
// Does not know:  what a reply means.
// Bounds:         commands, responses and messages go through a buffer of any size, piece by piece.

namespace mailmote::smtp {

class speaker {
 protected:
  constexpr explicit speaker(const settings& with) noexcept : settings_{with} {}

  void begin_at(step next);
  errc speak(std::span<char> buffer) noexcept;
  void sent(std::span<char> buffer, std::size_t n) noexcept;

  // What is waited for, and how long it may take.
  bool is_quiet() const { return answering_ == step::over || answering_ == step::ready; }
  phase where() const;
  milliseconds allowed() const;
  milliseconds next_timeout(milliseconds now) const noexcept;
  errc end_of_wait(errc why, bool heard_nothing) const;

  // False when there is a reason already.
  bool record(errc why) {
    return verdict_.record(why, answering_ == step::accept ? phase::mail : where());
  }

  // Nothing more can come of the transaction, and so nothing more of it is begun.
  bool is_lost() const { return verdict_.error() != errc::none || mail_.has_nobody(); }
  bool all_answered() const { return outbox_.is_settled() && offset_ == 0; }
  bool waits_for_source() const { return source_waits_ && outbox_.is_empty(); }
  bool pipelines() const {
    return settings_.pipelining && capabilities_.has(extension::pipelining);
  }
  bool may_mail_again() const {
    return capabilities_.max_mails == 0 || mails_ < capabilities_.max_mails;
  }
  bool quit_is_out() const { return quit_written_ || (sending_ == step::quit && offset_ > 0); }

 private:
  bool may_write() const;
  bool may_write_message() const;
  bool carries_response() const { return sending_ == step::auth && auth_.carries_initial(); }
  std::size_t write(std::span<char> room);
  std::size_t write_message(std::span<char> room);
  void advance_sending();

 protected:
  // What is used most comes first: a Thumb instruction that reaches it is half as long.
  step sending_ = step::none;
  step answering_ = step::over;
  bool needs_rset_ = false;    // a transaction may be open that came to nothing
  bool quit_written_ = false;  // behind the message
  bool source_waits_ = false;  // the body or the login has said "not yet"
  errc failed_ = errc::none;   // what of them cannot go on
  verdict verdict_{};
  std::size_t offset_ = 0;  // octets of the command at sending_ that are in the buffer already
  std::size_t mails_ = 0;   // begun on this connection
  outbox outbox_{};
  reply_timer timer_{};
  transaction mail_{};
  auth_exchange auth_{};
  settings settings_;
  capabilities capabilities_{};
};

// To a step that begins with nothing sent and nothing owed, but for the greeting.
inline void speaker::begin_at(step next) {
  sending_ = client_speaks(next) ? next : step::none;
  offset_ = 0;
  quit_written_ = false;
  outbox_.begin(next == step::greeting ? 1 : 0);
  timer_.arm();
}

inline errc speaker::speak(std::span<char> buffer) noexcept {
  if (!outbox_.is_empty()) return errc::none;
  failed_ = errc::none;
  outbox_.rewind();
  for (step at = sending_; may_write(); at = sending_) {
    if (write(outbox_.room(buffer)) == 0 && sending_ == at) break;
  }
  if (!outbox_.is_empty()) timer_.arm();
  return failed_;
}

inline void speaker::sent(std::span<char> buffer, std::size_t n) noexcept {
  const std::span<char> octets = outbox_.to_send(buffer).first(n);
  outbox_.sent(buffer, n);
  if (answering_ == step::auth) wipe(octets);
  timer_.arm();
}

inline bool speaker::may_write() const {
  if (sending_ == step::none) return false;
  if (sending_ == step::response) return auth_.now() == auth_exchange::state::writing;
  if (sending_ == step::message) return may_write_message();
  const bool lock_step = !is_mail_command(sending_) && sending_ != step::quit;
  if (lock_step || offset_ > 0) return true;  // what was begun is completed
  if (sending_ == step::quit && answering_ == step::quit) return true;
  if (is_lost()) return false;
  const recipient_tally& all = mail_.recipients;
  const bool caught_up = sending_ == answering_ && all.sent() == all.answered();
  const bool waits = sending_ == step::data && mail_.mail.deliver_if == recipients::all;
  return caught_up || (pipelines() && !waits);
}

inline bool speaker::may_write_message() const {
  const message_writer& message = mail_.message;
  if (message.now() != message_writer::state::writing) return false;
  if (!mail_.parameters.chunked) return answering_ == step::message;  // the 354 is there
  if (message.is_begun() && message.has_one_reply()) return true;
  if (is_lost()) return false;
  if (answering_ != step::message) return mail_.parameters.eager;
  return pipelines() || outbox_.is_settled();
}

inline std::size_t speaker::write(std::span<char> room) {
  std::size_t written = 0;
  errc failed = errc::none;
  bool waits = false;
  if (sending_ == step::message) {
    const std::size_t filled = mail_.message.filled();
    written = write_message(room);
    if (mail_.message.filled() != filled) timer_.arm();
    waits = mail_.message.now() == message_writer::state::waiting;
    failed = mail_.message.error();
  } else if (sending_ == step::response) {
    if (room.size() < auth_exchange::min_room) return 0;
    written = auth_.write(*settings_.auth, room, settings_.transcript);
    outbox_.add_lines(written);
    waits = auth_.now() == auth_exchange::state::waiting;
    failed = auth_.error();
    if (auth_.now() == auth_exchange::state::written) {
      sending_ = auth_.is_eager() ? step::mail : step::none;
    }
  } else {
    piece_writer out{room, offset_};
    put_command(out, sending_, settings_, mail_.mail, mail_.recipients.sent(), mail_.parameters,
                capabilities_);
    out.put(carries_response() ? " " : "\r\n");
    written = out.written();
    outbox_.add_lines(written);
    if (settings_.transcript) settings_.transcript->client_said({room.data(), written});
    offset_ += written;
    if (out.complete()) advance_sending();
  }
  if (waits != source_waits_) timer_.arm();  // the first "not yet", and what comes after the last
  source_waits_ = waits;
  failed_ = failed;
  return failed == errc::none ? written : 0;
}

inline std::size_t speaker::write_message(std::span<char> room) {
  message_writer& message = mail_.message;
  const std::size_t written = message.write(room, outbox_.is_fresh());
  if (message.error() != errc::none) return 0;
  const bool is_last = message.now() == message_writer::state::written;
  if (settings_.transcript) settings_.transcript->client_said({room.data(), message.head()});
  outbox_.add_message(written, message.head(), message.tail(), is_last);
  if (is_last) sending_ = mail_.may_quit_ahead() ? step::quit : step::none;
  return written;
}

inline void speaker::advance_sending() {
  offset_ = 0;
  if (sending_ == step::quit) quit_written_ = true;
  if (sending_ == step::mail) {
    needs_rset_ = true;
    ++mails_;
  }
  if (sending_ == step::rcpt) {
    mail_.recipients.count_sent(mail_.mail, capabilities_);
    if (!mail_.recipients.all_sent()) return;
  }
  if (carries_response()) {
    sending_ = step::response;
  } else {
    sending_ = is_mail_command(sending_) ? mail_.following(sending_) : step::none;
  }
  if (sending_ == step::message && mail_.parameters.chunked) mail_.begin_message(true);
}

// ---- what is waited for ---------------------------------------------------------------------

inline phase speaker::where() const {
  return answering_ == step::message && outbox_.message_left() ? phase::accept
                                                               : phase_of(answering_);
}

inline milliseconds speaker::allowed() const {
  const timeouts& with = *settings_.timeouts;
  return waits_for_source() ? with.source : time_for(where(), with);
}

inline milliseconds speaker::next_timeout(milliseconds now) const noexcept {
  if (is_quiet()) return no_timeout;
  if (timer_.is_stale()) return 0;
  const milliseconds rest = timer_.remaining(allowed(), now);
  const milliseconds pace = answering_ == step::auth && auth_.is_busy() ? 0 : source_pace;
  return waits_for_source() && pace < rest ? pace : rest;
}

// `why` a wait came to its end, in other words where there is more to say: silence in place of a greeting
// means more the longer it lasts, and there are servers that offer CHUNKING and hang on BDAT.
inline errc speaker::end_of_wait(errc why, bool heard_nothing) const {
  if (why == errc::timeout && answering_ == step::message && mail_.parameters.chunked) {
    return errc::chunk_timeout;
  }
  const bool silent = answering_ == step::greeting && heard_nothing;
  return silent && timer_.elapsed() >= greeting_patience ? errc::silent_greeting : why;
}

}  // namespace mailmote::smtp

// ---- <mailmote/smtp/session.hpp> ----

// session.hpp: the dialogue with a submission server, from greeting to goodbye.
//
//   S: 220              EHLO       \  the connection: in lock-step, each reply decides what is next.
//   C: EHLO, S: 250     STARTTLS    | EHLO comes again inside TLS, and what was offered before it
//   C: STARTTLS, S: 220 (handshake) | is forgotten
//   C: EHLO, S: 250     AUTH        |
//   C: AUTH, S: 235     MAIL       /
//   C: [RSET] MAIL RCPT... DATA    \  the mail: in one flight with PIPELINING (RFC 2920); under
//   S: 250 250... 354               | recipients::all, DATA waits for the replies to RCPT
//   C: message, final dot, QUIT     | only after 354, and only while a recipient stands
//   S: 250, 221                    /
//
// The law: two cursors go over this script. `answering_` is moved here, `sending_` here and in
// speaker.hpp, which moves it on to what may follow; no other file moves either. A reply answers the
// command at `answering_`, all of which was sent before it began; any other ends the session.
// Recipients that the server puts off go through the mail's part again.
//
// Knows:          RFC 5321, 2920, 3030, 3207, 4954, 9422.
// Does not know:  streams, TLS libraries, clocks: the driver (client.hpp) carries octets and time.
// Bounds:         one size, whatever the number of recipients or the length of the message.

namespace mailmote::smtp {

class session : private speaker {
 public:
  static constexpr std::size_t min_buffer = 64;  // every part of the dialogue goes through it

  constexpr explicit session(const settings& with) noexcept : speaker{with} {}
  const settings& with() const noexcept { return settings_; }

  // The caller's side, as client.hpp documents it.
  errc send(const envelope& mail, body_source& body) noexcept;
  errc keep_alive() noexcept { return say(step::noop); }
  errc quit() noexcept { return say(step::quit); }
  void cancel() noexcept;
  void start() noexcept;
  bool is_idle() const noexcept { return verdict_.is_told() && is_quiet(); }
  bool is_open() const noexcept { return answering_ == step::ready; }
  bool takes_next() const noexcept;
  outcome result() const noexcept {
    if (previous_.is_shown()) return previous_.result(reply_, login_);
    outcome mail = verdict_.result(reply_.text(), login_);
    if (mail.error == errc::extension_missing) mail.missing = missing_in(capabilities_, mail_.mail);
    return mail;
  }
  bool take_finished() noexcept;  // true once a mail
  const capabilities& offered() const noexcept { return capabilities_; }
  const mail_parameters& used() const noexcept { return mail_.parameters; }

  // The driver's side. `buffer` is always the same one, of at least min_buffer octets, and keeps
  // what output() gave until it was sent.
  action next() const noexcept { return action_at(answering_); }
  void at(milliseconds now) noexcept;  // what time it is: the first thing of every round ...
  void expire() noexcept;              // ... and, when nothing more can be read, the last
  milliseconds next_timeout(milliseconds now) const noexcept;
  std::span<const char> output(std::span<char> buffer) noexcept;
  using speaker::sent;  // of `buffer`, so many octets
  // How many of them were taken in: what follows the reply to the mail before this one has to wait
  // until that was told, as its words would be written over. Then they are to be handed in again.
  std::size_t received(std::span<const char> octets) noexcept;
  bool has_to_tell() const noexcept { return previous_.is_untold(); }
  void secured() noexcept;        // the handshake is done, and the server has proven who it is
  void ended(errc why) noexcept;  // the stream is over; errc::none: it was closed in good order

 private:
  bool implicit() const { return settings_.security == security::implicit_tls; }
  void advance_answering() { answering_ = mail_.following(answering_); }

  void hear(char c);
  void on_reply();
  void heed_reply();
  void on_hello();
  void on_auth();
  void on_rcpt();
  void on_data();
  void on_accept();

  void go(step next);
  errc say(step next);  // between two mails
  void continue_connection();
  errc prepare(transaction& mail) const {
    return may_mail_again() ? mail.prepare(settings_, capabilities_, pipelines())
                            : errc::too_many_mails;
  }
  errc follow_up(const envelope& mail, body_source& body);
  void on_previous();
  void open_transaction();
  void finish_mail(fate reached);
  void end_transaction(bool delivered);
  void record_reply(errc why);
  void refuse(errc why);                // by the reply at hand; then leave
  void leave(errc why = errc::none);    // with QUIT, where there is a place for it
  void hang_up(errc why = errc::none);  // at once
  void conclude(fate reached, step next);
  void give_up(errc why);
  errc end_or(errc why) const { return end_of_wait(why, reply_.between_replies()); }

  bool encrypted_ = false;
  bool authenticated_ = false;
  bool is_reused_ = false;  // a connection that was kept, and has not answered since
  bool early_ = false;      // the reply being read began before it was due
  bool ahead_ = false;      // it began before the chunk that it answers had left
  previous_mail previous_{};
  const sasl::mechanism* login_ = nullptr;  // once it was begun on this connection
  reply_parser reply_{};
  capability_parser offered_{};
};

// ---- the caller ----------------------------------------------------------------------------

inline errc session::send(const envelope& mail, body_source& body) noexcept {
  if (takes_next()) return follow_up(mail, body);
  if (!is_idle()) return errc::busy;
  if (const errc bad = mail_.begin(settings_, mail, body); bad != errc::none) return bad;
  verdict_.begin();
  reply_.hold_text(false);
  timer_.arm_at_next_reading();
  is_reused_ = answering_ == step::ready;
  if (is_reused_) {
    open_transaction();
    return errc::none;
  }
  encrypted_ = authenticated_ = needs_rset_ = source_waits_ = false;
  mails_ = 0;
  login_ = nullptr;
  reply_.begin();
  go(implicit() ? step::handshake : step::greeting);
  return errc::none;
}

inline bool session::takes_next() const noexcept {
  const bool waits = answering_ == step::message && outbox_.message_left() && previous_.is_over();
  const bool may_follow = pipelines() && may_mail_again() && mail_.may_be_followed();
  return waits && may_follow && !is_lost();
}

inline errc session::follow_up(const envelope& mail, body_source& body) {
  transaction next;
  errc bad = next.begin(settings_, mail, body);
  if (bad == errc::none) bad = prepare(next);
  if (bad != errc::none) return bad;
  verdict_.count(mail_.recipients);
  previous_.begin(verdict_);
  verdict_.begin();
  mail_ = next;
  outbox_.begin_message();
  answering_ = step::accept;
  sending_ = step::mail;
  return errc::none;
}

inline bool session::take_finished() noexcept {
  if (previous_.tell()) return true;
  if (!is_quiet() || !verdict_.tell()) return false;
  previous_.hide();
  return true;
}

inline errc session::say(step next) {
  if (!is_idle()) return errc::busy;
  if (answering_ == step::ready) go(next);
  timer_.arm_at_next_reading();
  return errc::none;
}

inline void session::start() noexcept {
  if (answering_ == step::auth) settings_.auth->forget();
  *this = session{settings{settings_}};
}

inline void session::cancel() noexcept {
  timer_.arm_at_next_reading();
  if (verdict_.is_open()) return leave(end_or(errc::canceled));
  if (!is_quiet()) hang_up();
}

// ---- the driver ----------------------------------------------------------------------------

inline void session::at(milliseconds now) noexcept {
  previous_.let_words_go(reply_, verdict_);
  timer_.read(now);
  mail_.message.resume();
  auth_.resume();
}

inline void session::expire() noexcept {
  if (is_quiet() || !timer_.passed(allowed())) return;
  if (!waits_for_source()) return hang_up(end_or(errc::timeout));
  source_waits_ = false;
  mail_.message.give_up(errc::source_timeout);
  give_up(errc::source_timeout);
}

inline milliseconds session::next_timeout(milliseconds now) const noexcept {
  const bool untold = previous_.is_untold() || (is_quiet() && verdict_.is_decided());
  return untold ? 0 : speaker::next_timeout(now);
}

// The mail cannot go on. The one before it still has its reply.
inline void session::give_up(errc why) {
  if (answering_ != step::accept) return hang_up(why);
  record(why);
  timer_.arm();
}

inline std::span<const char> session::output(std::span<char> buffer) noexcept {
  if (const errc bad = speak(buffer); bad != errc::none) give_up(bad);
  return outbox_.to_send(buffer);
}

inline std::size_t session::received(std::span<const char> octets) noexcept {
  std::size_t taken = 0;
  while (taken < octets.size() && answering_ != step::over && !has_to_tell()) hear(octets[taken++]);
  return answering_ == step::over ? octets.size() : taken;
}

inline void session::hear(char c) {
  if (settings_.transcript) settings_.transcript->server_said({&c, 1});
  if (answering_ == step::handshake) return hang_up(errc::tls_injection);
  if (reply_.between_replies()) {
    early_ = outbox_.awaited() == 0;
    ahead_ = answering_ == step::message && mail_.is_ahead(outbox_);
  }
  switch (reply_.feed(c)) {
    case reply_parser::event::none: break;
    case reply_parser::event::text:
      if (answering_ == step::ehlo) offered_.text(c, capabilities_);
      if (answering_ == step::auth) auth_.challenge(*settings_.auth, reply_.line_code(), c);
      break;
    case reply_parser::event::line_end: offered_.line_end(capabilities_); break;
    case reply_parser::event::complete:
      offered_.line_end(capabilities_);
      on_reply();
      break;
    case reply_parser::event::malformed: return hang_up(errc::malformed_reply);
    case reply_parser::event::endless: return hang_up(errc::endless_reply);
  }
}

inline void session::secured() noexcept {
  encrypted_ = true;
  if (settings_.transcript) settings_.transcript->encrypted();
  go(implicit() ? step::greeting : step::ehlo);
}

inline void session::ended(errc why) noexcept {
  // What follows the 220 to STARTTLS and is no TLS was put there by somebody else (law 3).
  const bool after_220 = answering_ == step::handshake && !implicit();
  if (after_220 && why == errc::tls_not_tls) why = errc::tls_injection;
  const errc closed = reply_.between_replies() ? errc::closed_before_reply : errc::closed_in_reply;
  if (is_reused_ && !outbox_.message_left()) return hang_up(errc::idle_closed);
  hang_up(why != errc::none ? why : end_or(closed));
}

// ---- what a reply means --------------------------------------------------------------------

inline void session::on_reply() {
  if (!early_) outbox_.answered();
  const bool closing = reply_.code() == 421;
  if (closing && !early_) {
    mail_.refused = true;
    const errc why = errc::service_closing;
    if (answering_ == step::accept) previous_.settle(why, fate::not_delivered, reply_);
  }
  if (closing || early_) {
    const errc closed = is_reused_ ? errc::idle_closed : errc::service_closing;
    record_reply(closing ? closed : errc::unsolicited_reply);
    return hang_up();
  }
  is_reused_ = false;
  heed_reply();
  // A mail with nobody to go to, or no leave, ends where nothing of its message was begun.
  const bool unbegun = answering_ == step::message && mail_.is_unbegun();
  const bool may_end = is_mail_command(answering_) || unbegun;
  if (may_end && is_lost() && all_answered()) end_transaction(false);
  timer_.arm();
}

inline void session::heed_reply() {
  const bool positive = reply_.is_class(2);
  switch (answering_) {
    case step::greeting: return positive ? go(step::ehlo) : refuse(errc::greeting_refused);
    case step::ehlo:
    case step::helo: return on_hello();
    case step::starttls: return positive ? go(step::handshake) : refuse(errc::tls_refused);
    case step::auth: return on_auth();
    case step::noop: return go(step::ready);
    case step::accept: return on_previous();
    case step::rset: return positive ? advance_answering() : refuse(errc::mail_refused);
    case step::mail:
      if (!positive && !reply_.is_refusal()) return refuse(errc::mail_refused);
      if (!positive) {
        mail_.refused = true;
        record_reply(errc::mail_refused);
      }
      return advance_answering();
    case step::rcpt:
      return positive || reply_.is_refusal() ? on_rcpt() : refuse(errc::recipients_refused);
    case step::data: return on_data();
    case step::message: return on_accept();
    default: return hang_up();  // the reply to QUIT, whatever it is
  }
}

inline void session::on_hello() {
  // HELO offers nothing, and so will do only where nothing is needed.
  const bool helo_will_do = settings_.security == security::cleartext && !settings_.auth;
  if (reply_.is_class(2)) return continue_connection();
  if (answering_ == step::ehlo && reply_.is_class(5) && helo_will_do) return go(step::helo);
  refuse(errc::ehlo_refused);
}

// The connection's next need: encryption, then the login, then the mail.
inline void session::continue_connection() {
  sasl::mechanism* const login = settings_.auth;
  if (settings_.security == security::starttls && !encrypted_) {
    const bool has_tls = capabilities_.has(extension::starttls);
    return has_tls ? go(step::starttls) : leave(errc::tls_unavailable);
  }
  if (login == nullptr || authenticated_) return open_transaction();
  errc bad = login_ != nullptr ? errc::none : login->select(capabilities_.auth);  // or it chose on
  if (bad == errc::none) bad = choose_allowed(settings_, *login, encrypted_);
  if (bad != errc::none) {
    login->forget();
    return leave(bad);
  }
  login_ = login;
  auth_.begin(*login, settings_, pipelines());
  if (auth_.is_eager()) bad = prepare(mail_);
  if (bad == errc::none) return go(step::auth);
  login->forget();
  leave(bad);
}

inline void session::on_auth() {
  sasl::mechanism& login = *settings_.auth;
  const bool canceled = verdict_.error() != errc::none;
  const bool positive = reply_.is_class(2) && !canceled;
  if (auth_.is_eager()) {
    if (!positive && !reply_.is_refusal()) return hang_up(errc::bad_challenge);
    if (!positive) record_reply(login.refusal());
    authenticated_ = positive;
    login.forget();
    answering_ = step::mail;  // which is said already
    return;
  }
  if (reply_.code() == 334 && !canceled) {
    const errc bad = auth_.respond(login);
    sending_ = bad == errc::none ? step::response : step::cancel;
    if (bad != errc::none) record(bad);
    return;
  }
  if (!canceled && auth_.is_unavailable(reply_.code()) && login.select_next()) {
    return continue_connection();
  }
  if (!positive) return refuse(login.refusal());
  if (const errc bad = login.accept(); bad != errc::none) return leave(bad);
  authenticated_ = true;
  login.forget();
  open_transaction();
}

inline void session::open_transaction() {
  answering_ = step::mail;
  const errc bad = prepare(mail_);
  if (bad == errc::none) return go(needs_rset_ ? step::rset : step::mail);
  record(bad);
  finish_mail(fate::not_delivered);
}

inline void session::on_rcpt() {
  recipient_tally& all = mail_.recipients;
  all.take(mail_.mail, reply_);
  const bool decided = all.answered() == all.sent() && all.is_lost(mail_.mail);
  const bool is_end = !mail_.goes_on() && !all.has_delivered();
  if (decided && is_end && record(errc::recipients_refused)) {
    verdict_.cite(all.code(), all.enhanced());
    reply_.hold_text(true);
    if (!all.last_answer_decides()) reply_.forget_text();
  }
  if (all.all_answered()) advance_answering();
}

// The mail before this one has its reply.
inline void session::on_previous() {
  const bool positive = reply_.is_class(2);
  if (!positive && !reply_.is_refusal()) {
    previous_.settle(errc::unexpected_reply, fate::unknown, reply_);
    return hang_up(errc::unexpected_reply);
  }
  const errc refused = positive ? errc::none : errc::message_refused;
  previous_.settle(refused, positive ? fate::delivered : fate::not_delivered, reply_);
  answering_ = step::mail;  // which may be said already
  if (mail_.message.error() != errc::none) hang_up();
}

inline void session::on_data() {
  if (reply_.is_refusal()) {
    if (!mail_.has_nobody()) record_reply(errc::data_refused);
    return end_transaction(false);
  }
  if (!reply_.is_class(3)) return refuse(errc::data_refused);
  mail_.begin_message(!is_lost());
  go(step::message);
}

inline void session::on_accept() {
  const bool positive =
      reply_.is_class(2) && !ahead_;  // a chunk can be refused early, but not taken
  if (!positive && !reply_.is_refusal()) {
    record_reply(errc::unexpected_reply);
    return hang_up();
  }
  const bool nobody = mail_.has_nobody();
  if (!positive && !nobody) record_reply(errc::message_refused);
  if (!positive) mail_.refused = true;
  if (mail_.was_cut(outbox_)) return hang_up();
  if (mail_.was_last_reply(outbox_)) return end_transaction(positive && !nobody);
  if (is_lost() && all_answered()) finish_mail(fate::not_delivered);
}

// ---- how it goes on, or ends ---------------------------------------------------------------

inline void session::go(step next) {
  answering_ = next;
  begin_at(next);
  if (next == step::ehlo || next == step::helo) {  // law 3: what was learned is forgotten
    capabilities_ = {.other_keywords = settings_.other_extensions};
    offered_ = {};
  }
}

// The transaction is over, and the connection is in order.
inline void session::end_transaction(bool delivered) {
  if (delivered) needs_rset_ = false;
  const bool failed = verdict_.error() != errc::none && !delivered;
  if (!failed && mail_.goes_on() && !quit_is_out()) {
    mail_.recipients.advance(mail_.mail);
    return open_transaction();
  }
  if (delivered) record_reply(errc::none);
  const bool somebody = delivered || (!failed && mail_.recipients.has_delivered());
  finish_mail(somebody ? fate::delivered : fate::not_delivered);
}

// The mail's part of the dialogue is over, and the connection is in order.
inline void session::finish_mail(fate reached) {
  const bool may_stay = may_mail_again() && (settings_.auth == nullptr || authenticated_);
  const bool stays = mail_.mail.then == after::stay && may_stay;
  conclude(reached, stays ? step::ready : step::quit);
}

inline void session::record_reply(errc why) {
  if (!record(why)) return;
  verdict_.cite(reply_.code(), reply_.enhanced());
  reply_.hold_text(true);
}

// `why`, if the reply is the refusal that it names; a reply of any other kind was impossible.
inline void session::refuse(errc why) {
  record_reply(reply_.is_refusal() ? why : errc::unexpected_reply);
  leave();
}

// RFC 5321 4.1.1.10: goodbye is said wherever there is a place for it.
inline void session::leave(errc why) {
  record(why);
  const bool in_login = sending_ == step::response || sending_ == step::cancel;
  const bool has_place = answering_ != step::message && answering_ != step::handshake && !in_login;
  if (!has_place || !all_answered()) return hang_up();
  conclude(fate::not_delivered, step::quit);
}

inline void session::hang_up(errc why) {
  record(why);
  previous_.lose(why);
  const bool unanswered = outbox_.message_left() && !mail_.has_nobody();
  conclude(unanswered ? fate::unknown : fate::not_delivered, step::over);
}

inline void session::conclude(fate reached, step next) {
  verdict_.count(mail_.recipients);
  verdict_.decide(reached);
  if (answering_ == step::auth) settings_.auth->forget();
  if (next == step::quit && quit_is_out()) {  // only its reply is waited for
    answering_ = next;
    return timer_.arm();
  }
  go(next);
}

}  // namespace mailmote::smtp

// ---- <mailmote/tls/tls_session.hpp> ----

// tls_session.hpp: what the client needs of a TLS library.
//
// Knows:          that a connection can be encrypted, and must be proven before it is used.
// Does not know:  which library does it, or what is sent over it.
// Bounds:         compile-time only; no_tls is empty.

namespace mailmote {

// One TLS connection over a lower byte stream, and itself a byte stream once it is safe.
//
//  1. bind MUST prepare a new connection over `lower` for `host` (a domain name or an IP address),
//     forgetting any earlier one. Both live until close. It says why it cannot, or errc::none.
//  2. handshake MUST return at once: ok, want_read, want_write, closed or failed. It MAY need many
//     calls. The lower stream carries nothing else from bind until close.
//  3. handshake MUST NOT say ok before the peer has proven to be `host`, by the caller's trust.
//     is_safe MUST be true from then until close, and at no other time.
//  4. read_some and write_some MUST fail unless is_safe. An end of the connection without TLS's own
//     goodbye MUST be failed with errc::tls_truncated, and never closed.
//  5. error MUST say why the last call answered failed.
//  6. close MUST say TLS's goodbye if that is possible without waiting, and give everything back
//     that the connection held. It MAY be called at any time, again and again.
// clang-format off
template <class T, class Lower>
concept tls_session = byte_stream<T> && requires(T& tls, Lower& lower, std::string_view host) {
  { tls.bind(lower, host) } noexcept -> std::same_as<errc>;
  { tls.handshake() } noexcept -> std::same_as<io_status>;
  { tls.is_safe() } noexcept -> std::same_as<bool>;
  { tls.error() } noexcept -> std::same_as<errc>;
  { tls.close() } noexcept;
};
// clang-format on

// For programs that have no TLS library: with it, only security::cleartext can send a mail.
struct no_tls {
  template <class Lower>
  constexpr errc bind(Lower&, std::string_view) noexcept {
    return errc::tls_setup;
  }
  constexpr io_status handshake() noexcept { return io_status::failed; }
  constexpr bool is_safe() noexcept { return false; }
  constexpr errc error() noexcept { return errc::tls_setup; }
  constexpr void close() noexcept {}
  constexpr io_result read_some(std::span<char>) noexcept { return io_status::failed; }
  constexpr io_result write_some(std::span<const char>) noexcept { return io_status::failed; }
};

}  // namespace mailmote

// ---- <mailmote/client.hpp> ----

// client.hpp: the pump, which moves octets between the session, TLS and the caller's stream.
//
// Knows:          who wants to read or write, and in which order to let them.
// Does not know:  the rules of the protocol (smtp/session.hpp), the TLS library, any network.
// Bounds:         two buffers of `buffer_sizes`; a poll makes at most `moves_per_poll` moves.

namespace mailmote {

enum class status : std::uint8_t {
  idle,      // there is nothing to do
  working,   // poll again when `wants` is there, or `next_timeout` has passed
  finished,  // said once a mail: result() has what became of it
};

struct buffer_sizes {
  std::size_t out = 512;  // at least 64; a larger one makes fewer, larger writes
  std::size_t in = 128;   // at least 1
};

// How much is done before a poll returns, so that others get their turn (law 2).
inline constexpr int moves_per_poll = 16;

// Sends mail, one at a time, over one stream, inside one TLS session. Both are referred to, and live
// as long as the client. A stream that has `close()` is closed when its connection is over; one that
// has `flush()` is told at the end of each poll that no more comes now.
template <class Stream, class Tls, buffer_sizes Sizes = buffer_sizes{}>
class client {
  // Not constraints, as a compiler has more to say of these.
  static_assert(byte_stream<Stream>,
                "a byte_stream has read_some and write_some, noexcept, with an io_result (io.hpp)");
  static_assert(tls_session<Tls, Stream>,
                "a client needs a tls_session (tls/tls_session.hpp); no_tls is one for cleartext");
  static_assert(Sizes.out >= smtp::session::min_buffer && Sizes.in > 0,
                "buffer_sizes: at least smtp::session::min_buffer out, and 1 in");

 public:
  // `with` is copied; what its fields refer to must live as long as the client.
  constexpr client(Stream& over, Tls& inside, const settings& with) noexcept
      : stream_{over}, tls_{inside}, session_{with} {}

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  // Starts a mail. errc::none: it is under way, and `poll` will say `finished`, once. Anything
  // else: nothing was started, and the errc says which string or state forbids it (bad_...,
  // no_recipients, busy). `body`, and all that `mail` refers to, must live until it has finished.
  //
  // Unless is_open(), this is the first mail of a new connection: the caller has connected the
  // stream, or has begun to.
  errc send(const envelope& mail, body_source& body) noexcept {
    if (connected_ && !is_open() && !takes_next()) return errc::busy;
    const errc refused = session_.send(mail, body);
    if (refused == errc::none) connected_ = true;
    return refused;
  }

  // Does what can be done without waiting. `now` is a monotonic reading (clock.hpp).
  status poll(milliseconds now) noexcept {
    session_.at(now);
    int moves = 0;
    while (moves < moves_per_poll && !session_.has_to_tell() && move()) ++moves;
    const bool is_idle = moves < moves_per_poll && heard_ == unheard_;
    if (is_idle) session_.expire();  // a reply that is here is never too late
    if (session_.next() == smtp::action::close) close();
    if constexpr (requires { stream_.flush(); }) stream_.flush();
    has_more_ = !is_idle && connected_;
    if (session_.take_finished()) return status::finished;
    return idle() ? status::idle : status::working;
  }

  // What the stream, at its lowest, is waited for. True after a poll, until the next call of send,
  // quit, cancel or start.
  interest wants() const noexcept { return blocked_; }

  // In how long to poll again at the latest; 0: at once; no_timeout: not before the stream is
  // ready or a mail is sent.
  milliseconds next_timeout(milliseconds now) const noexcept {
    return has_more_ ? 0 : session_.next_timeout(now);
  }

  // What became of the last mail that finished.
  outcome result() const noexcept { return session_.result(); }

  bool idle() const noexcept {  // whether send() would be taken
    return session_.is_idle() && (session_.is_open() || !connected_);
  }
  bool is_open() const noexcept { return session_.is_open(); }  // after::stay kept a connection

  // Whether send() would be taken although a mail is under way: its message has left, with after::stay and
  // PIPELINING, and the next mail may follow without its reply (RFC 2920 3.1). `finished` is then said of
  // both, in their order, with a result() each; the server's words in the first stand until the next poll.
  bool takes_next() const noexcept { return session_.takes_next(); }

  // Asks for a reply (NOOP), so that nobody on the way takes a kept connection for a dead one: poll until
  // idle. A connection that is gone by then is closed, and no mail has failed. errc::busy while a mail is
  // under way.
  errc keep_alive() noexcept { return session_.keep_alive(); }

  // What the server has offered in its last reply to EHLO, and what of it the last mail used.
  const smtp::capabilities& offered() const noexcept { return session_.offered(); }
  const smtp::mail_parameters& used() const noexcept { return session_.used(); }

  // Ends a connection that after::stay kept: poll until idle. errc::busy while a mail is under way.
  errc quit() noexcept { return session_.quit(); }

  // Ends the mail that is under way, and its connection. `poll` will say `finished`, with
  // errc::canceled, or with errc::silent_greeting if nothing had been heard up to the last poll.
  void cancel() noexcept { session_.cancel(); }

  // Forgets the connection and any mail on it, without a word to the server.
  void start() noexcept {
    close();
    session_.start();
    has_more_ = false;
  }

 private:
  // One round of what can be done now; false when that is nothing.
  bool move() noexcept {
    blocked_ = {};
    switch (session_.next()) {
      case smtp::action::close: return close();
      case smtp::action::handshake: return shake_hands();
      default: break;
    }
    // All that was said is heard before anything is said: a reply ahead of its command is noticed,
    // and so is a server's last word before a write to it fails.
    return read() || write();
  }

  bool read() noexcept {
    if (heard_ == unheard_) {
      const io_result result = is_bound_ ? tls_.read_some(in_) : stream_.read_some(in_);
      if (!result.ok()) return moved(result.status());
      heard_ = 0;
      unheard_ = result.count();
    }
    heard_ += session_.received(std::span{in_}.subspan(heard_, unheard_ - heard_));
    return true;
  }

  bool write() noexcept {
    const std::span<const char> out = session_.output(out_);
    if (out.empty()) return false;
    const io_result result = is_bound_ ? tls_.write_some(out) : stream_.write_some(out);
    if (result.ok()) session_.sent(out_, result.count());
    const bool is_over = result.status() == io_status::closed;  // with something yet to be said
    return moved(is_over ? io_status::failed : result.status());
  }

  bool shake_hands() noexcept {
    if (!is_bound_) {
      if (!is_silent()) return true;
      const errc why = tls_.bind(stream_, session_.with().host);
      is_bound_ = true;
      if (why != errc::none) {
        session_.ended(why);
        return true;
      }
    }
    const io_status done = tls_.handshake();
    if (done == io_status::closed) return moved(io_status::failed);
    if (done != io_status::ok) return moved(done);
    if (tls_.is_safe()) {
      session_.secured();
    } else {
      session_.ended(errc::tls_unsafe);
    }
    return true;
  }

  // Law 3: what has arrived before the handshake was not meant for it. With implicit TLS there is
  // nothing before it, and all that arrives is TLS's.
  bool is_silent() noexcept {
    if (session_.with().security == security::implicit_tls) return true;
    (void)read();
    blocked_ = {};  // it is the handshake that says what is waited for
    return session_.next() == smtp::action::handshake;
  }

  // Notes what a move came to, and says whether it was one: what a stream's end moves is the session.
  bool moved(io_status result) noexcept {
    switch (result) {
      case io_status::want_read: blocked_.read = true; return false;
      case io_status::want_write: blocked_.write = true; return false;
      case io_status::closed: session_.ended(errc::none); break;
      case io_status::failed: session_.ended(is_bound_ ? tls_.error() : errc::stream_failed); break;
      case io_status::ok: break;
    }
    return true;
  }

  bool close() noexcept {
    if (!connected_) return false;
    if (is_bound_) tls_.close();
    if constexpr (requires { stream_.close(); }) stream_.close();
    wipe(out_);
    wipe(in_);
    blocked_ = {};
    heard_ = unheard_ = 0;
    connected_ = is_bound_ = false;
    return true;
  }

  Stream& stream_;
  Tls& tls_;
  interest blocked_{};
  bool connected_ = false;  // the stream is, or was, this client's, and is not closed yet
  bool is_bound_ = false;   // everything goes through TLS
  std::size_t heard_ = 0;   // [heard_, unheard_) of in_ waits until a mail was told
  std::size_t unheard_ = 0;
  bool has_more_ = false;  // the last poll stopped only to give others their turn
  smtp::session session_;
  std::array<char, Sizes.out> out_{};
  std::array<char, Sizes.in> in_{};
};

// A client without a TLS session is told what it lacks.
struct nothing;
template <class Stream>
client(Stream&, const settings&) -> client<Stream, nothing>;

}  // namespace mailmote

// ---- <mailmote/mime/part.hpp> ----

// part.hpp: a piece of a message's body, and how it may travel.
//
// Knows:          the encodings of RFC 2045 section 6, and where a piece's octets come from.
// Does not know:  how they are encoded (body_encoder.hpp), or where in the message they stand.
// Bounds:         the caller's text or source, by reference.

namespace mailmote::mime {

enum class encoding : std::uint8_t {
  automatic,         // of text in memory: 7bit where it will do, or what is shorter of
                     // quoted-printable and base64; of a file in memory: what is shorter; of a
                     // source: base64
  seven_bit,         // as it is: ASCII in lines of at most 998 octets
  eight_bit,         // as it is, with octets over 127: where the server has 8BITMIME
  quoted_printable,  // mostly readable
  base64,
};

// What becomes of octets that are no UTF-8, in a header or a text.
enum class broken_utf8 : std::uint8_t {
  refuse,   // errc::bad_utf8
  replace,  // each by U+FFFD
};

// The octets of a part. Text in memory that is not fit for the encoding that it names, and an
// eight_bit source where the server has no 8BITMIME, get another one. A source that names
// seven_bit or eight_bit and is not fit for it ends the session (errc::bad_part): what was sent by
// then is no mail. To choose, and to know the length, begin() encodes what is in memory; a large file
// there had better name base64, whose length is known without.
class content {
 public:
  constexpr content() = default;  // none

  template <class Text>
  requires std::convertible_to<const Text&, std::string_view>
  constexpr content(const Text& text, encoding as = encoding::automatic)
      : kind_{kind::memory}, encoding_{as} {
    const std::string_view view{text};
    at_.text = view.data();
    size_ = view.size();
  }

  // The source is begun with `verbatim` set where its octets must stay as they are, and without
  // where it is text, whose lines end in CRLF. No two parts may share one.
  constexpr content(body_source& source, encoding as = encoding::automatic)
      : at_{.source = &source}, kind_{kind::source}, encoding_{as} {}

  constexpr bool is_there() const { return kind_ != kind::none; }
  constexpr body_source* source() const { return kind_ == kind::source ? at_.source : nullptr; }
  constexpr std::string_view text() const {
    return kind_ == kind::memory ? std::string_view{at_.text, size_} : std::string_view{};
  }
  constexpr encoding as() const { return encoding_; }

 private:
  enum class kind : std::uint8_t { none, memory, source };

  union {
    const char* text = nullptr;
    body_source* source;
  } at_;
  std::size_t size_ = 0;
  kind kind_ = kind::none;
  encoding encoding_ = encoding::automatic;
};

// An attachment, or an image that the HTML shows. Its octets arrive as they are, whatever they are;
// under seven_bit and eight_bit they are a text, whose line ends may change on the way.
struct part {
  content octets{};
  std::string_view file_name{};  // UTF-8; may be empty
  std::string_view type =
      "application/octet-stream";  // with its parameters; no multipart, no message
  std::string_view content_id{};   // what the HTML calls it, as in <img src="cid:plot">; printable
                                   // ASCII without blanks, < and >
};

}  // namespace mailmote::mime

// ---- <mailmote/text/base64_lines.hpp> ----

// base64_lines.hpp: base64 as MIME wants it, in lines of 76 characters.
//
// Knows:          RFC 2045 section 6.8.
// Does not know:  what the octets are.
// Bounds:         12 bytes of state; n octets become base64_lines::length(n) characters.

namespace mailmote::text {

// CRLF stands between two lines, and not behind the last.
class base64_lines {
 public:
  static constexpr std::uint32_t line = 76;  // characters
  static constexpr std::uint32_t octets_a_line = 57;
  static constexpr std::size_t max_more = 6;  // what `encode` writes beside 4/3 of n and line ends

  static constexpr std::uint64_t length(std::uint64_t octets) {
    if (octets == 0) return 0;
    // As on paper, 16 bits a digit: a small processor has no 64-bit division.
    std::uint64_t lines = 0;  // before the last one
    std::uint32_t rest = 0;
    --octets;
    for (int shift = 48; shift >= 0; shift -= 16) {
      const std::uint32_t digit = (rest << 16) | static_cast<std::uint16_t>(octets >> shift);
      lines = (lines << 16) | (digit / octets_a_line);
      rest = digit % octets_a_line;
    }
    return lines * (line + 2) + base64_length(rest + 1);
  }

  // How many octets can be encoded at once into `room`: less than there is room for.
  static constexpr std::size_t fitting(std::size_t room) {
    return room / 2 > max_more ? room / 2 - max_more : 0;
  }

  // Encodes all of `in`, and returns the end of what it wrote: of fitting(n) octets, at most n
  // characters. The two may share memory when `in` ends where those n do: the writing then never gets
  // ahead of the reading.
  constexpr char* encode(std::span<const char> in, char* out) {
    while (!in.empty()) {
      if (column_ == line) out = end_line(out);
      const std::size_t left = (line - column_) / 4 * 3 - group_.held();
      const auto piece = in.first(std::min(left, in.size()));
      const std::size_t n = group_.encode(piece, {out, line});
      in = in.subspan(piece.size());
      column_ += static_cast<std::uint32_t>(n);
      out += n;
    }
    return out;
  }

  // At most 4 characters.
  constexpr char* finish(char* out) { return out + group_.finish({out, 4}); }

 private:
  constexpr char* end_line(char* out) {
    *out++ = '\r';
    *out++ = '\n';
    column_ = 0;
    return out;
  }

  base64_encoder group_{};
  std::uint32_t column_ = 0;
};

}  // namespace mailmote::text

// ---- <mailmote/text/quoted_printable.hpp> ----

// quoted_printable.hpp: octets as mostly readable ASCII in short lines, one octet at a time.
//
// Knows:          RFC 2045 section 6.7: what stands for itself, soft line breaks, blanks at line ends.
// Does not know:  which octets are line ends; the caller says so.
// Bounds:         2 bytes of state; lines of at most 76 characters.

namespace mailmote::text {

inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

// Here and below, what writes to `out` returns the end of what it wrote.

// `=`, `%` or whatever `mark` is, and two hexadecimal digits.
constexpr char* put_hex(char mark, char octet, char* out) {
  *out++ = mark;
  *out++ = upper_hex_digits[static_cast<unsigned char>(octet) >> 4];
  *out++ = upper_hex_digits[static_cast<unsigned char>(octet) & 15];
  return out;
}

// All 16 digits of a number.
constexpr char* put_hex(std::uint64_t number, char* out) {
  for (char* at = out + 16; at > out; number >>= 4) *--at = upper_hex_digits[number & 15];
  return out + 16;
}

class quoted_printable_encoder {
 public:
  static constexpr std::size_t max_octet = 12;  // what `put` writes at most
  static constexpr std::size_t max_line = 76;   // RFC 2045 section 6.7 (5), without its CRLF

  constexpr char* put(char c, char* out) {
    out = release(false, out);
    if (c == ' ' || c == '\t') {
      blank_ = c;
      return out;
    }
    return put_token(c, ascii::is_printable(c) && c != '=', out);
  }

  // A line of the text ends here: at most 8 characters.
  constexpr char* end_line(char* out) {
    out = release(true, out);
    *out++ = '\r';
    *out++ = '\n';
    column_ = 0;
    return out;
  }

  // The text ends here: at most 6 characters.
  constexpr char* finish(char* out) { return release(true, out); }

 private:
  // A blank waits for what follows it: at the end of a line it would be lost on the way.
  constexpr char* release(bool at_end, char* out) {
    const char c = blank_;
    blank_ = 0;
    return c == 0 ? out : put_token(c, !at_end, out);
  }

  constexpr char* put_token(char c, bool as_it_is, char* out) {
    const std::size_t length = as_it_is ? 1 : 3;
    if (column_ + length >= max_line) {  // the last column is for the `=` of a soft line break
      for (const char b : std::string_view{"=\r\n", 3}) *out++ = b;
      column_ = 0;
    }
    column_ = static_cast<std::uint8_t>(column_ + length);
    if (!as_it_is) return put_hex('=', c, out);
    *out++ = c;
    return out;
  }

  std::uint8_t column_ = 0;
  char blank_ = 0;
};

}  // namespace mailmote::text

// ---- <mailmote/mime/body_encoder.hpp> ----

// body_encoder.hpp: pulls the octets of one part, encoded so that they arrive as they are.
//
// Knows:          the encodings of RFC 2045 section 6, the forms of RFC 2046 section 4.1.1 (lines of
//                 text end in CRLF), and what no line of a part may look like.
// Does not know:  what stands before and behind the part.
// Bounds:         no buffer: what a source gives is read to the end of the room it is encoded into.

namespace mailmote::mime {

inline constexpr std::size_t max_line = 998;  // RFC 5322 section 2.1.1, without its CRLF

// Every boundary begins so. In base64 there is no `-`, in quoted-printable no `=` before a `_`, and a
// part that goes as it is has no line that begins so: that is looked at.
inline constexpr std::string_view boundary_mark = "--=_";

// What a part's octets are.
enum class content_form : std::uint8_t {
  text,    // UTF-8 in lines, whose ends become CRLF
  lines,   // the same in any character set
  octets,  // anything
};

class body_encoder {
 public:
  // Starts, or starts again. `as` is not automatic. A source is already begun.
  void begin(const content& from, encoding as, content_form form, broken_utf8 faults) {
    source_ = from.source();
    text_ = from.text();
    left_ = source_ != nullptr ? source_->length() : text_.size();
    base64_ = {};
    quoted_ = {};
    repairer_ = {};
    place_ = 0;
    mark_ = held_begin_ = held_end_ = 0;
    as_ = as;
    form_ = form;
    faults_ = faults;
    error_ = errc::none;
    after_cr_ = has_ended_ = false;
  }

  // By the rules of byte_stream::read_some; `out` may be a single octet. After `failed`, error()
  // says why.
  io_result read_some(std::span<char> out) noexcept {
    while (error_ == errc::none) {
      if (held_begin_ < held_end_) return io_result::moved(release(out));
      if (has_ended_) return io_status::closed;
      const bool is_held = fits(out.size()) == 0;
      const std::span<char> to = is_held ? std::span<char>{held_} : out;
      const std::size_t fitting = fits(to.size());
      if (source_ != nullptr) {
        const io_result result = take(to.last(fitting));
        if (!result.ok() && result.status() != io_status::closed) return result;
      }
      const std::string_view in{text_.data(), std::min(fitting, text_.size())};
      text_.remove_prefix(in.size());
      if (in.empty()) {
        end();
        continue;
      }
      const auto n = static_cast<std::size_t>(encode(in, to.data()) - to.data());
      if (is_held) {
        hold(n);
      } else if (n > 0 && error_ == errc::none) {
        return io_result::moved(n);
      }
    }
    return io_status::failed;
  }

  // Of all that read_some will give, asked instead of the first one; unknown_length of what is not
  // fit for its encoding. A text in memory is encoded for it, and is over then. What a source becomes
  // is known once it is read, but in base64 that nothing is repaired for.
  std::uint64_t length() {
    const bool is_repaired =
        form_ == content_form::text && (source_ == nullptr || faults_ == broken_utf8::replace);
    if (as_ == encoding::base64 && !is_repaired) {
      return left_ == unknown_length ? unknown_length : text::base64_lines::length(left_);
    }
    if (source_ != nullptr) return unknown_length;
    std::uint64_t length = 0;
    for (const char c : text_) length += static_cast<std::size_t>(encode_octet(c, held_) - held_);
    end();
    return error_ == errc::none ? length + held_end_ : unknown_length;
  }

  constexpr errc error() const { return error_; }

  // Whether what was read so far must be followed by CRLF for the next thing to begin a line.
  constexpr bool needs_line_end() const { return place_ > 0 || as_ == encoding::base64; }

 private:
  // Of what one octet can become: six octets set free by the repairer, each as =XX with soft breaks
  // between, and a blank that waited.
  static constexpr std::size_t max_octet = 32;

  constexpr void hold(std::size_t n) {
    held_begin_ = 0;
    held_end_ = static_cast<std::uint8_t>(n);
  }

  std::size_t release(std::span<char> out) {
    const std::size_t n = std::min<std::size_t>(out.size(), held_end_ - held_begin_);
    std::memcpy(out.data(), held_ + held_begin_, n);
    held_begin_ = static_cast<std::uint8_t>(held_begin_ + n);
    return n;
  }

  constexpr bool is_plain_base64() const {
    return as_ == encoding::base64 && form_ == content_form::octets;
  }

  // How many octets can be encoded at once into `room`; 0: only into held_.
  constexpr std::size_t fits(std::size_t room) const {
    return is_plain_base64() ? text::base64_lines::fitting(room) : room / max_octet;
  }

  // The source's next octets, read into `room`; none where it is over.
  io_result take(std::span<char> room) noexcept {
    const io_result result = source_->read_some(room);
    if (result.status() == io_status::failed) return fail(source_->error());
    if (result.count() > room.size()) return fail(errc::source_failed);  // no source's right
    text_ = {room.data(), result.count()};
    if (left_ == unknown_length) return result;
    const bool is_over = result.status() == io_status::closed;
    if (is_over ? left_ > 0 : result.count() > left_) return fail(errc::source_length);
    left_ -= result.count();
    return result;
  }

  io_status fail(errc why) {
    error_ = why;
    return io_status::failed;
  }

  void end() {
    char* out = held_;
    if (form_ == content_form::text) {
      char last[text::utf8_repairer::max_growth] = {};
      out = put_repaired({last, repairer_.finish(last)}, out);
    }
    if (after_cr_) out = put('\r', out);
    after_cr_ = false;
    if (as_ == encoding::base64) out = base64_.finish(out);
    if (as_ == encoding::quoted_printable) out = quoted_.finish(out);
    hold(static_cast<std::size_t>(out - held_));
    has_ended_ = true;
  }

  // Each of these writes to `out`, and returns the end of what it wrote.
  char* encode(std::span<const char> in, char* out) {
    if (is_plain_base64()) return base64_.encode(in, out);
    for (const char c : in) out = encode_octet(c, out);
    return out;
  }

  char* encode_octet(char c, char* out) {
    if (form_ == content_form::octets) return put(c, out);
    if (form_ == content_form::lines) return put_in_line(c, out);
    char piece[text::utf8_repairer::max_growth] = {};
    return put_repaired({piece, repairer_.push(c, piece)}, out);
  }

  char* put_repaired(std::string_view in, char* out) {
    if (faults_ == broken_utf8::refuse && repairer_.has_found_faults()) error_ = errc::bad_utf8;
    for (const char c : in) out = put_in_line(c, out);
    return out;
  }

  char* put_in_line(char c, char* out) {
    if (c == '\n') return put_line_end(out);
    if (after_cr_) out = put('\r', out);  // a line end to nobody else
    after_cr_ = c == '\r';
    return after_cr_ ? out : put(c, out);
  }

  char* put_line_end(char* out) {
    after_cr_ = false;
    if (as_ == encoding::base64) return put('\n', put('\r', out));
    place_ = 0;
    mark_ = 0;
    if (as_ == encoding::quoted_printable) return quoted_.end_line(out);
    *out++ = '\r';
    *out++ = '\n';
    return out;
  }

  char* put(char c, char* out) {
    if (as_ == encoding::base64) return base64_.encode({&c, 1}, out);
    if (as_ == encoding::quoted_printable) {
      place_ = 1;
      return quoted_.put(c, out);
    }
    check(c);
    *out++ = c;
    return out;
  }

  // Whether an octet may go as it is, on a line that may.
  void check(char c) {
    if (mark_ == place_ && mark_ < boundary_mark.size() && c == boundary_mark[mark_]) ++mark_;
    const bool over = ++place_ > max_line || mark_ == boundary_mark.size();
    const bool is_text =
        c != '\0' && c != '\r' && (!ascii::is_non_ascii(c) || as_ == encoding::eight_bit);
    if (over || !is_text) error_ = errc::bad_part;
  }

  body_source* source_ = nullptr;
  std::string_view text_{};      // what is at hand: the rest of a text in memory
  std::uint64_t left_ = 0;       // octets that the source still owes, or unknown_length
  text::base64_lines base64_{};  // one of the two is in use
  text::quoted_printable_encoder quoted_{};
  text::utf8_repairer repairer_{};
  std::uint16_t place_ = 0;  // in the line of a text; 1 says "not at its start" where that is all
  std::uint8_t mark_ = 0;    // how much of boundary_mark the line has begun with
  std::uint8_t held_begin_ = 0;
  std::uint8_t held_end_ = 0;
  char held_[max_octet] = {};  // what an octet became, where there is room for less
  encoding as_ = encoding::base64;
  content_form form_ = content_form::octets;
  broken_utf8 faults_ = broken_utf8::refuse;
  errc error_ = errc::none;
  bool after_cr_ = false;
  bool has_ended_ = false;
};

}  // namespace mailmote::mime

// ---- <mailmote/calendar.hpp> ----

// calendar.hpp: Unix seconds from a date, and the date from Unix seconds.
//
// Knows:          the Gregorian calendar, in UTC, without leap seconds.
// Does not know:  what time it is.
// Bounds:         years 0 to 9999.

namespace mailmote {

struct date {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  friend constexpr bool operator==(const date&, const date&) = default;
};

// Years begin in March below, so that the leap day is the last of its year and a month's first day
// is a straight line: (153 * month + 2) / 5. They are counted from 400 before the year 0, of 146097
// days, so that none is negative.
inline constexpr std::int32_t before_1970 = 719468 + 146097;  // days

// Days from 1970-01-01 to a month's first, negative before it. Month 13 is the next year's January.
constexpr std::int32_t days_before(int year, int month) {
  year += 400;
  month -= 3;
  if (month < 0) {
    month += 12;
    --year;
  }
  const int century = year / 100;
  return 365 * year + year / 4 - century + century / 4 + (153 * month + 2) / 5 - before_1970;
}

constexpr std::int32_t days_of(date d) { return days_before(d.year, d.month) + d.day - 1; }

constexpr int days_in_month(int year, int month) {
  return days_before(year, month + 1) - days_before(year, month);
}

// The other way round.
constexpr date date_on(std::int32_t days_from_1970) {
  constexpr unsigned century = 36524;  // days: that of a leap day is the fourth, and has one more
  constexpr unsigned cycle = 4 * century + 1;
  const auto days = static_cast<unsigned>(days_from_1970 + before_1970);
  // Without their leap days, all years of a cycle have 365.
  const unsigned of_cycle = days % cycle;
  const unsigned leap_days = of_cycle / 1460 - of_cycle / century + of_cycle / (cycle - 1);
  const unsigned year_of_cycle = (of_cycle - leap_days) / 365;
  const unsigned of_year =
      of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  const unsigned month = (5 * of_year + 2) / 153;

  date d;
  d.year = static_cast<int>(days / cycle * 400 + year_of_cycle + (month < 10 ? 0 : 1)) - 400;
  d.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  d.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  return d;
}

// Since 1970-01-01, rounded down. In two steps, as a small processor has no 64-bit division: a day
// has 128 times 675 seconds.
constexpr std::int32_t days_in(std::int64_t unix_seconds) {
  const auto steps = static_cast<std::int32_t>(unix_seconds >> 7);
  return steps / 675 - (steps % 675 < 0 ? 1 : 0);
}

constexpr date date_of(std::int64_t unix_seconds) { return date_on(days_in(unix_seconds)); }

}  // namespace mailmote

// ---- <mailmote/mime/date_time.hpp> ----

// date_time.hpp: the Date: of a message.
//
// Knows:          RFC 5322 section 3.3.
// Does not know:  what time it is, or where.
// Bounds:         1970 to 9999, in the zone that is written.

namespace mailmote::mime {

// None by default: a device without a clock leaves the date out, and its submission server adds it
// (RFC 6409 section 8.1).
class date_time {
 public:
  constexpr date_time() = default;

  // `minutes_east` of Greenwich is the zone's offset, summer time included: -1439 to 1439.
  constexpr date_time(std::int64_t unix_seconds, std::int16_t minutes_east = 0)
      : seconds_{unix_seconds}, minutes_east_{minutes_east}, is_set_{true} {}

  constexpr bool is_set() const { return is_set_; }

  constexpr bool is_valid() const {
    constexpr std::int64_t end = 253'402'300'800;  // of the year 9999
    const bool zone = minutes_east_ > -day && minutes_east_ < day;
    return zone && seconds_ >= 0 && seconds_ < end && local() >= 0 && local() < end;
  }

  // Of a valid one: "Tue, 24 Nov 2026 14:24:08 +0100", always 31 characters.
  constexpr void put(text::piece_writer& out) const {
    constexpr std::string_view weekdays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::int32_t days = days_in(local());
    const auto of_day = static_cast<int>(local() - std::int64_t{days} * 86400);
    const date when = date_on(days);
    const int offset = minutes_east_ < 0 ? -minutes_east_ : minutes_east_;
    char text[] = "ddd, DD mmm YYYY HH:MM:SS +ZZZZ";
    set_name(text, weekdays, days % 7);
    set_two(text + 5, when.day);
    set_name(text + 8, months, when.month - 1);
    set_two(text + 12, when.year / 100);
    set_two(text + 14, when.year % 100);
    set_two(text + 17, of_day / 3600);
    set_two(text + 20, of_day / 60 % 60);
    set_two(text + 23, of_day % 60);
    if (minutes_east_ < 0) text[26] = '-';
    set_two(text + 27, offset / 60);
    set_two(text + 29, offset % 60);
    out.put(text);
  }

 private:
  static constexpr int day = 24 * 60;  // minutes

  constexpr std::int64_t local() const { return seconds_ + std::int64_t{minutes_east_} * 60; }

  static constexpr void set_two(char* at, int n) {
    at[0] = static_cast<char>('0' + n / 10);
    at[1] = static_cast<char>('0' + n % 10);
  }

  static constexpr void set_name(char* at, std::string_view names, int n) {
    const auto begin = static_cast<std::size_t>(n) * 3;
    for (std::size_t i = 0; i < 3; ++i) at[i] = names[begin + i];
  }

  std::int64_t seconds_ = 0;
  std::int16_t minutes_east_ = 0;
  bool is_set_ = false;
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/mailbox.hpp> ----

// mailbox.hpp: a person's address and name, and lists of them.
//
// Knows:          the caller's strings, by reference.
// Does not know:  whether they can be sent (check.hpp).
// Bounds:         any number of mailboxes, none of them copied.

namespace mailmote::mime {

// RFC 5322 section 3.4.
struct mailbox {
  std::string_view address{};  // without < and >
  std::string_view name{};     // UTF-8, as people read it; may be empty
};

// A view of one or many mailboxes that somebody else keeps alive. It is made from an address, or
// from a mailbox, an array or a span that has a name; what would be gone before the mail is does not
// compile.
class mailbox_list {
 public:
  constexpr mailbox_list() = default;

  template <class Address>
  requires std::convertible_to<const Address&, std::string_view>
  constexpr mailbox_list(const Address& one) : kind_{kind::address} {
    const std::string_view text{one};
    at_.address = text.data();
    size_ = text.size();
  }

  constexpr mailbox_list(const mailbox& one)
      : at_{.mailboxes = &one}, size_{1}, kind_{kind::mailboxes} {}
  mailbox_list(const mailbox&&) = delete;  // would dangle: give it a name

  template <class Many>
  requires(std::convertible_to<Many, std::span<const mailbox>> &&
           (std::is_lvalue_reference_v<Many> ||
            std::ranges::enable_borrowed_range<Many>)) constexpr mailbox_list(Many&& many)
      : kind_{kind::mailboxes} {
    const std::span<const mailbox> view{many};
    at_.mailboxes = view.data();
    size_ = view.size();
  }

  template <class One, std::size_t N>
  mailbox_list(const One (&&)[N]) = delete;  // would dangle: give the array a name

  constexpr std::size_t size() const { return kind_ == kind::address ? 1 : size_; }
  constexpr bool empty() const { return size() == 0; }
  constexpr mailbox operator[](std::size_t i) const {
    return kind_ == kind::address ? mailbox{{at_.address, size_}} : at_.mailboxes[i];
  }

 private:
  enum class kind : std::uint8_t { address, mailboxes };

  union {
    const char* address;
    const mailbox* mailboxes = nullptr;
  } at_;
  std::size_t size_ = 0;  // of the address, or of the list
  kind kind_ = kind::mailboxes;
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/message_id.hpp> ----

// message_id.hpp: the name of one message in all the world.
//
// Knows:          RFC 5322 section 3.6.4, and how to make a name without a clock or random numbers.
// Does not know:  where the numbers come from; the caller keeps them.
// Bounds:         the caller's strings, by reference.

namespace mailmote::mime {

// Of a device: <17.00000000000002a9@mote17.example.org>. `boot` is a number that no other start of
// the device has had: a count in flash, or random. `count` is the caller's count of messages since
// then, so that a message that is sent again keeps its name. Or a whole name as somebody else made
// it: "left@right", without < and >.
class message_id {
 public:
  static constexpr std::size_t max_length = 250;  // of a name: a line of a header has 998 octets

  constexpr message_id() = default;  // none
  constexpr message_id(std::string_view whole) : text_{whole} {}
  constexpr message_id(const char* whole) : text_{whole} {}
  constexpr message_id(std::string_view device, std::uint64_t boot, std::uint32_t count)
      : text_{device}, boot_{boot}, count_{count}, is_made_{true} {}

  constexpr bool empty() const { return text_.empty(); }

  constexpr bool is_valid() const {
    std::size_t signs = 0;
    for (const char c : text_) {
      if (c == '@') ++signs;
      if (!text::is_atext(c) && c != '.' && c != '@' && c != '[' && c != ']' && c != ':')
        return false;
      if (ascii::is_non_ascii(c)) return false;
    }
    if (is_made_) return signs == 0 && !empty() && text_.size() <= max_length - 32;
    return signs == 1 && text_.front() != '@' && text_.back() != '@' && text_.size() <= max_length;
  }

  // What stands before text(): "17.00000000000002A9@" of a device, as the end of `room`; else nothing.
  static constexpr std::size_t max_numbers = 28;  // 10 digits, a dot, 16 more and the @
  constexpr std::string_view numbers(char (&room)[max_numbers]) const {
    std::size_t first = max_numbers;
    if (is_made_) {
      room[--first] = '@';
      first -= 16;
      text::put_hex(boot_, room + first);
      room[--first] = '.';
      std::uint32_t rest = count_;
      do {
        room[--first] = static_cast<char>('0' + rest % 10);
        rest /= 10;
      } while (rest > 0);
    }
    return {room + first, max_numbers - first};
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_{};
  std::uint64_t boot_ = 0;
  std::uint32_t count_ = 0;
  bool is_made_ = false;
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/fields.hpp> ----

// fields.hpp: all that a message can say, as its author fills it in.
//
// Knows:          the header fields of RFC 5322 section 3.6, and the parts of a body.
// Does not know:  how they are written.
// Bounds:         the caller's strings, arrays and sources, by reference.

namespace mailmote::mime {

// A field that has no place of its own below. The value is one line of UTF-8 for people to read.
struct header {
  std::string_view name{};
  std::string_view value{};
};

// RFC 3834 section 5: keeps out-of-office replies and their loops away.
enum class auto_submitted : std::uint8_t {
  generated,  // by a machine, without anybody's doing
  replied,    // by a machine, to a message
  no,         // a person wrote this; the field is left out
};

enum class importance : std::uint8_t { normal, high, low };

// Whatever is empty is left out. All that is referred to must live until the client has finished.
struct fields {
  mailbox from{};    // must be there
  mailbox sender{};  // who has sent it, if not the author
  mailbox_list reply_to{};
  mailbox_list to{};
  mailbox_list cc{};
  mailbox_list bcc{};  // in the envelope only
  std::string_view subject{};
  date_time date{};
  message_id id{};  // a message without one is easily taken for spam
  message_id in_reply_to{};
  std::span<const message_id> references{};  // of the thread, the oldest first
  mime::auto_submitted auto_submitted = mime::auto_submitted::generated;
  mime::importance importance = mime::importance::normal;
  mime::broken_utf8 broken_utf8 = mime::broken_utf8::refuse;
  std::span<const header> headers{};
  content text{};                  // UTF-8
  content html{};                  // UTF-8, of which `text` is the plain form
  std::span<const part> images{};  // that the HTML shows by their content_id
  std::span<const part> attachments{};
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/field.hpp> ----

// field.hpp: what a message consists of, piece by piece, in the order in which it is checked and
// written.
//
// Knows:          the names of all fields, and which of them are lists.
// Does not know:  what may stand in them (check.hpp), or how it is written (header_fields.hpp).
// Bounds:         a piece is one mailbox, identifier, text or part.

namespace mailmote::mime {

enum class field : std::uint8_t {
  from,
  sender,
  reply_to,
  to,
  cc,
  bcc,
  subject,
  date,
  id,
  in_reply_to,
  references,
  auto_submitted,
  importance,
  priority,
  headers,
  mime_version,
  text,  // from here on the body
  html,
  images,
  attachments,
  end,
};

// Of the header as they are written there, the others as in `fields`.
inline constexpr text::word_list field_names{
    "From Sender Reply-To To Cc Bcc Subject Date Message-ID In-Reply-To References Auto-Submitted "
    "Importance X-Priority headers MIME-Version text html images attachments"};

constexpr std::string_view name_of(field which) {
  return field_names[static_cast<std::size_t>(which)];
}

// From `reply_to` to `bcc`.
constexpr const mailbox_list& list_of(const fields& with, field which) {
  switch (which) {
    case field::reply_to: return with.reply_to;
    case field::to: return with.to;
    case field::cc: return with.cc;
    default: return with.bcc;
  }
}

constexpr std::size_t once_if(bool is_there) { return is_there ? 1 : 0; }

// None: the field is left out. A message of nothing at all has an empty text.
constexpr std::size_t pieces_of(const fields& with, field which) {
  const bool is_bare = !with.html.is_there() && with.images.empty() && with.attachments.empty();
  switch (which) {
    case field::sender: return once_if(!with.sender.address.empty() || !with.sender.name.empty());
    case field::reply_to:
    case field::to:
    case field::cc:
    case field::bcc: return list_of(with, which).size();
    case field::subject: return once_if(!with.subject.empty());
    case field::date: return once_if(with.date.is_set());
    case field::id: return once_if(!with.id.empty());
    case field::in_reply_to: return once_if(!with.in_reply_to.empty());
    case field::references: return with.references.size();
    case field::auto_submitted: return once_if(with.auto_submitted != auto_submitted::no);
    case field::importance:
    case field::priority: return once_if(with.importance != importance::normal);
    case field::headers: return with.headers.size();
    case field::text: return once_if(with.text.is_there() || is_bare);
    case field::html: return once_if(with.html.is_there());
    case field::images: return with.images.size();
    case field::attachments: return with.attachments.size();
    default: return 1;
  }
}

// A place in the message: it begins with the author.
struct piece {
  field which = field::from;
  std::size_t index = 0;

  // To the next one that there is, or to field::end.
  constexpr void advance(const fields& with) {
    ++index;
    while (which != field::end && index >= pieces_of(with, which)) {
      which = static_cast<field>(static_cast<unsigned>(which) + 1);
      index = 0;
    }
  }
};

// Of a field up to `bcc`.
constexpr mailbox mailbox_of(const fields& with, const piece& at) {
  if (at.which == field::from) return with.from;
  return at.which == field::sender ? with.sender : list_of(with, at.which)[at.index];
}

// Of `id`, `in_reply_to` or `references`.
constexpr const message_id& id_of(const fields& with, const piece& at) {
  if (at.which == field::id) return with.id;
  return at.which == field::in_reply_to ? with.in_reply_to : with.references[at.index];
}

// What a line of text says: that of all the other fields of the header but `date`.
constexpr std::string_view line_of(const fields& with, const piece& at) {
  constexpr text::word_list origins{"auto-generated auto-replied"};
  constexpr text::word_list importances{"normal high low"};
  constexpr text::word_list priorities{"3 1 5"};
  switch (at.which) {
    case field::subject: return with.subject;
    case field::auto_submitted: return origins[static_cast<std::size_t>(with.auto_submitted)];
    case field::importance: return importances[static_cast<std::size_t>(with.importance)];
    case field::priority: return priorities[static_cast<std::size_t>(with.importance)];
    case field::headers: return with.headers[at.index].value;
    default: return {"1.0", 3};  // of MIME
  }
}

// Of a field of the body; null: `text` and `html` are no files.
constexpr const part* file_of(const fields& with, const piece& at) {
  if (at.which == field::images) return &with.images[at.index];
  return at.which == field::attachments ? &with.attachments[at.index] : nullptr;
}

constexpr const content& content_of(const fields& with, const piece& at) {
  if (at.which == field::text) return with.text;
  return at.which == field::html ? with.html : file_of(with, at)->octets;
}

}  // namespace mailmote::mime

// ---- <mailmote/mime/check.hpp> ----

// check.hpp: whether everything that an author filled in can be sent, and if not, what cannot.
//
// Knows:          what may stand in a header (RFC 5322 section 3.6, RFC 2045 section 5.1).
// Does not know:  how it is written there.
// Bounds:         reads every field and every text in memory once.

namespace mailmote::mime {

// What keeps a message from being sent.
struct fault {
  errc error = errc::none;
  std::string_view field{};  // whose fault it is, by its name in the header or in `fields`
  std::size_t index = 0;     // of a list, the place in it
};

// RFC 5322 section 3.6.8, and short enough to stand before its value.
constexpr bool is_field_name(std::string_view s) {
  constexpr std::size_t longest = 75;
  if (s.empty() || s.size() > longest) return false;
  for (const char c : s) {
    if (!ascii::is_printable(c) || c == ' ' || c == ':') return false;
  }
  return true;
}

// What a message writes itself, or must not write: Bcc, and all that is about its parts.
constexpr bool is_own_field(std::string_view name) {
  constexpr std::string_view content = "Content-";
  const bool of_a_part = name.size() >= content.size() &&
                         ascii::equal_ignoring_case({name.data(), content.size()}, content);
  const std::size_t place = field_names.find(name);
  return of_a_part || (place < static_cast<std::size_t>(field::text) &&
                       place != static_cast<std::size_t>(field::headers));
}

// RFC 2045 section 5.1, with parameters behind. A message or multipart may not be encoded.
constexpr bool is_media_type(std::string_view s) {
  constexpr std::size_t longest = 200;
  std::size_t slash = 0;
  while (slash < s.size() && (ascii::is_alphanumeric(s[slash]) || s[slash] == '-')) ++slash;
  if (slash == 0 || slash + 1 >= s.size() || s[slash] != '/' || s.size() > longest) return false;
  for (const char c : s) {
    if (!ascii::is_printable(c)) return false;
  }
  constexpr text::word_list composite{"multipart message"};
  return s[slash + 1] != ';' && s[slash + 1] != ' ' &&
         composite.find({s.data(), slash}) == text::word_list::none;
}

constexpr bool is_content_id(std::string_view s) {
  constexpr std::size_t longest = 250;
  for (const char c : s) {
    if (!ascii::is_printable(c) || c == ' ' || c == '<' || c == '>') return false;
  }
  return s.size() <= longest;
}

// Holds the fields against what the server takes.
class checker {
 public:
  constexpr checker(const fields& with, body_limits limits) : with_{with}, limits_{limits} {}

  constexpr fault found() {
    for (piece at; at.which != field::end; at.advance(with_)) {
      const errc error = look_at(at);
      if (error != errc::none) return {error, name_of(at.which), at.index};
    }
    return {};
  }

  // Of a message without fault.
  constexpr bool needs_utf8() const { return needs_utf8_; }

 private:
  constexpr errc look_at(const piece& at) {
    switch (at.which) {
      case field::date: return demand(with_.date.is_valid());
      case field::id:
      case field::in_reply_to:
      case field::references: return demand(id_of(with_, at).is_valid());
      case field::headers: return look_at_header(with_.headers[at.index]);
      case field::subject:
      case field::auto_submitted:
      case field::importance:
      case field::priority:
      case field::mime_version: return look_at_line(line_of(with_, at));
      case field::text:
      case field::html: return demand_utf8(content_of(with_, at).text());
      case field::images:
      case field::attachments: return look_at_file(*file_of(with_, at));
      default: return look_at_mailbox(mailbox_of(with_, at));
    }
  }

  static constexpr errc demand(bool holds) { return holds ? errc::none : errc::bad_field; }

  constexpr errc demand_utf8(std::string_view value) const {
    const bool holds = with_.broken_utf8 == broken_utf8::replace || text::is_utf8(value);
    return holds ? errc::none : errc::bad_utf8;
  }

  // Law 5: no control octet reaches a header.
  constexpr errc look_at_line(std::string_view value) const {
    return ascii::has_control(value) ? errc::bad_field : demand_utf8(value);
  }

  constexpr errc look_at_mailbox(const mailbox& who) {
    const text::address_form form = text::mailbox_form(who.address);
    if (form == text::address_form::invalid) return errc::bad_field;
    if (form == text::address_form::utf8) needs_utf8_ = true;
    if (form == text::address_form::utf8 && !limits_.utf8) return errc::smtputf8_needed;
    return look_at_line(who.name);
  }

  constexpr errc look_at_header(const header& extra) const {
    const bool is_named = is_field_name(extra.name) && !is_own_field(extra.name);
    return is_named ? look_at_line(extra.value) : errc::bad_field;
  }

  constexpr errc look_at_file(const part& file) const {
    const errc bad_name = look_at_line(file.file_name);
    if (bad_name != errc::none) return bad_name;
    return demand(is_media_type(file.type) && is_content_id(file.content_id));
  }

  const fields& with_;
  body_limits limits_;
  bool needs_utf8_ = false;
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/encoding_choice.hpp> ----

// encoding_choice.hpp: which encoding a part travels in.
//
// Knows:          what fits into 7bit and 8bit, and what is shorter of the others.
// Does not know:  how the encodings are written (body_encoder.hpp).
// Bounds:         encodes what is in memory up to three times; a file that names base64, never.

namespace mailmote::mime {

// What part a content is.
enum class content_use : std::uint8_t { text, file };

constexpr content_form form_of(content_use use, encoding as) {
  if (use == content_use::text) return content_form::text;
  const bool as_it_is = as == encoding::seven_bit || as == encoding::eight_bit;
  return as_it_is ? content_form::lines : content_form::octets;
}

// Tried with `encoder`, which may be any.
inline encoding choose_encoding(const content& what, content_use use, bool eight_bit_allowed,
                                body_encoder& encoder) {
  const encoding named = what.as();
  if (named == encoding::base64 || named == encoding::quoted_printable) return named;
  const bool eight_bit = named == encoding::eight_bit && eight_bit_allowed;
  if (what.source() != nullptr) {
    return eight_bit || named == encoding::seven_bit ? named : encoding::base64;
  }
  const auto length = [&](encoding as) {
    encoder.begin(what, as, form_of(use, as), broken_utf8::replace);
    return encoder.length();
  };
  if (named != encoding::automatic || use == content_use::text) {
    const encoding as_it_is = eight_bit ? encoding::eight_bit : encoding::seven_bit;
    if (length(as_it_is) != unknown_length) return as_it_is;
  }
  const std::uint64_t as_quoted = length(encoding::quoted_printable);
  return length(encoding::base64) < as_quoted ? encoding::base64 : encoding::quoted_printable;
}

}  // namespace mailmote::mime

// ---- <mailmote/text/encoded_word.hpp> ----

// encoded_word.hpp: UTF-8 in a header, as words of ASCII.
//
// Knows:          RFC 2047 sections 2, 4 and 5: both encodings, 75 characters a word, and that no
//                 character is split between two words.
// Does not know:  where in a header the words stand.
// Bounds:         no buffer.

namespace mailmote::text {

enum class word_encoding : std::uint8_t { b, q };

// What an octet is written as, in some encoding of header fields; NUL: as hexadecimal digits.
using octet_form = char (*)(char);

// RFC 2047 section 5 (3): what stands for itself even in a display name.
constexpr char q_form(char c) {
  if (c == ' ') return '_';
  const bool is_literal =
      ascii::is_alphanumeric(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
  return is_literal ? c : '\0';
}

inline constexpr std::size_t max_escaped = 12;  // of a character

// Where an octet has no other form, `mark` and two digits. Returns how much was written to `out`.
constexpr std::size_t escape(std::string_view character, char mark, octet_form form, char* out) {
  char* end = out;
  for (const char c : character) {
    *end = form(c);
    end = *end != '\0' ? end + 1 : put_hex(mark, c, end);
  }
  return static_cast<std::size_t>(end - out);
}

// A line that has an encoded word in it: RFC 2047 section 2.
inline constexpr std::size_t max_encoded_line = 76;
inline constexpr std::size_t max_encoded_word = 75;
inline constexpr std::size_t word_frame = 12;  // =?utf-8?q? and ?=

// Which of the two makes the whole text shorter.
constexpr word_encoding shorter_encoding(std::string_view text) {
  char piece[max_escaped];
  std::size_t octets = 0;
  std::size_t as_q = 0;
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    octets += character.size();
    as_q += escape(character, '=', q_form, piece);
  }
  return base64_length(octets) < as_q ? word_encoding::b : word_encoding::q;
}

// Takes as much of `rest` as makes a word of at most `width` characters, at least one character, and
// writes the word. Returns its length.
constexpr std::size_t put_word(piece_writer& out, std::string_view& rest, std::size_t width,
                               word_encoding as) {
  using namespace std::string_view_literals;
  out.put(as == word_encoding::b ? "=?utf-8?b?"sv : "=?utf-8?q?"sv);
  base64_encoder group;
  char piece[max_escaped];
  std::size_t octets = 0;
  std::size_t inner = 0;  // characters between the frame
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view character = take_character(rest);
    octets += character.size();
    std::size_t n = escape(character, '=', q_form, piece);
    const std::size_t longer = as == word_encoding::b ? base64_length(octets) : inner + n;
    if (inner > 0 && word_frame + longer > width) {
      rest = before;
      break;
    }
    inner = longer;
    if (as == word_encoding::b) n = group.encode(character, piece);
    out.put({piece, n});
  }
  out.put({piece, group.finish(piece)});
  out.put("?=");
  return word_frame + inner;
}

}  // namespace mailmote::text

// ---- <mailmote/mime/header_writer.hpp> ----

// header_writer.hpp: writes a header field, folded where people's lines end.
//
// Knows:          RFC 5322 sections 2.2.3 and 3.2, RFC 2047 section 5, RFC 6532.
// Does not know:  which fields a message has (header_fields.hpp), or which strings are fit for one.
// Bounds:         lines of at most 76 octets, but for a single long word.

namespace mailmote::mime {

// RFC 5322 section 2.1.1 asks for 78, RFC 2047 section 2 for less where a word is encoded.
inline constexpr std::size_t fold_at = 76;

// What is longer is written as encoded words: a word, and a name in quotes, with its backslashes.
inline constexpr std::size_t max_word = 800;
inline constexpr std::size_t max_quoted = 60;

class header_writer {
 public:
  // A field may be written in pieces, by several writers: `column` is where the last one stopped.
  constexpr header_writer(text::piece_writer& out, std::size_t column, bool raw_utf8)
      : out_{out}, column_{column}, raw_utf8_{raw_utf8} {}

  constexpr std::size_t column() const { return column_; }
  constexpr text::piece_writer& octets() { return out_; }  // for what needs no folding

  // Octets that no line is broken before.
  constexpr void put(std::string_view octets) { append(octets.data(), octets.size()); }

  template <std::size_t N>
  constexpr void put(const char (&literal)[N]) {  // spares the target a strlen
    append(literal, N - 1);
  }

  constexpr void end() {
    out_.put("\r\n");
    column_ = 0;
  }

  constexpr void fold() {
    end();
    put(" ");
  }

  // The blank before `length` octets that stay together.
  constexpr void blank(std::size_t length) {
    if (column_ + 1 + length > fold_at) end();
    put(" ");
  }

  // Whether a value reads the same when it stands as it is.
  constexpr bool can_stand(std::string_view s) const {
    if (s.empty() || s.front() == ' ' || s.back() == ' ') return false;
    std::size_t word = 0;  // with the blanks before it
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (s[i] == ' ' && s[i - 1] != ' ') word = 0;
      const bool looks_encoded = s[i] == '=' && i + 1 < s.size() && s[i + 1] == '?';
      const bool is_foreign = ascii::is_non_ascii(s[i]) && !raw_utf8_;
      if (++word > max_word || looks_encoded || is_foreign) return false;
    }
    return true;
  }

  // What people write and read (RFC 5322 section 3.2.5); never empty.
  constexpr void unstructured(std::string_view value) {
    if (!can_stand(value)) return encoded(value, text::shorter_encoding(value));
    put(" ");  // never folded: a first line of nothing but a name is not read well by all
    for (std::size_t begin = 0; begin < value.size();) {
      std::size_t end_of_word = begin;
      while (end_of_word < value.size() && value[end_of_word] == ' ') ++end_of_word;
      while (end_of_word < value.size() && value[end_of_word] != ' ') ++end_of_word;
      const std::size_t length = end_of_word - begin;
      if (begin > 0 && column_ + length > fold_at) end();
      clean({value.data() + begin, length});
      begin = end_of_word;
    }
  }

  // A display name: atoms, a quoted string, or encoded words.
  constexpr void phrase(std::string_view name) {
    const std::size_t in_quotes = quoted_length(name);
    if (in_quotes > max_quoted + 2 || !can_stand(name))
      return encoded(name, text::shorter_encoding(name));
    bool is_atoms = true;
    char before = 0;
    for (const char c : name) {
      is_atoms = is_atoms && (text::is_atext(c) || (c == ' ' && before != ' '));
      before = c;
    }
    blank(is_atoms ? name.size() : in_quotes);
    if (is_atoms) return clean(name);
    quoted(name);
  }

  // A quoted string (RFC 5322 section 3.2.4).
  static constexpr std::size_t quoted_length(std::string_view s) {
    std::size_t length = s.size() + 2;
    for (const char c : s) length += c == '"' || c == '\\' ? 1 : 0;
    return length;
  }
  constexpr void quoted(std::string_view s) {
    put("\"");
    while (!s.empty()) {
      const std::string_view character = text::take_character(s);
      if (character[0] == '"' || character[0] == '\\') put("\\");
      put(character);
    }
    put("\"");
  }

 private:
  constexpr void append(const char* octets, std::size_t n) {
    out_.put(std::string_view{octets, n});
    column_ += n;
  }

  // What is no UTF-8 becomes U+FFFD.
  constexpr void clean(std::string_view s) {
    while (!s.empty()) put(text::take_character(s));
  }

  constexpr void encoded(std::string_view value, text::word_encoding as) {
    constexpr std::size_t least = text::word_frame + 12;  // any one character
    while (!value.empty()) {
      blank(least);
      column_ += text::put_word(out_, value, fold_at - column_, as);
      if (!value.empty()) end();
    }
  }

  text::piece_writer& out_;
  std::size_t column_;
  bool raw_utf8_;
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/header_fields.hpp> ----

// header_fields.hpp: the header of a message, a field or an entry of a list at a time.
//
// Knows:          RFC 5322 section 3.6, RFC 3834 section 5, RFC 2045 section 4.
// Does not know:  whether the fields are fit to be written (check.hpp).
// Bounds:         one address, name or identifier a step.

namespace mailmote::mime {

namespace detail {

constexpr void put_mailbox(header_writer& out, const mailbox& who, bool is_last) {
  if (!who.name.empty()) out.phrase(who.name);
  out.blank(who.address.size() + (is_last ? 2 : 3));
  out.put("<");
  out.put(who.address);
  out.put(">");
  if (!is_last) out.put(",");
}

constexpr void put_id(header_writer& out, const message_id& id) {
  char room[message_id::max_numbers];
  const std::string_view numbers = id.numbers(room);
  out.blank(numbers.size() + id.text().size() + 2);
  out.put("<");
  out.put(numbers);
  out.put(id.text());
  out.put(">");
}

constexpr void put_date(header_writer& out, const date_time& date) {
  out.put(" ");
  date.put(out.octets());
}

constexpr void put_line(header_writer& out, std::string_view line) {
  if (!line.empty()) out.unstructured(line);
}

}  // namespace detail

// Any piece of the header: the first one of a field has its name before it, the last one a line end
// behind it.
constexpr void put_field(header_writer& out, const fields& with, const piece& at) {
  if (at.which == field::bcc) return;  // in the envelope only
  const bool is_extra = at.which == field::headers;
  const bool is_last = is_extra || at.index + 1 == pieces_of(with, at.which);
  if (is_extra || at.index == 0) {
    out.put(is_extra ? with.headers[at.index].name : name_of(at.which));
    out.put(":");
  }
  switch (at.which) {
    case field::from:
    case field::sender:
    case field::reply_to:
    case field::to:
    case field::cc: detail::put_mailbox(out, mailbox_of(with, at), is_last); break;
    case field::date: detail::put_date(out, with.date); break;
    case field::id:
    case field::in_reply_to:
    case field::references: detail::put_id(out, id_of(with, at)); break;
    default: detail::put_line(out, line_of(with, at)); break;
  }
  if (is_last) out.end();
}

}  // namespace mailmote::mime

// ---- <mailmote/mime/file_name.hpp> ----

// file_name.hpp: a file name in a header, whatever letters it has.
//
// Knows:          RFC 2231 sections 3 and 4: percent encoding, and values in several pieces.
// Does not know:  what file it is.
// Bounds:         60 octets for the ASCII form.

namespace mailmote::mime {

namespace detail {

inline constexpr std::size_t max_section = 42;  // percent-encoded characters in one line

// RFC 2231 section 7: what stands for itself.
constexpr char percent_form(char c) {
  return ascii::is_alphanumeric(c) || c == '.' || c == '-' || c == '_' ? c : '\0';
}

// Takes as many whole characters off `rest` as fit into a line.
constexpr std::string_view take_section(std::string_view& rest) {
  const char* const begin = rest.data();
  char piece[text::max_escaped];
  std::size_t length = 0;
  while (!rest.empty()) {
    std::string_view behind = rest;
    length += text::escape(text::take_character(behind), '%', percent_form, piece);
    if (length > max_section) break;
    rest = behind;
  }
  return {begin, static_cast<std::size_t>(rest.data() - begin)};
}

// The name's last 60 characters, with an underscore for each that ASCII has not.
constexpr void put_ascii(header_writer& out, std::string_view value) {
  std::size_t characters = 0;
  for (std::string_view rest = value; !rest.empty(); ++characters) (void)text::take_character(rest);
  out.put("\"");
  for (; !value.empty(); --characters) {
    const std::string_view character = text::take_character(value);
    if (characters > max_quoted) continue;
    const bool is_plain =
        character.size() == 1 && character[0] != '"' && character[0] != '\\' && character[0] != '=';
    out.put(is_plain ? character : std::string_view{"_", 1});
  }
  out.put("\"");
}

}  // namespace detail

// ; filename="..." where that will do. Else by RFC 2231, with an ASCII form for those who do not know
// it, and last: who knows both takes the first.
constexpr void put_file_name(header_writer& out, std::string_view value) {
  out.put(";");
  const bool is_ascii = !ascii::has_non_ascii(value) && out.can_stand(value);
  const std::size_t in_quotes = header_writer::quoted_length(value);
  if (is_ascii && in_quotes <= max_quoted + 2) {
    out.blank(9 + in_quotes);
    out.put("filename=");
    return out.quoted(value);
  }
  std::string_view rest = value;
  for (std::size_t section = 0; !rest.empty(); ++section) {
    std::string_view part = detail::take_section(rest);
    out.fold();
    out.put("filename*");
    if (section > 0 || !rest.empty()) {
      out.octets().put_number(section);  // lines here are short
      out.put("*");
    }
    out.put("=");
    if (section == 0) out.put("utf-8''");
    while (!part.empty()) {
      char piece[text::max_escaped];
      out.put({piece, text::escape(text::take_character(part), '%', detail::percent_form, piece)});
    }
    out.put(";");
  }
  out.fold();
  out.put("filename=");
  detail::put_ascii(out, value);
}

}  // namespace mailmote::mime

// ---- <mailmote/mime/layout.hpp> ----

// layout.hpp: which parts stand in which, and what stands between them.
//
//   mixed { alternative { text, related { html, images... } }, attachments... }
//
// A multipart that would have one part only is left out, but for `mixed`.
//
// Knows:          RFC 2046 section 5.1, RFC 2387, RFC 2183, RFC 2392; why the plain text is no part of
//                 `related`: it does not need the images.
// Does not know:  how a part's octets are encoded, or who asks for them.
// Bounds:         any number of parts.

namespace mailmote::mime {

// FNV-1a: two messages with different names have different boundaries. That a boundary does not
// occur in a part does not hang on it (body_encoder.hpp).
constexpr std::uint64_t digest(const message_id& id) {
  char room[message_id::max_numbers];
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const std::string_view piece : {id.numbers(room), id.text()}) {
    for (const char c : piece) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01B3;
    }
  }
  return hash;
}

class layout {
 public:
  constexpr explicit layout(const fields& with) : with_{with} {}

  // What stands before the octets of a part: what divides it from the one before, and the heads of
  // the multiparts that begin with it.
  constexpr void put_opening(header_writer& out, const piece& at, encoding as) const {
    const std::size_t place = place_of(at);
    if (place > 0) {
      put_boundary_line(out, innermost_around(place));
      out.end();
    }
    for (const multipart which : outer_first) {
      if (begin_of(which) == place && place < end_of(which)) open(out, which);
    }
    put_head(out, at, as);
  }

  // And what stands behind them. `needs_line_end`: they do not end in one.
  constexpr void put_closing(header_writer& out, const piece& at, bool needs_line_end) const {
    const std::size_t behind = place_of(at) + 1;
    for (const multipart which : {multipart::related, multipart::alternative, multipart::mixed}) {
      if (end_of(which) != behind) continue;
      put_boundary_line(out, which);
      out.put("--");
      needs_line_end = true;
    }
    if (behind == size() && needs_line_end) out.end();
  }

 private:
  enum class multipart : char { mixed = '1', alternative = '2', related = '3' };

  // All parts in a row: the texts, the images, the attachments.
  constexpr std::size_t texts() const {
    return pieces_of(with_, field::text) + pieces_of(with_, field::html);
  }
  constexpr std::size_t place_of(const piece& at) const {
    switch (at.which) {
      case field::text: return 0;
      case field::html: return texts() - 1;
      case field::images: return texts() + at.index;
      default: return texts() + with_.images.size() + at.index;
    }
  }
  constexpr std::size_t size() const {
    return texts() + with_.images.size() + with_.attachments.size();
  }

  // Which of them a multipart has in it.
  constexpr std::size_t begin_of(multipart which) const {
    return which == multipart::related ? texts() - 1 : 0;
  }
  // 0: there is no such multipart.
  constexpr std::size_t end_of(multipart which) const {
    const std::size_t shown = texts() + (with_.html.is_there() ? with_.images.size() : 0);
    switch (which) {
      case multipart::mixed: return size() > shown ? size() : 0;
      case multipart::alternative: return texts() == 2 ? shown : 0;
      default: return shown > texts() ? shown : 0;
    }
  }

  // That the part, which is not the first, is not the first of.
  constexpr multipart innermost_around(std::size_t place) const {
    multipart found = multipart::mixed;
    for (const multipart which : outer_first) {
      if (begin_of(which) < place && place < end_of(which)) found = which;
    }
    return found;
  }

  constexpr void put_boundary(header_writer& out, multipart which) const {
    char text[19] = {'=', '_', static_cast<char>(which)};
    text::put_hex(digest(with_.id), text + 3);
    out.put({text, sizeof text});
  }

  constexpr void put_boundary_line(header_writer& out, multipart which) const {
    out.end();
    out.put("--");
    put_boundary(out, which);
  }

  constexpr void open(header_writer& out, multipart which) const {
    out.put("Content-Type: multipart/");
    switch (which) {
      case multipart::mixed: out.put("mixed"); break;
      case multipart::alternative: out.put("alternative"); break;
      case multipart::related: out.put("related; type=\"text/html\""); break;
    }
    out.put(";");
    out.fold();
    out.put("boundary=\"");
    put_boundary(out, which);
    out.put("\"");
    out.end();
    put_boundary_line(out, which);
    out.end();
  }

  constexpr void put_head(header_writer& out, const piece& at, encoding as) const {
    using namespace std::string_view_literals;
    constexpr text::word_list encodings{"7bit 8bit quoted-printable base64"};
    const part* const file = file_of(with_, at);
    out.put("Content-Type: ");
    if (file != nullptr) {
      out.put(file->type);
    } else {
      out.put(at.which == field::text ? "text/plain"sv : "text/html"sv);
      out.put("; charset=utf-8");
    }
    out.end();
    out.put("Content-Transfer-Encoding: ");
    out.put(encodings[static_cast<std::size_t>(as) - 1]);  // it is not automatic
    out.end();
    if (file != nullptr) put_file(out, *file, at.which);
    out.end();
  }

  static constexpr void put_file(header_writer& out, const part& file, field which) {
    using namespace std::string_view_literals;
    out.put("Content-Disposition: ");
    out.put(which == field::images ? "inline"sv : "attachment"sv);
    if (!file.file_name.empty()) put_file_name(out, file.file_name);
    out.end();
    if (file.content_id.empty()) return;
    out.put("Content-ID: <");
    out.put(file.content_id);
    out.put(">");
    out.end();
  }

  static constexpr multipart outer_first[] = {multipart::mixed, multipart::alternative,
                                              multipart::related};

  const fields& with_;
};

}  // namespace mailmote::mime

// ---- <mailmote/mime/message.hpp> ----

// message.hpp: a message described, from which its text is pulled.
//
// Knows:          in which order its pieces come: the header, then of each part what stands before
//                 it, its octets, and what stands behind it.
// Does not know:  SMTP; it is a body like any other.
// Bounds:         one size, whatever it carries, and no buffer.

namespace mailmote::mime {

// RFC 5322 text with CRLF, the same octets for every size of buffer it is pulled through. It can be
// begun again when all its sources can.
class message final : public body_source {
 public:
  // `with` is referred to, and may stand in flash. It, and what it refers to, must live and stay
  // unchanged until the client has finished; then it may say something else.
  constexpr explicit message(const fields& with) noexcept : with_{with} {}
  message(const fields&&) = delete;  // would dangle: give it a name

  constexpr const fields& description() const noexcept { return with_; }

  // What begin() would refuse: which field of a message cannot be sent to a server with `limits`.
  constexpr fault check(body_limits limits = {.eight_bit = true, .utf8 = true}) const noexcept {
    return checker{with_, limits}.found();
  }

  // errc::bad_field, bad_utf8, smtputf8_needed; or what a source says to its own begin().
  errc begin(body_limits limits) noexcept override {
    checker checked{with_, limits};
    const errc bad = checked.found().error;
    if (bad != errc::none) return bad;
    raw_utf8_ = checked.needs_utf8();
    eight_bit_ = limits.eight_bit;
    error_ = errc::none;
    bool is_used = false;
    for (piece at; at.which != field::end; at.advance(with_)) {
      if (at.which < field::text) continue;
      if (const errc spent = begin_source(at); spent != errc::none) return spent;
      is_used = is_used || goes_as_eight_bit(at);
    }
    eight_bit_ = is_used;
    length_ = measured();
    rewind();
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override {
    std::size_t written = 0;
    while (written < out.size() && at_.which != field::end) {
      const auto room = out.subspan(written);
      if (stage_ != stage::octets) {
        written += write_piece(room);
        continue;
      }
      const io_result result = octets_.read_some(room);
      written += result.count();
      if (result.ok()) continue;
      if (result.status() == io_status::closed) {
        advance();
      } else if (result.status() == io_status::failed) {
        error_ = octets_.error();
        return result;
      } else {
        return written > 0 ? io_result::moved(written) : result;
      }
    }
    return written > 0 ? io_result::moved(written) : io_status::closed;
  }

  std::uint64_t length() const noexcept override { return length_; }
  body_needs needs() const noexcept override {
    return {eight_bit_ || raw_utf8_ ? body_kind::eight_bit : body_kind::seven_bit, raw_utf8_};
  }
  errc error() const noexcept override { return error_; }

 private:
  enum class stage : std::uint8_t {
    head,  // of a field all that there is; of a part what stands before its octets
    octets,
    closing,
  };

  errc begin_source(const piece& at) {
    body_source* const source = content_of(with_, at).source();
    if (source == nullptr) return errc::none;
    const bool as_it_is = form_of(use_of(at), chosen(at)) == content_form::octets;
    return source->begin(
        {.eight_bit = true, .utf8 = true, .binary = as_it_is, .verbatim = as_it_is});
  }

  bool goes_as_eight_bit(const piece& at) {
    return content_of(with_, at).as() == encoding::eight_bit && chosen(at) == encoding::eight_bit;
  }

  static constexpr content_use use_of(const piece& at) {
    return at.which < field::images ? content_use::text : content_use::file;
  }

  encoding chosen(const piece& at) {
    return choose_encoding(content_of(with_, at), use_of(at), eight_bit_, octets_);
  }

  // To the beginning.
  void rewind() {
    at_ = {};
    stage_ = stage::head;
    column_ = 0;
    offset_ = 0;
  }

  bool is_part() const { return at_.which >= field::text && at_.which != field::end; }

  // To the next stage, or the next piece.
  void advance() {
    if (stage_ == stage::octets) {
      stage_ = stage::closing;
    } else if (stage_ == stage::head && is_part()) {
      stage_ = stage::octets;
      octets_.begin(content_of(with_, at_), as_, form_of(use_of(at_), as_), with_.broken_utf8);
    } else {
      stage_ = stage::head;
      at_.advance(with_);
      if (is_part()) as_ = chosen(at_);
    }
  }

  // Of any stage but that of octets. Returns the column behind it.
  std::size_t put_piece(text::piece_writer& out) const {
    header_writer header{out, column_, raw_utf8_};
    if (at_.which < field::text) {
      put_field(header, with_, at_);
    } else if (stage_ == stage::head) {
      layout{with_}.put_opening(header, at_, as_);
    } else {
      layout{with_}.put_closing(header, at_, octets_.needs_line_end());
    }
    return header.column();
  }

  // What a piece has become when it is out, or counted.
  void leave(std::size_t column) {
    column_ = static_cast<std::uint16_t>(column);
    advance();
  }

  std::size_t write_piece(std::span<char> room) {
    text::piece_writer out{room, offset_};
    const std::size_t column = put_piece(out);
    offset_ += out.written();
    if (out.complete()) {
      offset_ = 0;
      leave(column);
    }
    return out.written();
  }

  // Of the whole message, or unknown_length. Walks to its end.
  std::uint64_t measured() {
    std::uint64_t total = 0;
    for (rewind(); at_.which != field::end;) {
      if (stage_ == stage::octets) {
        const std::uint64_t length = octets_.length();
        if (length == unknown_length) return unknown_length;
        total += length;
        advance();
      } else {
        constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();
        text::piece_writer out{{}, everything};
        leave(put_piece(out));
        total += everything - out.to_skip();
      }
    }
    return total;
  }

  const fields& with_;
  std::uint64_t length_ = unknown_length;
  piece at_{.which = field::end};
  stage stage_ = stage::head;
  encoding as_ = encoding::automatic;  // of the part, from its head on
  std::uint16_t column_ = 0;
  std::size_t offset_ = 0;  // octets of the piece at `at_` that are already out
  body_encoder octets_{};
  errc error_ = errc::none;
  bool raw_utf8_ = false;
  bool eight_bit_ = false;  // octets over 127 may go as they are; once begun: some part's do
};

}  // namespace mailmote::mime

// ---- <mailmote/envelope_of.hpp> ----

// envelope_of.hpp: who gets a message, read from the message itself.
//
// Knows:          which of a message's fields hold its recipients, Bcc among them.
// Does not know:  whether their addresses can be sent to.
// Bounds:         nothing is copied: the message must live as long as the envelope.

namespace mailmote {

namespace detail {

inline std::string_view recipient_of(const void* description, std::size_t i) {
  const auto& with = *static_cast<const mime::fields*>(description);
  if (i < with.to.size()) return with.to[i].address;
  i -= with.to.size();
  if (i < with.cc.size()) return with.cc[i].address;
  return with.bcc[i - with.cc.size()].address;
}

}  // namespace detail

// From the sender, if there is one, else from the author; to all of To, Cc and Bcc, in this order.
// The other settings of the envelope are the caller's to change.
inline envelope envelope_of(const mime::message& mail) {
  const mime::fields& with = mail.description();
  const mime::mailbox& from = with.sender.address.empty() ? with.from : with.sender;
  const std::size_t all = with.to.size() + with.cc.size() + with.bcc.size();
  return {.from = from.address, .to = {&with, all, detail::recipient_of}};
}

}  // namespace mailmote

// ---- <mailmote/explain.hpp> ----

// explain.hpp: every error in a sentence, for programs that have room for words.
//
// Knows:          what an errc means to somebody whose mail did not get through.
// Does not know:  what the server said (smtp/refusal.hpp does), or which name a certificate had (the
//                 TLS session does).
// Bounds:         about 4 KB of text, linked only by programs that call it.

namespace mailmote {

constexpr std::string_view explain(errc error) {
  switch (error) {
    case errc::none: return "no error";
    case errc::busy: return "a mail is still under way";
    case errc::canceled: return "canceled by the caller";
    case errc::no_recipients: return "the mail has no recipient";
    case errc::bad_host: return "the server's name is no domain name and no IP address";
    case errc::bad_helo: return "the EHLO name is no domain name and no address in brackets";
    case errc::bad_reverse_path: return "the sender is no mail address that can be sent";
    case errc::bad_recipient: return "a recipient is no mail address that can be sent";
    case errc::bad_username: return "the user name is empty or has a control character";
    case errc::bad_password:
      return "the password is empty or has a control character, or the token is not ASCII";
    case errc::bad_authorization: return "the authorization identity has a control character";
    case errc::needs_saslprep:
      return "a name or password with letters outside ASCII must be prepared by SASLprep";
    case errc::response_too_long: return "the login is longer than any server has to take";
    case errc::smtputf8_needed: return "an address is not ASCII, and the server has no SMTPUTF8";
    case errc::eight_bit_needed:
      return "the message has octets over 127, and the server no 8BITMIME: encode it, as base64 "
             "say";
    case errc::binary_needed:
      return "the message is binary, which needs chunking, and a server with CHUNKING and "
             "BINARYMIME";
    case errc::extension_missing: return "the server lacks an extension that was asked for";
    case errc::bad_parameter: return "a parameter of MAIL or RCPT cannot be sent";
    case errc::unlisted_extension:
      return "a parameter needs an extension that the settings do not list";
    case errc::bad_extension_list: return "the settings' list of extensions is no list of keywords";

    case errc::no_such_host: return "no such host";
    case errc::resolver_failed: return "the host's name could not be looked up";
    case errc::stream_failed: return "the connection failed";
    case errc::closed_before_reply: return "the server closed the connection instead of replying";
    case errc::closed_in_reply: return "the server closed the connection inside a reply";
    case errc::timeout: return "the server did not reply in time";
    case errc::chunk_timeout:
      return "the server did not reply to BDAT in time: it may offer CHUNKING and not do it";
    case errc::idle_closed: return "the server had closed the idle connection; connect again";
    case errc::silent_greeting:
      return "the server did not greet: out of reach, or this port expects TLS from the first byte";

    case errc::malformed_reply: return "the server's reply is not SMTP";
    case errc::endless_reply: return "the server's reply does not end";
    case errc::unexpected_reply: return "the server's reply does not fit the command";
    case errc::unsolicited_reply: return "the server replied to something that was not said";
    case errc::tls_injection:
      return "something came between the reply to STARTTLS and TLS: somebody may be in the middle";
    case errc::bad_challenge: return "the server's challenge does not fit the login mechanism";
    case errc::challenge_too_long: return "a challenge of the login is too long";

    case errc::service_closing: return "the server is closing its service for now";
    case errc::greeting_refused: return "the server refuses service";
    case errc::ehlo_refused: return "the server refuses the EHLO name";
    case errc::tls_unavailable: return "the server does not offer STARTTLS";
    case errc::tls_refused: return "the server offers STARTTLS and refuses it";
    case errc::auth_unavailable: return "the server offers no login mechanism that is set up";
    case errc::auth_needs_tls: return "this login may not be used without TLS";
    case errc::auth_refused: return "the server refuses the login";
    case errc::auth_token_refused: return "the server refuses the access token: is it out of date?";
    case errc::auth_no_random: return "there are no random numbers for the login";
    case errc::auth_iterations:
      return "the server's iteration count for SCRAM is too low to be safe, or too high to bear";
    case errc::auth_keys_stale:
      return "the SCRAM keys were derived for another salt or iteration count";
    case errc::auth_server_unproven: return "the server did not prove that it knows the password";
    case errc::mail_refused: return "the server refuses the sender";
    case errc::recipients_refused: return "the server refuses the recipients";
    case errc::data_refused: return "the server refuses to take the message";
    case errc::message_refused: return "the server refuses the message";
    case errc::message_too_large: return "the message is larger than the server takes";
    case errc::too_many_mails: return "the server takes no more mails on this connection";
    case errc::too_many_recipients: return "the mail has more recipients than the server takes";

    case errc::source_failed: return "the message, or the login, could not be read to its end";
    case errc::source_spent: return "the message cannot be read a second time";
    case errc::source_length: return "the message is not as long as it said it was";
    case errc::source_timeout: return "the message, or the login, did not go on in time";
    case errc::bad_field: return "a field of the message cannot be written";
    case errc::bad_utf8: return "a field or text of the message is no UTF-8";
    case errc::bad_part: return "a part of the message is not fit for the encoding that it names";

    case errc::tls_no_anchors: return "no trust anchor is set up";
    case errc::tls_bad_anchors: return "a trust anchor cannot be read";
    case errc::tls_bad_client_certificate:
      return "the client's certificate or its key cannot be read, or they do not belong together";
    case errc::tls_no_time: return "the time is not known, so no certificate can be judged";
    case errc::tls_setup: return "TLS cannot be set up";
    case errc::tls_out_of_memory: return "TLS ran out of memory";
    case errc::tls_no_random: return "TLS has no random numbers";
    case errc::tls_not_tls: return "the server does not speak TLS on this port";
    case errc::tls_version: return "the server has no TLS version that is allowed";
    case errc::tls_no_common_cipher: return "the server has no cipher suite that is allowed";
    case errc::tls_alert: return "the server broke off the TLS handshake";
    case errc::tls_no_certificate: return "the server showed no certificate";
    case errc::tls_bad_certificate: return "the server's certificate is not valid for this use";
    case errc::tls_unknown_ca: return "no trust anchor vouches for the server's certificate";
    case errc::tls_self_signed: return "the server's certificate vouches only for itself";
    case errc::tls_bad_signature: return "a signature of the server's is wrong";
    case errc::tls_weak_key: return "a key of the server's is too weak";
    case errc::tls_expired: return "a certificate of the server's has expired";
    case errc::tls_not_yet_valid: return "a certificate of the server's is not valid yet";
    case errc::tls_name_mismatch: return "the server's certificate is for another name";
    case errc::tls_ip_mismatch: return "the server's certificate is not for this IP address";
    case errc::tls_unsafe: return "TLS came up in a way that was not asked for";
    case errc::tls_truncated: return "the connection ended without TLS's goodbye";
    case errc::tls_failed: return "TLS failed";
  }
  return "an error without a name";
}

}  // namespace mailmote

// ---- <mailmote/run.hpp> ----

// run.hpp: sends a mail to its end, for a program that has nothing better to do meanwhile.
//
// Knows:          poll and wait, in turn.
// Does not know:  what is waited for: a port's `wait`, or an RTOS task's, blocks on its behalf.
// Bounds:         takes as long as the client's timeouts let it; uses no time between events.

namespace mailmote {

// After `send`: polls and waits until the mail has finished, and says what became of it. With no
// mail under way it answers at once, with what became of the last one. It does not outlive the
// mail: a connection that envelope::then keeps is kept.
template <class Client, waiter Port>
outcome run(Client& client, Port& port) noexcept {
  while (client.poll(port.now()) == status::working) {
    port.wait(client.wants(), client.next_timeout(port.now()));
  }
  return client.result();
}

}  // namespace mailmote

// ---- <mailmote/sasl/credential.hpp> ----

// credential.hpp: a user name or password, and whether its letters are in the form that servers know.
//
// Knows:          that letters outside ASCII can be written in several ways, and that SASLprep (RFC 4013)
//                 says which one is meant.
// Does not know:  SASLprep, whose tables are larger than this library. Who has such a name or password
//                 prepares it elsewhere, once, and says so.
// Bounds:         no copy of the string.

namespace mailmote::sasl {

class credential {
 public:
  // From whatever is a string to others: it is referred to.
  template <std::convertible_to<std::string_view> Text>
  constexpr credential(const Text& text) : text_{text} {}

  constexpr std::string_view text() const { return text_; }
  constexpr bool empty() const { return text_.empty(); }

  // errc::none; `bad` where it has a control character; or errc::needs_saslprep where it has letters
  // outside ASCII that nobody has prepared.
  constexpr errc check(errc bad) const {
    if (ascii::has_control(text_)) return bad;
    return ascii::has_non_ascii(text_) && !is_prepared_ ? errc::needs_saslprep : errc::none;
  }

  // The same of one that there has to be: `bad` where it is empty, too.
  constexpr errc check_needed(errc bad) const { return empty() ? bad : check(bad); }

 private:
  friend constexpr credential prepared(std::string_view text);
  std::string_view text_;
  bool is_prepared_ = false;
};

// A string that somebody has prepared by SASLprep already; it is used as it is.
constexpr credential prepared(std::string_view text) {
  credential c{text};
  c.is_prepared_ = true;
  return c;
}

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/hash.hpp> ----

// hash.hpp: what a login needs of a hash function.
//
// Knows:          that it takes octets in pieces, and that a copy of it goes on by itself.
// Does not know:  which library or chip computes it (wolfssl::sha_256 and others do).
// Bounds:         none.

namespace mailmote::sasl {

// clang-format off
template <class H>
concept hash = std::default_initializable<H> && std::copyable<H> &&
    requires(H& h, std::span<const char> in, std::span<char, H::size> out) {
  { H::size } -> std::convertible_to<std::size_t>;        // octets of the result
  { H::block_size } -> std::convertible_to<std::size_t>;  // octets that it takes at a time (RFC 2104's B)
  { h.update(in) } noexcept;
  // And is as new, with nothing left of what it took. False: it could not be computed, now or before.
  { h.finish(out) } noexcept -> std::same_as<bool>;
};
// clang-format on

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/hmac.hpp> ----

// hmac.hpp: proves that two ends know the same key.
//
// Knows:          RFC 2104.
// Does not know:  which hash function, or whose key.
// Bounds:         two copies of the hash's state: a key is worked in once, however often it is used.

namespace mailmote::sasl {

template <hash Hash>
class hmac {
 public:
  using digest = std::array<char, Hash::size>;

  hmac() = default;
  explicit hmac(std::span<const char> key) noexcept { set_key(key); }

  void set_key(std::span<const char> key) noexcept {
    forget();
    is_sound_ = true;
    std::array<char, Hash::block_size> block{};
    if (key.size() > block.size()) {
      inner_.update(key);
      is_sound_ = inner_.finish(std::span{block}.template first<Hash::size>());
    } else {
      for (std::size_t i = 0; i < key.size(); ++i) block[i] = key[i];
    }
    flip(block, 0x36);
    inner_.update(block);
    flip(block, 0x36 ^ 0x5C);
    outer_.update(block);
    wipe(block);
  }

  // The hash whose copies take a message, piece by piece.
  const Hash& begin() const noexcept { return inner_; }

  // False where the hash function has failed: `result` is worth nothing then, and not to be shown.
  [[nodiscard]] bool finish(Hash& message, digest& result) const noexcept {
    const bool is_sound = message.finish(result) && is_sound_;
    message = outer_;  // as it is done with, and this is work for a small stack
    message.update(result);
    return message.finish(result) && is_sound;
  }

  // `message` may be `result`.
  [[nodiscard]] bool of(std::span<const char> message, digest& result) const noexcept {
    Hash inner = begin();
    inner.update(message);
    return finish(inner, result);
  }

  void forget() noexcept {
    digest nothing;
    (void)inner_.finish(nothing);  // and is as new
    (void)outer_.finish(nothing);
    wipe(nothing);
  }

 private:
  static void flip(std::array<char, Hash::block_size>& block, int bits) noexcept {
    for (char& c : block) c = static_cast<char>(c ^ bits);
  }

  Hash inner_{};
  Hash outer_{};
  bool is_sound_ = true;  // of a long key the hash could be computed
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/cram_md5.hpp> ----

// cram_md5.hpp: the old login that shows the password to nobody who only listens.
//
// Knows:          RFC 2195: the response is the user name and an HMAC of the challenge.
// Does not know:  who computes MD5; or who the server is, which this login leaves unproven.
// Bounds:         three states of the hash and one digest; a challenge of any length goes through.

namespace mailmote::sasl {

// The strings are referred to, and must live until the client has finished.
template <hash Hash>
class cram_md5 final : public mechanism {
  static_assert(Hash::size == 16, "CRAM-MD5 is made of MD5, whose result has 16 octets (RFC 2195)");

 public:
  constexpr cram_md5(credential username, credential password)
      : username_{username}, password_{password} {}

  errc check() const noexcept override {
    const errc bad = username_.check_needed(errc::bad_username);
    return bad != errc::none ? bad : password_.check_needed(errc::bad_password);
  }

  errc select(offer offered) noexcept override {
    forget();
    if (!offered.has(kind::cram_md5)) return errc::auth_unavailable;
    at_ = stage::selected;
    return errc::none;
  }
  kind selected() const noexcept override { return kind::cram_md5; }
  bool reveals_secret() const noexcept override { return false; }
  std::size_t initial_response() const noexcept override { return no_initial_response; }

  void challenge(std::span<const char> octets) noexcept override {
    if (at_ == stage::selected && !octets.empty()) begin();
    if (at_ == stage::challenged) message_.update(octets);
  }

  // An empty challenge proves nothing, as its HMAC is the same each time.
  errc respond() noexcept override {
    if (at_ != stage::challenged) return errc::bad_challenge;
    is_sound_ = hmac_.finish(message_, digest_);
    said_ = 0;
    at_ = stage::responding;
    return errc::none;
  }

  // user name SP digest, in lower-case hexadecimal
  io_result read_some(std::span<char> out) noexcept override {
    if (at_ != stage::responding) return io_status::closed;
    if (!is_sound_) return io_status::failed;
    text::piece_writer response{out, said_};
    response.put(username_.text());
    response.put(' ');
    for (const char c : digest_) {
      const auto octet = static_cast<unsigned char>(c);
      response.put(hex_digits[octet >> 4]);
      response.put(hex_digits[octet & 15]);
    }
    said_ += response.written();
    return response.written() > 0 ? io_result::moved(response.written()) : io_status::closed;
  }

  // A yes to what was never said is none.
  errc accept() noexcept override {
    return at_ == stage::responding ? errc::none : errc::bad_challenge;
  }

  void forget() noexcept override {
    hmac_.forget();
    (void)message_.finish(digest_);  // and is as new
    wipe(digest_);
    at_ = stage::idle;
  }

 private:
  enum class stage : unsigned char { idle, selected, challenged, responding };

  // Only now: of a login that is selected and not used, nothing is left behind.
  void begin() {
    hmac_.set_key(password_.text());
    message_ = hmac_.begin();
    at_ = stage::challenged;
  }

  static constexpr std::string_view hex_digits = "0123456789abcdef";

  credential username_;
  credential password_;
  hmac<Hash> hmac_{};  // keyed with the password, once there is a challenge
  Hash message_{};     // what has come of the challenge
  typename hmac<Hash>::digest digest_{};
  std::size_t said_ = 0;  // octets of the response
  stage at_ = stage::idle;
  bool is_sound_ = false;  // the digest could be computed
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/take.hpp> ----

// take.hpp: how a string of the caller's becomes a response, piece by piece.
//
// Knows:          what a mechanism answers where nothing is left.
// Does not know:  what the string is.
// Bounds:         no copy but the piece.

namespace mailmote::sasl {

// Moves as much of the beginning of `rest` as there is room for; `closed` where nothing is left.
constexpr io_result take(std::string_view& rest, std::span<char> out) {
  std::size_t written = 0;
  while (written < out.size() && written < rest.size()) {
    out[written] = rest[written];
    ++written;
  }
  rest.remove_prefix(written);
  return written > 0 ? io_result::moved(written) : io_status::closed;
}

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/external.hpp> ----

// external.hpp: the login of a client whose certificate has said already who it is.
//
// Knows:          RFC 4422 appendix A.
// Does not know:  certificates: the TLS session shows the client's.
// Bounds:         no copy of any string.

namespace mailmote::sasl {

// The string is referred to, and must live until the client has finished.
class external final : public mechanism {
 public:
  // `authorization` is the identity to act as; empty is the certificate's own.
  constexpr explicit external(credential authorization = "") : authorization_{authorization} {}

  errc check() const noexcept override { return authorization_.check(errc::bad_authorization); }

  errc select(offer offered) noexcept override {
    forget();
    if (!offered.has(kind::external)) return errc::auth_unavailable;
    rest_ = authorization_.text();
    return errc::none;
  }
  kind selected() const noexcept override { return kind::external; }
  bool reveals_secret() const noexcept override { return false; }
  std::size_t initial_response() const noexcept override { return authorization_.text().size(); }
  void challenge(std::span<const char>) noexcept override {}

  // The one message is the initial response.
  errc respond() noexcept override { return errc::bad_challenge; }

  io_result read_some(std::span<char> out) noexcept override { return take(rest_, out); }

  errc accept() noexcept override { return errc::none; }
  void forget() noexcept override { rest_ = {}; }

 private:
  credential authorization_;
  std::string_view rest_{};  // of the response that is being read
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/login.hpp> ----

// login.hpp: the old login that asks for user name and password one after the other.
//
// Knows:          draft-murchison-sasl-login, and that nobody prompts alike: the first question is
//                 the user name, the second the password, whatever their words.
// Does not know:  whether anybody listens; the session lets it run only inside TLS.
// Bounds:         no copy of any string.

namespace mailmote::sasl {

// The strings are referred to, and must live until the client has finished.
class login final : public mechanism {
 public:
  constexpr login(credential username, credential password)
      : username_{username}, password_{password} {}

  errc check() const noexcept override {
    const errc bad = username_.check_needed(errc::bad_username);
    return bad != errc::none ? bad : password_.check_needed(errc::bad_password);
  }

  errc select(offer offered) noexcept override {
    forget();
    return offered.has(kind::login) ? errc::none : errc::auth_unavailable;
  }
  kind selected() const noexcept override { return kind::login; }
  bool reveals_secret() const noexcept override { return true; }
  std::size_t initial_response() const noexcept override { return no_initial_response; }
  void challenge(std::span<const char>) noexcept override {}

  errc respond() noexcept override {
    if (questions_ == 2) return errc::bad_challenge;
    rest_ = questions_++ == 0 ? username_.text() : password_.text();
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override { return take(rest_, out); }

  errc accept() noexcept override { return errc::none; }

  void forget() noexcept override {
    rest_ = {};
    questions_ = 0;
  }

 private:
  credential username_;
  credential password_;
  std::string_view rest_{};     // of the answer that is being read
  std::uint8_t questions_ = 0;  // answered so far
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/bearer.hpp> ----

// bearer.hpp: what the two logins with an OAuth token have in common.
//
// Knows:          that whoever bears the token is let in (RFC 6750), and that a server which does not
//                 want it says why in a challenge of its own, before it refuses.
// Does not know:  how a response opens, or that challenge is answered (xoauth2.hpp, oauthbearer.hpp);
//                 where tokens are had, or for how long they are good.
// Bounds:         a token of any length, never copied; `max_said` octets of what the server says.

namespace mailmote::sasl {

class bearer : public mechanism {
 public:
  static constexpr std::size_t max_said = 128;  // and what is longer, is cut

  errc select(offer offered) noexcept final {
    forget();
    said_ = 0;
    if (!offered.has(kind_)) return errc::auth_unavailable;
    if (const errc bad = begin_token(); bad != errc::none) return bad;
    if (token_length() == 0) return errc::bad_password;
    at_ = stage::opening;
    return errc::none;
  }

  // There is no other way; but the next login may have its token from the same source, and is to
  // find it as it was. A source that cannot begin again fails where it is read.
  bool select_next() noexcept final {
    if (at_ != stage::opening) static_cast<void>(begin_token());
    return false;
  }
  kind selected() const noexcept final { return kind_; }
  bool reveals_secret() const noexcept final { return true; }

  // Where nobody knows how long the token is, it is too long for the AUTH line.
  std::size_t initial_response() const noexcept final {
    constexpr std::size_t too_long = no_initial_response / 2;
    text::piece_writer frame{{}, too_long};
    put_opening(frame);
    frame.put(closing);
    const std::uint64_t length = token_length();
    return length < too_long ? too_long - frame.to_skip() + static_cast<std::size_t>(length)
                             : too_long;
  }

  void challenge(std::span<const char> octets) noexcept final {
    for (const char c : octets) {
      if (said_ < max_said && ascii::is_printable(c)) text_[said_++] = c;
    }
  }

  // After the token there is one challenge, with the server's reasons; or an empty one.
  errc respond() noexcept final {
    if (at_ != stage::said) return errc::bad_challenge;
    at_ = stage::answer;
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept final {
    if (at_ == stage::token) {
      const io_result octets = read_token(out);
      if (octets.status() != io_status::closed) return octets;
      if (!is_whole()) return io_status::failed;
      go(stage::closing);
    }
    text::piece_writer piece{out, done_};
    switch (at_) {
      case stage::opening:
        said_ = 0;  // the challenge that only asked for the token has no reasons
        put_opening(piece);
        break;
      case stage::closing: piece.put(closing); break;
      case stage::answer: put_answer(piece); break;
      default: return io_status::closed;
    }
    done_ += piece.written();
    if (piece.complete()) go(following(at_));
    return piece.written() > 0 ? io_result::moved(piece.written()) : io_status::closed;
  }

  errc accept() noexcept final { return errc::none; }

  errc refusal() const noexcept final {
    return said_ > 0 && text_[0] == '{' ? errc::auth_token_refused : errc::auth_refused;
  }
  // JSON (RFC 7628 section 3.2.2), without what is not printable.
  std::string_view server_text() const noexcept final { return {text_, said_}; }

  void forget() noexcept final { go(stage::idle); }

 protected:
  constexpr bearer(kind which, credential username, std::string_view token)
      : username_{username}, token_{token}, kind_{which} {}
  constexpr bearer(kind which, credential username, body_source& token)
      : username_{username}, source_{&token}, kind_{which} {}
  constexpr bearer(const bearer&) = default;
  constexpr bearer& operator=(const bearer&) = default;
  ~bearer() = default;  // never deleted through this type

  const credential& username() const { return username_; }

  // What is the caller's: of a source it is looked at as it is read.
  errc check_token() const {
    const bool is_sound = source_ != nullptr || (!token_.empty() && is_fit(token_));
    return is_sound ? errc::none : errc::bad_password;
  }

  virtual void put_opening(text::piece_writer& out) const noexcept = 0;  // all before the token
  virtual void put_answer(text::piece_writer& out) const noexcept = 0;   // to the server's reasons

 private:
  enum class stage : std::uint8_t { idle, opening, token, closing, said, answer };

  static constexpr const char* closing = "\1\1";

  static constexpr stage following(stage s) {
    return s == stage::answer ? stage::idle : static_cast<stage>(static_cast<std::uint8_t>(s) + 1);
  }

  // A token is ASCII; and a ^A in it would end it.
  static constexpr bool is_fit(std::string_view octets) {
    return !ascii::has_control(octets) && !ascii::has_non_ascii(octets);
  }

  std::uint64_t token_length() const {
    return source_ != nullptr ? source_->length() : token_.size();
  }
  bool is_whole() const {
    const std::uint64_t length = token_length();
    return done_ > 0 && (length == unknown_length || done_ == length);
  }

  // Of a source every octet counts, line ends too.
  errc begin_token() {
    if (source_ == nullptr) return errc::none;
    return source_->begin({.eight_bit = true, .utf8 = true, .binary = true, .verbatim = true});
  }

  io_result read_token(std::span<char> out) {
    if (source_ == nullptr) {
      std::string_view rest{token_.data() + done_, token_.size() - done_};
      const io_result octets = take(rest, out);
      done_ += octets.count();
      return octets;
    }
    const io_result octets = source_->read_some(out);
    done_ += octets.count();
    const bool is_sound = is_fit({out.data(), octets.count()}) && done_ <= token_length();
    return is_sound ? octets : io_status::failed;
  }

  void go(stage next) {
    at_ = next;
    done_ = 0;
  }

  credential username_;
  std::string_view token_{};
  body_source* source_ = nullptr;  // of the token, where it is not in memory
  std::size_t done_ = 0;           // octets of the stage
  std::size_t said_ = 0;
  char text_[max_said] = {};
  kind kind_;
  stage at_ = stage::idle;
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/oauthbearer.hpp> ----

// oauthbearer.hpp: the login with an OAuth token as the standard has it.
//
// Knows:          RFC 7628 section 3.1: how the response opens, after a header as RFC 5801 section 4
//                 has it; and section 3.2.3: that the server's reasons are answered with a ^A.
// Does not know:  the rest, which is bearer.hpp's.
// Bounds:         bearer.hpp's.

namespace mailmote::sasl {

// Strings and source are referred to, and must live until the client has finished. A source has the
// token and no line end behind it, and begins again for each exchange.
class oauthbearer final : public bearer {
 public:
  // `username` may be empty: the token says who it is for. `host` and `port` are those of the
  // connection, for a server that wants to hear them; empty and 0 are left out.
  constexpr oauthbearer(credential username, std::string_view token, std::string_view host = {},
                        std::uint16_t port = 0)
      : bearer{kind::oauthbearer, username, token}, host_{host}, port_{port} {}
  constexpr oauthbearer(credential username, body_source& token, std::string_view host = {},
                        std::uint16_t port = 0)
      : bearer{kind::oauthbearer, username, token}, host_{host}, port_{port} {}

  errc check() const noexcept override {
    if (const errc bad = username().check(errc::bad_username); bad != errc::none) return bad;
    if (ascii::has_control(host_) || ascii::has_non_ascii(host_)) return errc::bad_host;
    return check_token();
  }

 private:
  void put_opening(text::piece_writer& out) const noexcept override {
    out.put("n,");
    if (!username().empty()) out.put("a=");
    for (const char c : username().text()) put_escaped(out, c);
    out.put(",\1");
    if (!host_.empty()) {
      out.put("host=");
      out.put(host_);
      out.put('\1');
    }
    if (port_ != 0) {
      out.put("port=");
      out.put_number(port_);
      out.put('\1');
    }
    out.put("auth=Bearer ");
  }

  void put_answer(text::piece_writer& out) const noexcept override { out.put('\1'); }

  // RFC 5801 section 4: in a name, what separates names is written otherwise.
  static void put_escaped(text::piece_writer& out, char c) {
    if (c == ',') return out.put("=2C");
    if (c == '=') return out.put("=3D");
    out.put(c);
  }

  std::string_view host_;
  std::uint16_t port_;
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/plain.hpp> ----

// plain.hpp: the login that sends user name and password as they are.
//
// Knows:          RFC 4616.
// Does not know:  whether anybody listens; the session lets it run only inside TLS.
// Bounds:         no copy of any string; they go out octet by octet.

namespace mailmote::sasl {

// The strings are referred to, and must live until the client has finished.
class plain final : public mechanism {
 public:
  // `authorization` is the identity to act as; empty, as almost always, is the user's own.
  constexpr plain(credential username, credential password, credential authorization = "")
      : parts_{authorization, username, password} {}

  errc check() const noexcept override {
    errc bad = parts_[0].check(errc::bad_authorization);
    if (bad == errc::none) bad = parts_[1].check_needed(errc::bad_username);
    if (bad == errc::none) bad = parts_[2].check_needed(errc::bad_password);
    return bad;
  }

  errc select(offer offered) noexcept override {
    forget();
    return offered.has(kind::plain) ? errc::none : errc::auth_unavailable;
  }
  kind selected() const noexcept override { return kind::plain; }
  bool reveals_secret() const noexcept override { return true; }

  std::size_t initial_response() const noexcept override {
    return parts_[0].text().size() + 1 + parts_[1].text().size() + 1 + parts_[2].text().size();
  }

  void challenge(std::span<const char>) noexcept override {}

  // The one message is the initial response; a server that asks for more is not doing PLAIN.
  errc respond() noexcept override { return errc::bad_challenge; }

  // authorization NUL user name NUL password
  io_result read_some(std::span<char> out) noexcept override {
    std::size_t written = 0;
    while (written < out.size()) {
      const std::string_view part = parts_[part_].text();
      if (position_ < part.size()) {
        out[written++] = part[position_++];
      } else if (part_ + 1 < std::size(parts_)) {
        out[written++] = '\0';
        ++part_;
        position_ = 0;
      } else {
        break;
      }
    }
    return written > 0 ? io_result::moved(written) : io_status::closed;
  }

  errc accept() noexcept override { return errc::none; }
  void forget() noexcept override { part_ = position_ = 0; }

 private:
  credential parts_[3];
  std::size_t part_ = 0;      // where reading stands ...
  std::size_t position_ = 0;  // ... and within that part
};

}  // namespace mailmote::sasl

// ---- <mailmote/channel_binding.hpp> ----

// channel_binding.hpp: what ties a login to the TLS connection that it goes through.
//
// Knows:          RFC 5056: octets that both ends know, and that differ on any other connection.
// Does not know:  how a TLS library finds them (wolfssl::channel_binding does).
// Bounds:         `max_channel_binding` octets.

namespace mailmote {

inline constexpr std::size_t max_channel_binding = 64;  // a certificate's hash by SHA-512

struct channel_binding {
  // Its registered name: "tls-exporter" (RFC 9266) or "tls-server-end-point" (RFC 5929).
  virtual std::string_view name() const noexcept = 0;

  // Writes it to `out`, which has max_channel_binding octets, and says how many it has. 0: this
  // connection has none.
  virtual std::size_t read(std::span<char> out) noexcept = 0;

 protected:
  constexpr channel_binding() = default;
  constexpr channel_binding(const channel_binding&) = default;
  constexpr channel_binding& operator=(const channel_binding&) = default;
  ~channel_binding() = default;  // never deleted through this type
};

}  // namespace mailmote

// ---- <mailmote/random.hpp> ----

// random.hpp: where octets come from that nobody can foresee.
//
// Knows:          that there may be none yet.
// Does not know:  which generator makes them (wolfssl::random is one).
// Bounds:         none.

namespace mailmote {

struct random_source {
  // Fills `out`; false when that cannot be done.
  virtual bool fill(std::span<char> out) noexcept = 0;

 protected:
  constexpr random_source() = default;
  constexpr random_source(const random_source&) = default;
  constexpr random_source& operator=(const random_source&) = default;
  ~random_source() = default;  // never deleted through this type
};

}  // namespace mailmote

// ---- <mailmote/sasl/scram_challenge.hpp> ----

// scram_challenge.hpp: what a SCRAM server's messages say.
//
// Knows:          the grammar of RFC 5802 section 7, and which count of iterations is too small.
// Does not know:  whose nonce, salt or signature that is.
// Bounds:         looks at the text where it is; no copy.

namespace mailmote::sasl {

inline constexpr std::uint32_t min_iterations = 4096;  // RFC 5802 section 5.1, RFC 7677 section 4

// Takes `name=value` and the comma behind it off the beginning. Empty: it is not there, or is empty.
constexpr std::string_view take_attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') return {};
  std::size_t end = 2;
  while (end < rest.size() && rest[end] != ',') ++end;
  const std::string_view value{rest.data() + 2, end - 2};
  rest.remove_prefix(end < rest.size() ? end + 1 : end);
  return value;
}

// The server's first message.
struct scram_challenge {
  std::string_view nonce{};  // both sides'
  std::string_view salt{};   // in base64
  std::uint32_t iterations = 0;
};

// A positive number into `n`, or bad_challenge; auth_iterations for one that does not fit.
constexpr errc parse_count(std::string_view text, std::uint32_t& n) {
  constexpr std::uint32_t largest = 429'496'728;  // of those that any digit may follow in 32 bits
  n = 0;
  bool fits = true;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return errc::bad_challenge;
    fits = fits && n <= largest;
    n = n * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (text.empty() || text[0] == '0') return errc::bad_challenge;
  return fits ? errc::none : errc::auth_iterations;
}

// An extension that must be understood (`m=`) comes first, and so is none of these; what follows the count
// is no concern of ours.
constexpr errc parse(std::string_view message, std::uint32_t max_iterations,
                     scram_challenge& found) {
  found.nonce = take_attribute(message, 'r');
  found.salt = take_attribute(message, 's');
  if (found.nonce.empty() || found.salt.empty()) return errc::bad_challenge;
  const errc bad = parse_count(take_attribute(message, 'i'), found.iterations);
  if (bad != errc::none) return bad;
  const bool is_sane = found.iterations >= min_iterations && found.iterations <= max_iterations;
  return is_sane ? errc::none : errc::auth_iterations;
}

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/pbkdf2.hpp> ----

// pbkdf2.hpp: makes a password costly to guess, in slices of work that a device can afford at a time.
//
// Knows:          RFC 8018 section 5.2, of which SCRAM needs the first block (RFC 5802's Hi).
// Does not know:  which hash function, or who wants how many iterations.
// Bounds:         two digests and a counter; one HMAC an iteration.

namespace mailmote::sasl {

template <hash Hash>
class pbkdf2 {
 public:
  using digest = typename hmac<Hash>::digest;

  // The password is the key of `mac`, here and below, and `salted` is a message of it: the salt.
  // `iterations` is 1 or more, and the first of them is done.
  void begin(const hmac<Hash>& mac, Hash& salted, std::uint32_t iterations) noexcept {
    constexpr char first_block[] = {0, 0, 0, 1};
    salted.update(first_block);
    is_sound_ = mac.finish(salted, last_);
    sum_ = last_;
    rest_ = iterations - 1;
  }

  // Does at most so many iterations more; true once the result is there.
  bool run(const hmac<Hash>& mac, std::uint32_t at_most) noexcept {
    for (; rest_ > 0 && at_most > 0; --rest_, --at_most) {
      is_sound_ = mac.of(last_, last_) && is_sound_;
      for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] = static_cast<char>(sum_[i] ^ last_[i]);
    }
    return rest_ == 0;
  }

  const digest& result() const noexcept { return sum_; }
  bool is_sound() const noexcept { return is_sound_; }  // the hash function has not failed

  void forget() noexcept {
    wipe(last_);
    wipe(sum_);
    rest_ = 0;
  }

 private:
  digest last_{};
  digest sum_{};
  std::uint32_t rest_ = 0;  // iterations to be done
  bool is_sound_ = true;
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/scram_keys.hpp> ----

// scram_keys.hpp: what SCRAM needs of a password, and all that a device must have of it.
//
// Knows:          RFC 5802 section 3: ClientKey and ServerKey, made of a salted password.
// Does not know:  where they are kept. Whoever has them can log in as the user, but does not have the
//                 password.
// Bounds:         a salt of at most `max_scram_salt` octets.

namespace mailmote::sasl {

inline constexpr std::size_t max_scram_salt = 64;  // of keys that are kept; servers have 12 to 32

// They are of one user, one password, one salt and one count. Without iterations they are none.
template <hash Hash>
struct scram_keys {
  using digest = typename hmac<Hash>::digest;

  std::array<char, max_scram_salt> salt{};
  std::size_t salt_size = 0;
  std::uint32_t iterations = 0;
  digest client_key{};
  digest server_key{};

  // All the work at once: for a workshop, not for a device. A password with letters outside ASCII has
  // been prepared (RFC 4013). None for a salt over the bound, a count of 0, or where the hash fails.
  static scram_keys derive(std::string_view password, std::span<const char> salt,
                           std::uint32_t iterations) noexcept {
    scram_keys keys;
    if (salt.size() > max_scram_salt || iterations == 0) return keys;
    for (const char c : salt) keys.salt[keys.salt_size++] = c;
    keys.iterations = iterations;
    hmac<Hash> mac{password};
    pbkdf2<Hash> work;
    Hash salted = mac.begin();
    salted.update(salt);
    work.begin(mac, salted, iterations);
    work.run(mac, iterations);
    const bool is_sound = make(mac, work.result(), keys.client_key, keys.server_key);
    if (!is_sound || !work.is_sound()) keys = {};
    work.forget();
    mac.forget();
    return keys;
  }

  // The two keys of a salted password, which becomes the key of `mac`.
  [[nodiscard]] static bool make(hmac<Hash>& mac, const digest& salted_password, digest& client_key,
                                 digest& server_key) noexcept {
    mac.set_key(salted_password);
    return mac.of(std::string_view{"Client Key"}, client_key) &&
           mac.of(std::string_view{"Server Key"}, server_key);
  }
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/scram_messages.hpp> ----

// scram_messages.hpp: the texts of one SCRAM exchange, written into a buffer of any size.
//
// Knows:          RFC 5802 sections 5 and 7, the flags of channel binding in section 6, which of a hash
//                 function's two mechanisms that makes it.
// Does not know:  hash functions, keys.
// Bounds:         the server's message is held whole, as it is part of what is proven:
//                 `max_scram_message` octets. The client's are made anew whenever they are needed.

namespace mailmote::sasl {

inline constexpr std::size_t max_scram_message = 512;  // of the server's
inline constexpr std::size_t scram_nonce_octets = 18;  // 24 characters, without padding

class scram_messages {
 public:
  constexpr scram_messages(credential username, credential authorization, channel_binding* binding)
      : username_{username}, authorization_{authorization}, binding_{binding} {}

  // A new exchange by the mechanism `unbound`, or its neighbour with channel binding.
  errc begin(offer offered, kind unbound, random_source& random, std::size_t nonce_octets) {
    bound_size_ = binding_ == nullptr ? 0 : binding_->read(bound_);
    is_bound_ = bound_size_ > 0 && offered.has(bound(unbound));
    has_other_ = is_bound_ && offered.has(unbound);
    if (!is_bound_ && !offered.has(unbound)) return errc::auth_unavailable;
    return make_nonce(random, nonce_octets) ? errc::none : errc::auth_no_random;
  }

  // The server does not bind, though it has offered to: once more without, where it has offered that
  // too. Not by `y`, which would say that it never did.
  bool unbind(random_source& random, std::size_t nonce_octets) {
    if (!has_other_) return false;
    wipe(bound_);
    bound_size_ = 0;
    is_bound_ = has_other_ = false;
    return make_nonce(random, nonce_octets);
  }

  bool is_bound() const { return is_bound_; }
  static constexpr kind bound(kind unbound) {
    return static_cast<kind>(static_cast<unsigned>(unbound) + 1);
  }
  constexpr credential username() const { return username_; }
  constexpr credential authorization() const { return authorization_; }

  // The nonce in the message that was heard, which begins with it: false where it is not ours and more.
  bool take_nonce(std::string_view nonce) {
    both_size_ = nonce.size();
    bool begins_with_ours = both_size_ > nonce_size_;
    for (std::size_t i = 0; i < nonce_size_ && begins_with_ours; ++i) {
      begins_with_ours = nonce[i] == nonce_[i];
    }
    return begins_with_ours;
  }

  // The server's message, as far as there is room.
  void hear(std::span<const char> octets) {
    for (const char c : octets) {
      if (heard_ < message_.size()) message_[heard_] = c;
      if (heard_ <= message_.size()) ++heard_;
    }
  }
  bool is_too_long() const { return heard_ > message_.size(); }
  std::string_view heard() const {
    return {message_.data(), is_too_long() ? message_.size() : heard_};
  }
  void forget_heard() { heard_ = 0; }

  void put_first(text::piece_writer& out) const {
    put_header(out);
    put_first_bare(out);
  }

  // Here and below, the server's nonce was taken.
  void put_final(text::piece_writer& out, std::span<const char> proof) const {
    put_final_without_proof(out);
    out.put(",p=");
    put_base64(out, proof);
  }

  // What both sides sign: AuthMessage.
  void put_signed(text::piece_writer& out) const {
    put_first_bare(out);
    out.put(',');
    out.put(heard());
    out.put(',');
    put_final_without_proof(out);
  }

  void forget() {
    wipe(message_);
    wipe(bound_);
    wipe(nonce_);
    heard_ = bound_size_ = nonce_size_ = both_size_ = 0;
  }

 private:
  bool make_nonce(random_source& random, std::size_t octets) {
    std::array<char, scram_nonce_octets> made{};
    const std::span<char> used = std::span{made}.first(octets);
    if (!random.fill(used)) return false;
    nonce_size_ = text::base64_encoder{}.encode(used, nonce_);
    return true;
  }

  // A name that may have the commas and equals signs of the grammar.
  static void put_name(text::piece_writer& out, std::string_view name) {
    for (const char c : name) {
      if (c == '=') {
        out.put("=3D");
      } else if (c == ',') {
        out.put("=2C");
      } else {
        out.put(c);
      }
    }
  }

  // Of all octets there are, or of the next groups of three.
  static void put_base64(text::piece_writer& out, std::span<const char> octets) {
    text::base64_encoder encoder;
    std::array<char, 4> group;
    for (const char& octet : octets) {
      if (encoder.encode({&octet, 1}, group) > 0) out.put({group.data(), group.size()});
    }
    if (encoder.finish(group) > 0) out.put({group.data(), group.size()});
  }

  // The gs2-header. `y`: we could bind, and it seems that the server cannot. If it can, somebody has
  // changed its offer on the way.
  void put_header(text::piece_writer& out) const {
    if (is_bound_) {
      out.put("p=");
      out.put(binding_->name());
    } else {
      out.put(bound_size_ > 0 ? 'y' : 'n');
    }
    out.put(',');
    if (!authorization_.empty()) out.put("a=");
    put_name(out, authorization_.text());
    out.put(',');
  }

  void put_first_bare(text::piece_writer& out) const {
    out.put("n=");
    put_name(out, username_.text());
    out.put(",r=");
    out.put({nonce_.data(), nonce_size_});
  }

  void put_final_without_proof(text::piece_writer& out) const {
    out.put("c=");
    std::array<char, 24> room;
    std::size_t done = 0;
    for (bool is_complete = false; !is_complete;) {
      text::piece_writer piece{room, done};
      put_header(piece);
      if (is_bound_) piece.put({bound_.data(), bound_size_});
      put_base64(out, std::span{room}.first(piece.written()));
      done += piece.written();
      is_complete = piece.complete();
    }
    out.put(",r=");
    out.put({message_.data() + 2, both_size_});  // behind `r=`
  }

  credential username_;
  credential authorization_;
  channel_binding* binding_;
  std::size_t bound_size_ = 0;
  std::size_t nonce_size_ = 0;  // of our nonce
  std::size_t both_size_ = 0;   // of both sides'
  std::size_t heard_ = 0;       // octets; one more than there is room for stands for any number
  bool is_bound_ = false;
  bool has_other_ = false;  // the server offers the same without binding
  std::array<char, text::base64_length(scram_nonce_octets)> nonce_{};
  std::array<char, max_channel_binding> bound_{};
  std::array<char, max_scram_message> message_{};
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/scram_proof.hpp> ----

// scram_proof.hpp: what each side of SCRAM shows of the keys, made of a password or of the keys themselves.
//
// Knows:          RFC 5802 section 3: SaltedPassword, ClientProof, ServerSignature.
// Does not know:  how the messages come and go.
// Bounds:         the work on a password is done in slices; of what is made, each key takes the place of
//                 what it was made of.

namespace mailmote::sasl {

template <hash Hash>
class scram_proof {
 public:
  using digest = typename hmac<Hash>::digest;

  // The work on a password: `begin` gives the hash that takes the salt.
  Hash begin(std::string_view password) noexcept {
    is_sound_ = true;
    mac_.set_key(password);
    return mac_.begin();
  }
  void derive(Hash& salted, std::uint32_t iterations) noexcept {
    work_.begin(mac_, salted, iterations);
  }
  // At most so many iterations; true once the keys are there, and in `keep`, which may be null.
  bool run(std::uint32_t at_most, scram_keys<Hash>* keep) noexcept {
    if (!work_.run(mac_, at_most)) return false;
    is_sound_ =
        scram_keys<Hash>::make(mac_, work_.result(), proof_, signature_) && work_.is_sound();
    work_.forget();
    if (keep != nullptr) {
      keep->client_key = proof_;
      keep->server_key = signature_;
    }
    return true;
  }

  // The keys are known.
  void use(const scram_keys<Hash>& keys) noexcept {
    is_sound_ = true;
    proof_ = keys.client_key;
    signature_ = keys.server_key;
  }

  // Makes of the keys our proof and the server's signature.
  void sign(const scram_messages& messages) noexcept {
    Hash work{};
    work.update(proof_);
    digest made;
    is_sound_ = work.finish(made) && is_sound_;  // StoredKey
    sign(messages, made, work);
    for (std::size_t i = 0; i < made.size(); ++i) {
      proof_[i] = static_cast<char>(proof_[i] ^ made[i]);
    }
    sign(messages, signature_, work);
    mac_.forget();
    wipe(made);
  }

  // Whether the hash function has not failed. If it has, the proof may be the key itself, and the
  // signature one that anybody knows: neither may be used.
  bool is_sound() const noexcept { return is_sound_; }

  const digest& client_proof() const noexcept { return proof_; }

  // Whether this is the server's signature, in a time that does not tell how much of it is right.
  // errc::none, auth_server_unproven, or bad_challenge where it is no base64.
  errc verify(std::string_view base64) const noexcept {
    text::base64_decoder decoder;
    std::size_t size = 0;
    int difference = 0;
    for (const char c : base64) {
      char octet = 0;
      if (decoder.decode(c, octet) <= 0) continue;
      if (size < signature_.size()) difference |= octet ^ signature_[size];
      ++size;
    }
    if (!decoder.complete() || size == 0) return errc::bad_challenge;
    const bool is_right = size == signature_.size() && difference == 0;
    return is_right ? errc::none : errc::auth_server_unproven;
  }

  void forget() noexcept {
    mac_.forget();
    work_.forget();
    wipe(proof_);
    wipe(signature_);
  }

 private:
  // A key becomes its signature.
  void sign(const scram_messages& messages, digest& key, Hash& message) noexcept {
    mac_.set_key(key);
    message = mac_.begin();
    std::array<char, 32> room;
    std::size_t done = 0;
    for (bool is_complete = false; !is_complete;) {
      text::piece_writer writer{room, done};
      messages.put_signed(writer);
      message.update(std::span{room}.first(writer.written()));
      done += writer.written();
      is_complete = writer.complete();
    }
    is_sound_ = mac_.finish(message, key) && is_sound_;
  }

  hmac<Hash> mac_{};
  pbkdf2<Hash> work_{};
  digest proof_{};      // ClientKey, and then ClientProof
  digest signature_{};  // ServerKey, and then ServerSignature
  bool is_sound_ = true;
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/scram.hpp> ----

// scram.hpp: the login in which both sides prove that they know the password, and neither shows it.
//
//   C: n=user, our nonce
//   S: both nonces, salt, count     -> the keys, in slices of work; none where they are known already
//   C: the binding, both nonces, proof
//   S: its signature                -> verified, or no login
//   C: (nothing)
//
// Knows:          RFC 5802, 7677; by way of a channel_binding RFC 9266 and 5929.
// Does not know:  hash functions, TLS, or where keys are kept.
// Bounds:         one call does `iterations_per_slice` iterations at most. The server's message is held
//                 (scram_messages.hpp), and two states of the hash function.

namespace mailmote::sasl {

inline constexpr std::uint32_t iterations_per_slice = 64;

// Where an exchange stands.
enum class scram_step : std::uint8_t {
  none,
  first,     // our first message is said, and the server's awaited
  deriving,  // the keys are worked out
  signing,   // they are there
  final,     // our proof is said, and the server's signature awaited
  proven,    // the signature is right
  refused,   // the server has said that it will refuse
};

template <hash Hash>
struct scram_options {
  channel_binding* binding = nullptr;  // ties the login to the TLS connection, where there is one
  credential authorization{""};        // the identity to act as; empty: the user's own
  // The work that a server may ask for. Keys that are known cost none, and may be of more.
  std::uint32_t max_iterations = 100'000;

  // Where the keys are kept for the next connection, which then has no work. They are valid (have
  // iterations) once the server has shown that they are right; they are the caller's to wipe.
  scram_keys<Hash>* remember = nullptr;
};

// The strings, the keys and what the options name are referred to, and must live until the client has
// finished. `NonceOctets` is for examples whose nonce is shorter.
template <hash Hash, std::size_t NonceOctets = scram_nonce_octets>
class scram final : public mechanism {
  static_assert(Hash::size == 20 || Hash::size == 32, "SCRAM is defined with SHA-1 and SHA-256");
  static_assert(NonceOctets % 3 == 0 && NonceOctets <= scram_nonce_octets);

 public:
  constexpr scram(credential username, credential password, random_source& random,
                  const scram_options<Hash>& options = {})
      : known_{options.remember},
        remember_{options.remember},
        random_{random},
        max_iterations_{options.max_iterations},
        password_{password},
        messages_{username, options.authorization, options.binding} {}

  // By keys that were derived elsewhere: the device has no password. `remember` is not used.
  constexpr scram(credential username, const scram_keys<Hash>& keys, random_source& random,
                  const scram_options<Hash>& options = {})
      : known_{&keys},
        random_{random},
        max_iterations_{options.max_iterations},
        messages_{username, options.authorization, options.binding} {}

  errc check() const noexcept override {
    const credential username = messages_.username();
    if (username.empty()) return errc::bad_username;
    if (const errc bad = username.check(errc::bad_username); bad != errc::none) return bad;
    if (has_password() && password_.empty()) return errc::bad_password;
    if (const errc bad = password_.check(errc::bad_password); bad != errc::none) return bad;
    return messages_.authorization().check(errc::bad_authorization);
  }

  errc select(offer offered) noexcept override {
    forget();
    const errc bad = messages_.begin(offered, unbound, random_, NonceOctets);
    if (bad == errc::none) step_ = step::first;
    return bad;
  }

  bool select_next() noexcept override {
    step_ = step::first;
    return messages_.unbind(random_, NonceOctets);
  }
  kind selected() const noexcept override {
    return messages_.is_bound() ? scram_messages::bound(unbound) : unbound;
  }
  bool reveals_secret() const noexcept override { return false; }

  std::size_t initial_response() const noexcept override {
    text::piece_writer counted{{}, no_initial_response};
    messages_.put_first(counted);
    return no_initial_response - counted.to_skip();
  }

  void challenge(std::span<const char> octets) noexcept override { messages_.hear(octets); }

  errc respond() noexcept override {
    if (messages_.is_too_long()) return errc::challenge_too_long;
    said_ = 0;
    if (step_ == step::first) return begin_proof();
    if (step_ == step::final) return verify();
    return errc::bad_challenge;
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (step_ == step::deriving) {
      if (proof_.run(iterations_per_slice, remember_)) step_ = step::signing;
      return io_status::want_write;
    }
    if (step_ == step::signing) {
      proof_.sign(messages_);
      if (!proof_.is_sound()) return io_status::failed;
      step_ = step::final;
    }
    text::piece_writer writer{out, said_};
    if (step_ == step::first) messages_.put_first(writer);
    if (step_ == step::final) messages_.put_final(writer, proof_.client_proof());
    if (writer.written() == 0) {
      messages_.forget_heard();  // the next is another message
      return io_status::closed;
    }
    said_ += writer.written();
    return io_result::moved(writer.written());
  }

  errc accept() noexcept override {
    return step_ == step::proven ? errc::none : errc::auth_server_unproven;
  }

  void forget() noexcept override {
    step_ = step::none;
    said_ = iterations_ = 0;
    messages_.forget();
    proof_.forget();
  }

 private:
  using step = scram_step;

  static constexpr kind unbound = Hash::size == 20 ? kind::scram_sha_1 : kind::scram_sha_256;

  bool has_password() const { return known_ == nullptr || known_ == remember_; }

  errc begin_proof() {
    scram_challenge said;
    const std::uint32_t of_known = known_ != nullptr ? known_->iterations : 0;
    const errc bad = parse(messages_.heard(), std::max(max_iterations_, of_known), said);
    if (bad != errc::none) return bad;
    if (!messages_.take_nonce(said.nonce)) return errc::bad_challenge;
    iterations_ = said.iterations;
    return take_salt(said.salt);
  }

  errc take_salt(std::string_view base64) {
    bool is_known = known_ != nullptr && known_->iterations == iterations_;
    if (remember_ != nullptr) remember_->iterations = 0;  // until they are proven, again
    const std::size_t size = read_salt(base64, is_known, nullptr);
    if (size == 0) return errc::bad_challenge;
    if (is_known && size == known_->salt_size) {
      proof_.use(*known_);
      step_ = step::signing;
      return errc::none;
    }
    if (!has_password()) return errc::auth_keys_stale;
    Hash salted = proof_.begin(password_.text());
    (void)read_salt(base64, is_known, &salted);
    if (remember_ != nullptr) remember_->salt_size = size <= max_scram_salt ? size : 0;
    proof_.derive(salted, iterations_);
    step_ = step::deriving;
    return errc::none;
  }

  // How many octets the salt has, or 0 where it is none. `is_known` does not stay if they differ from the
  // known keys'; a hash, if there is one, takes them, and a copy is made to keep with the keys.
  std::size_t read_salt(std::string_view base64, bool& is_known, Hash* into) {
    text::base64_decoder decoder;
    std::size_t size = 0;
    for (const char c : base64) {
      char octet = 0;
      if (decoder.decode(c, octet) <= 0) continue;
      is_known = is_known && size < known_->salt_size && known_->salt[size] == octet;
      if (into != nullptr) into->update({&octet, 1});
      if (into != nullptr && remember_ != nullptr && size < max_scram_salt) {
        remember_->salt[size] = octet;
      }
      ++size;
    }
    return decoder.complete() ? size : 0;
  }

  errc verify() {
    step_ = step::refused;
    std::string_view said = messages_.heard();
    if (!take_attribute(said, 'e').empty()) return errc::none;  // the reply will say it again
    const errc bad = proof_.verify(take_attribute(said, 'v'));
    if (bad != errc::none) return bad;
    step_ = step::proven;
    if (remember_ != nullptr && remember_->salt_size > 0) remember_->iterations = iterations_;
    return errc::none;
  }

  step step_ = step::none;
  std::size_t said_ = 0;  // octets of our message
  const scram_keys<Hash>* known_;
  scram_keys<Hash>* remember_ = nullptr;
  std::uint32_t iterations_ = 0;
  random_source& random_;
  std::uint32_t max_iterations_;
  credential password_{""};
  scram_proof<Hash> proof_{};
  scram_messages messages_;
};

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/strongest.hpp> ----

// strongest.hpp: the best login of several that a server offers.
//
// Knows:          which mechanism is stronger than which, and that a server may not do what it offers.
// Does not know:  passwords: which of its logins is refused for one is the session's to tell, and then
//                 nothing else is tried.
// Bounds:         `max_logins` logins, each referred to; all of them that are offered are begun, and
//                 one goes on.

namespace mailmote::sasl {

// The strongest first: who shows no secret at all; who proves the server and the connection; who
// proves the server; who shows a token, which is good for a while and for some things only; who shows
// nothing to a listener, but lets him guess fast; who shows the password.
inline constexpr kind by_strength[] = {
    kind::external,      kind::scram_sha_256_plus, kind::scram_sha_1_plus,
    kind::scram_sha_256, kind::scram_sha_1,        kind::oauthbearer,
    kind::xoauth2,       kind::cram_md5,           kind::plain,
    kind::login};

// 0 is the strongest.
constexpr std::size_t rank(kind k) {
  std::size_t place = 0;
  while (place < std::size(by_strength) && by_strength[place] != k) ++place;
  return place;
}

// All of it that does not depend on how many there are.
class choice : public mechanism {
 public:
  static constexpr std::size_t max_logins = 16;

  // Each has to be fit, as it is not known which one it will be.
  errc check() const noexcept final {
    errc bad = errc::none;
    for (std::size_t i = 0; i < size_ && bad == errc::none; ++i) bad = list_[i]->check();
    return bad;
  }

  // One that is offered and fails is not made up for by a weaker one: where there is none as strong,
  // the answer is why it fails.
  errc select(offer offered) noexcept final {
    errc why = errc::auth_unavailable;
    candidates_ = 0;
    chosen_ = 0;
    weakest_ = std::size(by_strength);
    for (std::size_t i = 0; i < size_; ++i) {
      const errc bad = list_[i]->select(offered);
      const std::size_t place = rank(list_[i]->selected());
      if (bad == errc::none) {
        candidates_ = static_cast<std::uint16_t>(candidates_ | bit(i));
      } else if (bad != errc::auth_unavailable && place < weakest_) {
        why = bad;
        weakest_ = static_cast<std::uint8_t>(place);
      }
    }
    return choose() ? errc::none : why;
  }

  // The chosen one may know another way itself; or else it is set aside.
  bool select_next() noexcept final {
    if (chosen().select_next()) return true;
    mechanism& unavailable = chosen();
    candidates_ = static_cast<std::uint16_t>(candidates_ & ~bit(chosen_));
    if (!choose()) return false;
    unavailable.forget();
    return true;
  }

  kind selected() const noexcept final { return chosen().selected(); }
  bool reveals_secret() const noexcept final { return chosen().reveals_secret(); }
  std::size_t initial_response() const noexcept final { return chosen().initial_response(); }
  void challenge(std::span<const char> octets) noexcept final { chosen().challenge(octets); }
  errc respond() noexcept final { return chosen().respond(); }
  io_result read_some(std::span<char> out) noexcept final { return chosen().read_some(out); }
  errc accept() noexcept final { return chosen().accept(); }
  errc refusal() const noexcept final { return chosen().refusal(); }
  std::string_view server_text() const noexcept final { return chosen().server_text(); }

  void forget() noexcept final {
    for (std::size_t i = 0; i < size_; ++i) list_[i]->forget();
    candidates_ = 0;
  }

  choice(const choice&) = delete;
  choice& operator=(const choice&) = delete;

 protected:
  constexpr choice(mechanism* const* list, std::size_t size)
      : list_{list}, size_{static_cast<std::uint8_t>(size)} {}
  ~choice() = default;  // never deleted through this type

 private:
  static constexpr unsigned bit(std::size_t i) { return 1u << i; }
  mechanism& chosen() const { return *list_[chosen_]; }

  // Of the candidates that are left; of two that are equal, the one that was given first.
  bool choose() {
    const std::size_t none = weakest_ + std::size_t{1};
    std::size_t best = none;
    for (std::size_t i = 0; i < size_; ++i) {
      if ((candidates_ & bit(i)) == 0 || rank(list_[i]->selected()) >= best) continue;
      best = rank(list_[i]->selected());
      chosen_ = static_cast<std::uint8_t>(i);
    }
    return best < none;
  }

  mechanism* const* list_;
  std::uint16_t candidates_ = 0;  // those begun that were not set aside
  std::uint8_t size_;
  std::uint8_t chosen_ = 0;
  std::uint8_t weakest_ = 0;  // the rank of the strongest that failed: nothing weaker is chosen
};

template <class M>
concept login_to_choose = std::derived_from<M, mechanism> && !std::is_const_v<M>;

// strongest login{scram, cram, plain}; the logins are referred to, in any order, and must live until
// the client has finished.
template <std::size_t N>
class strongest final : public choice {
  static_assert(N <= max_logins, "strongest chooses among at most 16 logins");

 public:
  template <login_to_choose... M>
  requires(sizeof...(M) == N) constexpr explicit strongest(M&... logins)
      : choice{list_, N}, list_{&logins...} {}

 private:
  mechanism* list_[N];
};

template <login_to_choose... M>
strongest(M&...) -> strongest<sizeof...(M)>;

}  // namespace mailmote::sasl

// ---- <mailmote/sasl/xoauth2.hpp> ----

// xoauth2.hpp: the login with an OAuth token as Google's and Microsoft's servers have it.
//
// Knows:          Google's "XOAUTH2 Protocol": how the response opens, and that the server's reasons
//                 are answered with an empty line.
// Does not know:  the rest, which is bearer.hpp's.
// Bounds:         bearer.hpp's.

namespace mailmote::sasl {

// Strings and source are referred to, and must live until the client has finished. A source has the
// token and no line end behind it, and begins again for each exchange.
class xoauth2 final : public bearer {
 public:
  constexpr xoauth2(credential username, std::string_view token)
      : bearer{kind::xoauth2, username, token} {}
  constexpr xoauth2(credential username, body_source& token)
      : bearer{kind::xoauth2, username, token} {}

  errc check() const noexcept override {
    const errc bad = username().check_needed(errc::bad_username);
    return bad != errc::none ? bad : check_token();
  }

 private:
  void put_opening(text::piece_writer& out) const noexcept override {
    out.put("user=");
    out.put(username().text());
    out.put("\1auth=Bearer ");
  }
  void put_answer(text::piece_writer&) const noexcept override {}
};

}  // namespace mailmote::sasl

// ---- <mailmote/text/xtext.hpp> ----

// xtext.hpp: how a text is written as the value of a parameter.
//
// Knows:          xtext (RFC 3461 section 4), and its kin for addresses that are not ASCII: the
//                 utf-8-addr-unitext of RFC 6533 section 3.
// Does not know:  which parameters are written so, or how long they may be.
// Bounds:         no buffer; at most 3 octets for one of ASCII in xtext, 6 in unitext.

namespace mailmote::text {

enum class xtext_form : std::uint8_t {
  ascii,    // xtext: what is not printable ASCII becomes +XX, and so do + and =
  unitext,  // what is not ASCII stays; \x{XX} is for the others, and for the backslash
};

constexpr bool stays_in_xtext(char c, xtext_form form) {
  if (ascii::is_non_ascii(c)) return form == xtext_form::unitext;
  const bool is_special = c == '+' || c == '=' || (c == '\\' && form == xtext_form::unitext);
  return c != ' ' && !ascii::is_control(c) && !is_special;
}

constexpr std::size_t xtext_length(std::string_view s, xtext_form form) {
  const std::size_t escaped = form == xtext_form::ascii ? 3 : 6;
  std::size_t length = 0;
  for (const char c : s) length += stays_in_xtext(c, form) ? 1 : escaped;
  return length;
}

constexpr void put_xtext(piece_writer& out, std::string_view s, xtext_form form) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : s) {
    if (stays_in_xtext(c, form)) {
      out.put(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.put(form == xtext_form::ascii ? "+" : "\\x{");
    out.put(digits[octet >> 4]);
    out.put(digits[octet & 15u]);
    if (form == xtext_form::unitext) out.put('}');
  }
}

}  // namespace mailmote::text

// ---- <mailmote/smtp/dsn.hpp> ----

// dsn.hpp: what the sender wants to hear of each recipient's delivery.
//
// Knows:          RFC 3461: RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT; RFC 6533 section 3, an
//                 original recipient outside ASCII.
// Does not know:  what such a notification looks like when it comes.
// Bounds:         refers to the envelope id; `max_envelope_id` and `max_original_recipient` as sent.

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

// ---- <mailmote/smtp/other_parameters.hpp> ----

// other_parameters.hpp: parameters of MAIL and RCPT that mailmote has no name for.
//
// Knows:          the grammar of RFC 5321 4.1.2 (esmtp-param) and 4.1.1.1 (ehlo-keyword).
// Does not know:  what a parameter means: BY of RFC 2852, HOLDFOR of RFC 4865, MT-PRIORITY of
//                 RFC 6710, AUTH of RFC 4954, or your server's own.
// Bounds:         refers to a list and its strings; `max_parameter` octets for each parameter.

namespace mailmote {

// RFC 5321 4.5.3.1.4 lets an extension make its command longer; none adds more to it than this
// (RFC 3461, RFC 4954 section 3).
inline constexpr std::size_t max_parameter = 500;

enum class parameter_of : std::uint8_t { mail, rcpt };  // every RCPT

struct esmtp_parameter {
  // Of the extension, as the server offers it: one that mailmote knows, or one of
  // settings.other_extensions.
  std::string_view keyword{};

  // All of it, as it is sent: "SOLICIT=org.example:ADV:ADLT", or a word alone.
  std::string_view text{};

  parameter_of of = parameter_of::mail;

  bool optional = false;  // left out where the server does not offer the extension
};

namespace smtp {

constexpr bool is_ehlo_keyword(std::string_view s) {
  if (s.empty() || s.size() > max_keyword || s.front() == '-') return false;
  for (const char c : s) {
    if (!ascii::is_alphanumeric(c) && c != '-') return false;
  }
  return true;
}

// The name, and with a `=` at least one octet of value behind it.
constexpr bool is_esmtp_parameter(std::string_view s) {
  if (s.empty() || s.size() > max_parameter || s.front() == '-' || s.back() == '=') return false;
  bool within_value = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (within_value) {
      if (!ascii::is_printable(c) || c == ' ' || c == '=') return false;
    } else if (c == '=' && i > 0) {
      within_value = true;
    } else if (!ascii::is_alphanumeric(c) && c != '-') {
      return false;
    }
  }
  return true;
}

constexpr bool is_extension_list(std::string_view s) {
  std::size_t rest = s.size();  // octets from the word at hand on
  for (std::size_t words = 0; rest > 0; ++words) {
    const std::string_view word = text::word_list{s}[words];
    if (words == max_other_extensions || !is_ehlo_keyword(word)) return false;
    rest -= word.size();
    if (rest == 1) return false;  // a space at the end
    if (rest > 0) --rest;
  }
  return true;
}

}  // namespace smtp

// const mailmote::esmtp_parameter list[] = {{.keyword = "DELIVERBY", .text = "BY=120;R"}};
class other_parameters final : public esmtp_parameters {
 public:
  constexpr explicit other_parameters(std::span<const esmtp_parameter> list) : list_{list} {}
  template <std::size_t N>
  explicit other_parameters(const esmtp_parameter (&&)[N]) = delete;  // would dangle

  errc check(const settings& with, const envelope&) const noexcept override {
    if (!smtp::is_extension_list(with.other_extensions)) return errc::bad_extension_list;
    const smtp::capabilities sought{.other_keywords = with.other_extensions};
    for (const esmtp_parameter& one : list_) {
      if (!smtp::is_esmtp_parameter(one.text) || is_reserved(one.text)) return errc::bad_parameter;
      if (!sought.knows(one.keyword)) return errc::unlisted_extension;
    }
    return errc::none;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept override {
    for (const esmtp_parameter& one : list_) {
      if (!one.optional && !offered.offers(one.keyword)) return one.keyword;
    }
    return {};
  }

  void put_mail(text::piece_writer& out,
                const smtp::capabilities& offered) const noexcept override {
    put(out, offered, parameter_of::mail);
  }

  void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered, std::size_t,
                std::string_view) const noexcept override {
    put(out, offered, parameter_of::rcpt);
  }

 private:
  // What the engine says by itself, where it is true; and what is asked for in another way.
  static constexpr bool is_reserved(std::string_view parameter) {
    constexpr text::word_list words{"SIZE BODY SMTPUTF8 REQUIRETLS"};
    std::size_t name = 0;
    while (name < parameter.size() && parameter[name] != '=') ++name;
    return words.find({parameter.data(), name}) != text::word_list::none;
  }

  void put(text::piece_writer& out, const smtp::capabilities& offered, parameter_of what) const {
    for (const esmtp_parameter& one : list_) {
      if (one.of != what || !offered.offers(one.keyword)) continue;
      out.put(' ');
      out.put(one.text);
    }
  }

  std::span<const esmtp_parameter> list_;
};

}  // namespace mailmote

// ---- <mailmote/smtp/refusal.hpp> ----

// refusal.hpp: what a server's refusal asks of whoever reads about it, for programs that have room
// for words.
//
// Knows:          the reply codes and enhanced codes (RFC 3463, and IANA's registry of them) that
//                 submission servers refuse with, and what helps against each.
// Does not know:  the server's words: they are no protocol, and may say anything.
// Bounds:         about 3 KB of text beside that of explain.hpp, linked only by programs that call it.

namespace mailmote {

namespace detail {

// What was refused, as bits of a set.
namespace refused {
inline constexpr std::uint8_t password = 1;  // a login by one, or by any means but a token
inline constexpr std::uint8_t token = 2;
inline constexpr std::uint8_t sender = 4;
inline constexpr std::uint8_t recipient = 8;
inline constexpr std::uint8_t transfer = 16;  // DATA
inline constexpr std::uint8_t message = 32;
inline constexpr std::uint8_t service = 64;   // a 421
inline constexpr std::uint8_t unknown = 128;  // beside another: who has not logged in

inline constexpr std::uint8_t login = password | token;
inline constexpr std::uint8_t envelope = sender | recipient;
inline constexpr std::uint8_t mail = envelope | transfer | message;
}  // namespace refused

// Nothing, where the error is no refusal that there is more to say of.
constexpr std::uint8_t refused_by(errc error) {
  switch (error) {
    case errc::auth_refused: return refused::password;
    case errc::auth_token_refused: return refused::token;
    case errc::mail_refused: return refused::sender;
    case errc::recipients_refused: return refused::recipient;
    case errc::data_refused: return refused::transfer;
    case errc::message_refused: return refused::message;
    case errc::service_closing: return refused::service;
    default: return 0;
  }
}

inline constexpr std::uint8_t any = 255;  // subject or detail; also of a reply without them

struct refusal {
  std::uint16_t code;  // of the reply; one digit: its first
  std::uint8_t subject;
  std::uint8_t detail;
  std::uint8_t what;
  std::string_view advice;

  constexpr bool fits(const outcome& mail) const {
    if (code != (code < 10 ? mail.code / 100 : mail.code)) return false;
    if (subject != any && subject != mail.enhanced.subject) return false;
    if (detail != any && detail != mail.enhanced.detail) return false;
    if ((what & refused::unknown) != 0 && !mail.mechanism.empty()) return false;
    return (what & refused_by(mail.error)) != 0;
  }
};

inline constexpr std::string_view needs_tls =
    "the server wants an encrypted connection: use STARTTLS or implicit TLS";
inline constexpr std::string_view needs_login =
    "the server takes this only after a login: set one up, and TLS if there is none yet";
inline constexpr std::string_view needs_other_password =
    "the account's password will not do: make an application-specific one, or use a stronger login";
inline constexpr std::string_view needs_own_sender =
    "this login may not send as this sender: use the account's own address, in From, too";
inline constexpr std::string_view needs_vouching =
    "the sender's domain does not vouch for this server: send through its own, or mend SPF and "
    "DKIM";
inline constexpr std::string_view needs_ascii =
    "an address outside ASCII gets no further than here: use one in ASCII";
inline constexpr std::string_view is_too_large =
    "the message is larger than the server takes: shorten it, or send it in parts";
inline constexpr std::string_view has_too_many =
    "the mail has too many recipients: send it to fewer at a time";
inline constexpr std::string_view is_full =
    "the recipient's mailbox is full: its owner has to make room";
inline constexpr std::string_view is_nobody =
    "there is no such mailbox: check the recipient's address";
inline constexpr std::string_view is_odd =
    "the server does not like the message itself: check its Date, From and Message-ID";

// The first that fits is what is said.
inline constexpr refusal refusals[] = {
    // A login. 7.139, 7.60 and 2.252 are Microsoft's own, and so is 7.30 of a login.
    {5, 7, 139, refused::login,
     "this login is switched off there: have SMTP AUTH enabled for the account, or use OAuth"},
    {5, 7, 30, refused::password, "the server takes no passwords any more: log in by OAuth"},
    {530, any, any, refused::login, needs_tls},
    {534, any, any, refused::password, needs_other_password},
    {5, 7, 9, refused::password, needs_other_password},
    {5, 7, 10, refused::login | refused::mail, needs_tls},
    {5, 7, 11, refused::login | refused::mail, needs_tls},
    {535, any, any, refused::password,
     "the user name or password is wrong, or an application-specific password is wanted"},
    {454, any, any, refused::login,
     "the server cannot check logins just now: try again in some minutes"},

    // The connection.
    {421, 7, any, refused::service,
     "the server limits its use: wait, then send less often, over fewer connections"},

    // Who may send, and from where.
    {530, any, any, refused::mail | refused::unknown, needs_login},
    {530, any, any, refused::mail, needs_tls},
    {4, 7, 1, refused::mail,
     "the server puts off whom it does not know yet (greylisting): try again in some minutes"},
    {5, 7, 1, refused::envelope | refused::unknown, needs_login},
    {553, 7, 1, refused::mail, needs_own_sender},
    {5, 7, 1, refused::envelope,
     "this login may not send to this recipient, or as this sender: check both addresses"},
    {5, 7, 60, refused::mail, needs_own_sender},
    {5, 2, 252, refused::mail, needs_own_sender},
    {5, 7, 23, refused::mail, needs_vouching},
    {5, 7, 26, refused::mail, needs_vouching},
    {5, 7, 30, refused::mail,
     "the mail cannot stay encrypted all the way from here: send it without REQUIRETLS"},

    // To whom, and what.
    {5, 1, 1, refused::mail, is_nobody},
    {5, 1, 10, refused::mail, is_nobody},
    {4, 2, 2, refused::mail, is_full},
    {5, 2, 2, refused::mail, is_full},
    {552, 0, 0, refused::recipient, is_full},
    {4, 5, 3, refused::mail, has_too_many},
    {5, 5, 3, refused::mail, has_too_many},
    {5, 6, 7, refused::mail, needs_ascii},
    {5, 2, 3, refused::mail, is_too_large},
    {5, 3, 4, refused::mail, is_too_large},
    {552, 0, 0, refused::sender | refused::message, is_too_large},
    {554, any, any, refused::message, is_odd},
    {5, 7, 1, refused::message, is_odd},
};

}  // namespace detail

// Why the mail was not delivered, and what to do about it where the server's codes say enough;
// otherwise what explain says of the error alone.
constexpr std::string_view explain(const outcome& mail) {
  for (const detail::refusal& known : detail::refusals) {
    if (known.fits(mail)) return known.advice;
  }
  return explain(mail.error);
}

}  // namespace mailmote

// ---- <mailmote/smtp/require_tls.hpp> ----

// require_tls.hpp: asks every server on the way to use TLS with a proven peer, or none at all.
//
// Knows:          RFC 8689: the parameter REQUIRETLS of MAIL.
// Does not know:  the header field TLS-Required, which asks for less.
// Bounds:         no state. It is never optional: a mail that must be safe is safe, or not sent.

namespace mailmote {

class require_tls final : public esmtp_parameters {
 public:
  static constexpr std::string_view keyword = "REQUIRETLS";

  // RFC 8689 section 4.1: only over TLS, which every other security makes sure of before MAIL.
  errc check(const settings& with, const envelope&) const noexcept override {
    return with.security == security::cleartext ? errc::bad_parameter : errc::none;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept override {
    return offered.has(smtp::extension::requiretls) ? std::string_view{} : keyword;
  }

  void put_mail(text::piece_writer& out, const smtp::capabilities&) const noexcept override {
    out.put(" REQUIRETLS");
  }

  void put_rcpt(text::piece_writer&, const smtp::capabilities&, std::size_t,
                std::string_view) const noexcept override {}
};

}  // namespace mailmote

// ---- <mailmote/text/line_ends.hpp> ----

// line_ends.hpp: makes every line of a text end in CRLF.
//
// Knows:          RFC 5321 2.3.8: CR and LF occur only together. A bare LF and a bare CR each were
//                 meant as a line end, so CR CR LF is two.
// Does not know:  what the lines say.
// Bounds:         2 bytes of state; n octets become at most 2n.

namespace mailmote::text {

class line_ends {
 public:
  struct progress {
    std::size_t read = 0;
    std::size_t written = 0;
  };

  // Repairs as much of `in` as fits into `out`, which may be a single octet.
  progress repair(std::span<const char> in, std::span<char> out) {
    std::size_t read = 0;
    std::size_t written = 0;
    while (written < out.size()) {
      if (owes_lf_) {
        out[written++] = '\n';
        owes_lf_ = false;
        continue;
      }
      const std::size_t room = out.size() - written;
      const std::span<const char> rest = in.subspan(read);
      if (rest.empty()) break;
      if (last_ != '\r') {
        const std::size_t run = clean_run(last_, rest.size() < room ? rest : rest.first(room));
        if (run > 0) {
          std::memcpy(&out[written], rest.data(), run);
          written += run;
          read += run;
          last_ = rest[run - 1];
          continue;
        }
      }
      const char c = rest[0];
      ++read;
      const bool answered = c == '\n' && last_ == '\r';  // its CR was the whole line end already
      last_ = c;
      if (answered) continue;
      owes_lf_ = is_end(c);
      out[written++] = owes_lf_ ? '\r' : c;
    }
    return {read, written};
  }

  // Where the text ends: gives a last line without an end one, with the same meaning of progress.
  progress finish(std::span<char> out) {
    constexpr char line_end[] = {'\n'};
    return repair(is_end(last_) ? std::span<const char>{} : std::span<const char>{line_end}, out);
  }

 private:
  static constexpr bool is_end(char c) { return c == '\r' || c == '\n'; }

  char last_ = '\n';  // what was read last; a text begins with a line
  bool owes_lf_ = false;
};

// The length of a whole text once its line ends are repaired, and its last line has one.
constexpr std::uint64_t repaired_length(std::span<const char> text) {
  std::uint64_t length = text.size();
  char last = '\n';
  while (!text.empty()) {
    std::size_t n = clean_run(last, text);
    if (n == 0) {
      n = 1;
      if ((last == '\r') != (text[0] == '\n')) ++length;
    }
    last = text[n - 1];
    text = text.subspan(n);
  }
  if (last == '\r') return length + 1;
  return last == '\n' ? length : length + 2;
}

}  // namespace mailmote::text

// ---- <mailmote/text/stream_source.hpp> ----

// stream_source.hpp: a ready-made message, or a part of one, from flash, a file, a UART or a generator.
//
// Knows:          how to read from anything with `read_some`, and that line ends must be repaired,
//                 unless it is binary or encoded.
// Does not know:  where the octets come from, or how to go back there unless it is told.
// Bounds:         64 octets are held back, so that a CRLF can grow out of a bare LF.

namespace mailmote {

// What a message can be read from, by the rules of byte_stream::read_some.
// clang-format off
template <class R>
concept message_reader = requires(R& reader, std::span<char> out) {
  { reader.read_some(out) } noexcept -> std::same_as<io_result>;
};

// One that can go back to its beginning; false: not this time.
template <class R>
concept rewindable_reader = message_reader<R> && requires(R& reader) {
  { reader.rewind() } noexcept -> std::same_as<bool>;
};
// clang-format on

// A message from a rewindable reader can be sent again. The reader is referred to, and must live
// until the client has finished.
template <message_reader Reader>
class stream_source final : public body_source {
 public:
  // `length` counts the octets once the line ends are repaired (text::repaired_length); of an
  // attachment, or with body_kind::binary, whose octets stay as they are, as the reader has them.
  // `kind` is believed.
  constexpr explicit stream_source(Reader& reader, std::uint64_t length = unknown_length,
                                   body_kind kind = body_kind::unknown)
      : reader_{reader}, length_{length}, kind_{kind} {}

  // errc::eight_bit_needed, binary_needed, source_spent.
  errc begin(body_limits limits) noexcept override {
    if (const errc bad = hold_against(limits, kind_); bad != errc::none) return bad;
    if constexpr (rewindable_reader<Reader>) {
      if (!reader_.rewind()) return errc::source_spent;
    } else {
      if (begun_) return errc::source_spent;
    }
    begun_ = true;
    read_ = size_ = 0;
    ends_ = {};
    is_verbatim_ = limits.verbatim || kind_ == body_kind::binary;
    return errc::none;
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (is_verbatim_) return reader_.read_some(out);
    for (;;) {
      const auto done = ends_.repair(std::span{hold_}.first(size_).subspan(read_), out);
      read_ += done.read;
      if (done.written > 0) return io_result::moved(done.written);
      const io_result result = reader_.read_some(hold_);
      if (result.status() == io_status::closed) {
        const auto last = ends_.finish(out);
        return last.written > 0 ? io_result::moved(last.written) : result;
      }
      if (!result.ok()) return result;
      if (result.count() > hold_.size()) return io_status::failed;  // no reader's right
      read_ = 0;
      size_ = result.count();
    }
  }

  std::uint64_t length() const noexcept override { return length_; }
  body_needs needs() const noexcept override { return {kind_}; }

 private:
  Reader& reader_;
  std::uint64_t length_;
  std::array<char, 64> hold_{};
  std::size_t read_ = 0;
  std::size_t size_ = 0;
  text::line_ends ends_{};
  bool begun_ = false;
  body_kind kind_;
  bool is_verbatim_ = false;
};

}  // namespace mailmote

// ---- <mailmote/text/text_source.hpp> ----

// text_source.hpp: a ready-made message in memory, as a body.
//
// Knows:          that its line ends must become CRLF before anybody counts them, unless it is binary
//                 or encoded; whether it has octets over 127.
// Does not know:  what a header is: the text goes out as it is, long lines too.
// Bounds:         reads the text at construction, to know its length and its kind.

namespace mailmote {

// The text is referred to, and must live and stay unchanged until the client has finished.
class text_source final : public body_source {
 public:
  constexpr explicit text_source(std::string_view text)
      : text_source{text,
                    ascii::has_non_ascii(text) ? body_kind::eight_bit : body_kind::seven_bit} {}

  // For who knows of which kind it is, or wants it to be binary.
  constexpr text_source(std::string_view text, body_kind kind)
      : text_{text}, length_{text::repaired_length(text)}, kind_{kind} {}

  // errc::eight_bit_needed, binary_needed.
  errc begin(body_limits limits) noexcept override {
    rest_ = text_;
    ends_ = {};
    is_verbatim_ = limits.verbatim || kind_ == body_kind::binary;
    return hold_against(limits, kind_);
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (is_verbatim_) return read_octets(out);
    auto done = ends_.repair(rest_, out);
    rest_.remove_prefix(done.read);
    if (done.written == 0) done = ends_.finish(out);
    return done.written > 0 ? io_result::moved(done.written) : io_status::closed;
  }

  std::uint64_t length() const noexcept override { return is_verbatim_ ? text_.size() : length_; }
  body_needs needs() const noexcept override { return {kind_}; }

 private:
  io_result read_octets(std::span<char> out) noexcept {
    const std::size_t n = rest_.copy(out.data(), out.size());
    rest_.remove_prefix(n);
    return n > 0 ? io_result::moved(n) : io_status::closed;
  }

  std::string_view text_;
  std::string_view rest_{};
  std::uint64_t length_;
  text::line_ends ends_{};
  body_kind kind_;
  bool is_verbatim_ = false;
};

}  // namespace mailmote

// ---- <mailmote/version.hpp> ----

// version.hpp: which mailmote this is.
//
// Knows:          its own number, by the rules of semver.org.
// Does not know:  anything else.
// Bounds:         compile-time constants only.

#define MAILMOTE_VERSION_MAJOR 0
#define MAILMOTE_VERSION_MINOR 1
#define MAILMOTE_VERSION_PATCH 0

namespace mailmote {

inline constexpr const char version[] = "0.1.0";

}  // namespace mailmote

// ---- <mailmote/mailmote.hpp> ----

// mailmote.hpp: the client and everything it can be made of, but for TLS and ports.
//
// Knows:          which headers a program wants together.
// Does not know:  wolfSSL (tls/wolfssl.hpp), or any network (port/...).
// Bounds:         what a program does not name, its linker leaves out.


// ---- <mailmote/port/arduino.hpp> ----

// arduino.hpp: a TCP connection by anything that has the shape of Arduino's Client.
//
// Knows:          connected, available, read and write, as EthernetClient, WiFiClient and others have.
// Does not know:  Arduino's headers; how the client connects, which is the sketch's to do.
// Bounds:         one pointer. An Arduino `write` MAY BLOCK, for seconds with some libraries: a poll
//                 over it is then not at once (law 2), and the library owns the timeout.
//
// Such a client cannot tell a connection that was reset from one that was closed: both are `closed`
// here. Inside TLS the difference is told all the same, by TLS's own goodbye.

namespace mailmote::arduino {

// clang-format off
template <class C>
concept client_shape = requires(C& client, std::uint8_t* in, const std::uint8_t* out, std::size_t size) {
  { client.connected() } -> std::convertible_to<bool>;
  { client.available() } -> std::convertible_to<int>;
  { client.read(in, size) } -> std::convertible_to<int>;             // octets, or negative
  { client.write(out, size) } -> std::convertible_to<std::size_t>;   // octets; 0: none could be taken
};
// clang-format on

// A byte_stream over a client, which is connected before `send`.
template <client_shape Client>
class client_stream {
 public:
  constexpr explicit client_stream(Client& client) : client_{client} {}

  io_result read_some(std::span<char> in) noexcept {
    const bool is_connected = client_.connected();  // first: what arrives between is not lost
    const int waiting = client_.available();
    if (waiting > 0) {
      const std::size_t size = std::min(in.size(), static_cast<std::size_t>(waiting));
      const int n = client_.read(reinterpret_cast<std::uint8_t*>(in.data()), size);
      if (n > 0) return io_result::moved(static_cast<std::size_t>(n));
    }
    return is_connected ? io_status::want_read : io_status::closed;
  }

  io_result write_some(std::span<const char> out) noexcept {
    if (!client_.connected()) return io_status::failed;
    const std::size_t n =
        client_.write(reinterpret_cast<const std::uint8_t*>(out.data()), out.size());
    if (n > 0) return io_result::moved(n);
    return client_.connected() ? io_status::want_write : io_status::failed;
  }

  void close() noexcept {
    if constexpr (requires { client_.stop(); }) client_.stop();
  }

 private:
  Client& client_;
};

}  // namespace mailmote::arduino

// ---- <mailmote/port/bsd_socket.hpp> ----

// bsd_socket.hpp: a TCP connection by any API of sockets that follows BSD's.
//
// Knows:          what non-blocking sockets do, wherever they come from.
// Does not know:  what the calls are named (posix_api.hpp, lwip_socket.hpp); how names are looked up.
// Bounds:         a handle and a few words; one attempt to connect, to one address.

namespace mailmote::bsd {

// The calls of an API, all static, with what the C ones take and return. Errors are the API's own
// numbers, positive.
// clang-format off
template <class A>
concept socket_api = requires(typename A::handle socket, const typename A::address& address,
                              char* in, const char* out, std::size_t size, int error) {
  requires std::equality_comparable<typename A::handle>;
  { A::none } -> std::convertible_to<typename A::handle>;         // no socket
  { A::open(address) } -> std::same_as<typename A::handle>;       // TCP, non-blocking, without Nagle's delay
  { A::connect(socket, address) } -> std::convertible_to<int>;    // 0, or negative
  { A::recv(socket, in, size) } -> std::convertible_to<std::ptrdiff_t>;   // octets, 0 at the end, or negative
  { A::send(socket, out, size) } -> std::convertible_to<std::ptrdiff_t>;  // octets, or negative; no signal
  { A::close(socket) };
  { A::is_writable(socket) } -> std::same_as<bool>;               // at once: connected, or failed to
  { A::pending_error(socket) } -> std::convertible_to<int>;       // SO_ERROR
  { A::last_error() } -> std::convertible_to<int>;                // of the call before
  { A::is_under_way(error) } -> std::same_as<bool>;               // EINPROGRESS
  { A::would_block(error) } -> std::same_as<bool>;                // EAGAIN, EWOULDBLOCK, EINTR
};

// For mailmote::run.
template <class A>
concept waiting_api = socket_api<A> && requires(typename A::handle socket, interest wants, milliseconds timeout) {
  { A::wait(socket, wants, timeout) } noexcept;                   // `none`: only the time passes
  { A::now() } noexcept -> std::same_as<milliseconds>;
};
// clang-format on

// A byte_stream. Nothing is registered for exit: one that does not live for ever is closed before it
// goes.
template <socket_api Api>
class socket_stream {
 public:
  using handle = typename Api::handle;
  using address = typename Api::address;

  constexpr socket_stream() = default;
  socket_stream(const socket_stream&) = delete;
  socket_stream& operator=(const socket_stream&) = delete;

  // Starts to connect. errc::stream_failed: there is no socket, or no way there.
  errc connect(const address& to) noexcept {
    close();
    error_ = 0;
    socket_ = Api::open(to);
    if (socket_ != Api::none &&
        (Api::connect(socket_, to) == 0 || Api::is_under_way(Api::last_error()))) {
      is_connecting_ = true;
      return errc::none;
    }
    error_ = Api::last_error();
    close();
    return errc::stream_failed;
  }

  // Leaves the stream ready for the next connect. With octets that nobody has read, most systems make
  // it a reset for the peer. native_error() keeps its value until then.
  void close() noexcept {
    if (socket_ != Api::none) Api::close(socket_);
    socket_ = Api::none;
    is_connecting_ = has_ended_ = false;
  }

  // What the peer had sent can still be read when a write has failed.
  io_result read_some(std::span<char> in) noexcept {
    if (const io_status state = settle(); state != io_status::ok) return state;
    if (has_ended_) return io_status::closed;  // some say so but once
    const std::ptrdiff_t n = Api::recv(socket_, in.data(), in.size());
    has_ended_ = n == 0 && error_ == 0;
    if (n == 0) return has_ended_ ? io_status::closed : io_status::failed;
    return came_to(n, error_ == 0 ? io_status::want_read : io_status::failed);
  }

  io_result write_some(std::span<const char> out) noexcept {
    if (const io_status state = settle(); state != io_status::ok) return state;
    if (error_ != 0) return io_status::failed;
    return came_to(Api::send(socket_, out.data(), out.size()), io_status::want_write);
  }

  void wait(interest wants, milliseconds timeout) const noexcept requires waiting_api<Api> {
    if (!wants.any() || socket_ != Api::none)
      Api::wait(wants.any() ? socket_ : Api::none, wants, timeout);
  }
  static milliseconds now() noexcept requires waiting_api<Api> { return Api::now(); }

  bool is_connecting() const noexcept { return is_connecting_; }
  int native_error() const noexcept { return error_; }  // the API's number, or 0
  handle native_handle() const noexcept { return socket_; }

 private:
  // ok once the connection stands.
  io_status settle() noexcept {
    if (socket_ == Api::none) return io_status::failed;
    if (!is_connecting_) return io_status::ok;
    if (!Api::is_writable(socket_)) return io_status::want_write;
    error_ = Api::pending_error(socket_);
    is_connecting_ = false;
    if (error_ == 0) return io_status::ok;
    close();
    return io_status::failed;
  }

  io_result came_to(std::ptrdiff_t n, io_status otherwise) noexcept {
    if (n > 0) return io_result::moved(static_cast<std::size_t>(n));
    const int error = Api::last_error();
    if (Api::would_block(error)) return otherwise;
    error_ = error;
    return io_status::failed;
  }

  handle socket_ = Api::none;
  int error_ = 0;
  bool is_connecting_ = false;
  bool has_ended_ = false;  // the peer says no more
};

}  // namespace mailmote::bsd

#ifdef MAILMOTE_WOLFSSL

// ---- <mailmote/tls/anchor_text.hpp> ----

// anchor_text.hpp: trust anchors as a user has them.
//
// Knows:          PEM (RFC 7468), several in one text with anything around them; or one in DER.
// Does not know:  what is in a certificate; base64.
// Bounds:         one pass; refers to the text.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailmote::tls {

// A literal, a string_view, an array of std::uint8_t, or a span of them. Not owned.
class anchor_text {
 public:
  constexpr anchor_text() = default;
  template <std::convertible_to<std::string_view> Text>
  constexpr anchor_text(const Text& text) : anchor_text{std::string_view{text}, 0} {}
  template <std::convertible_to<std::span<const std::uint8_t>> Octets>
  requires(!std::convertible_to<Octets, std::string_view>) constexpr anchor_text(const Octets& der)
      : anchor_text{std::span<const std::uint8_t>{der}, 0} {}

  constexpr bool empty() const { return size_ == 0; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

  // A SEQUENCE with a long length; no text begins like that.
  bool is_der() const {
    const std::string_view s = text();
    return s.size() > 1 && s[0] == '\x30' && ascii::is_non_ascii(s[1]);
  }

 private:
  template <class Bytes>
  constexpr anchor_text(Bytes bytes, int) : data_{bytes.data()}, size_{bytes.size()} {}

  const void* data_ = nullptr;
  std::size_t size_ = 0;
};

// Where `words` begin in a text; its size when they are not there. (string_view::find would bring
// two functions of libc with it.)
constexpr std::size_t place_of(std::string_view words, std::string_view text) {
  for (std::size_t at = 0; at + words.size() <= text.size(); ++at) {
    std::size_t same = 0;
    while (same < words.size() && text[at + same] == words[same]) ++same;
    if (same == words.size()) return at;
  }
  return text.size();
}

inline constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----";
inline constexpr std::string_view pem_end = "-----END CERTIFICATE-----";

// Takes the next certificate off the front of a PEM text, its two lines of dashes included. Empty:
// there is no more. One that does not end is what is left of the text.
constexpr std::string_view take_pem(std::string_view& text) {
  text.remove_prefix(place_of(pem_begin, text));
  const std::size_t stop = place_of(pem_end, text);
  const std::size_t size = stop == text.size() ? stop : stop + pem_end.size();
  const std::string_view pem{text.data(), size};
  text.remove_prefix(size);
  return pem;
}

constexpr bool is_whole_pem(std::string_view pem) { return pem.ends_with(pem_end); }

// Of a text in which there is no whole certificate, the part that one may still come of, should the
// text go on.
constexpr std::string_view unfinished_pem(std::string_view text) {
  constexpr std::size_t most = pem_begin.size() - 1;
  const std::size_t begin = place_of(pem_begin, text);
  const std::size_t tail = text.size() < most ? 0 : text.size() - most;
  text.remove_prefix(begin < tail ? begin : tail);
  return text;
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/der.hpp> ----

// der.hpp: takes the elements of a DER encoding apart, one after the other.
//
// Knows:          X.690 10 (DER): tags, lengths, and what is too lax to be DER.
// Does not know:  what the elements mean.
// Bounds:         reads nothing outside the span; every element is passed once. What is malformed,
//                 in a place that we pass, is refused whole.

#include <cstddef>
#include <cstdint>
#include <span>

namespace mailmote::tls {

using octets = std::span<const std::uint8_t>;

constexpr bool equal(const octets& a, const octets& b) {
  if (a.size() != b.size()) return false;
  std::size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  return i == a.size();
}

namespace der {

enum tag : std::uint8_t {
  boolean = 0x01,
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  object_identifier = 0x06,
  utc_time = 0x17,
  generalized_time = 0x18,
  sequence = 0x30,
  context_0 = 0xA0,  // version
  context_1 = 0x81,  // issuerUniqueID
  context_2 = 0x82,  // subjectUniqueID; in a GeneralName: dNSName
  context_7 = 0x87,  // in a GeneralName: iPAddress
  context_3 = 0xA3,  // extensions
};

// Elements are taken off the front of a run of them. What is not strict DER, or reaches beyond the
// end, makes the run fail for good: it is then empty, and has no address.

constexpr bool failed(const octets& run) { return run.data() == nullptr; }
constexpr octets fail(octets& run) { return run = {}; }

// The next element's tag, or 0 at the end.
constexpr std::uint8_t peek(const octets& run) { return run.empty() ? std::uint8_t{0} : run[0]; }

// The next element's content. Lengths are definite, in their shortest form, and below 64 KB; tags
// have one octet.
constexpr octets take_any(octets& run) {
  if (run.size() < 2 || run[0] == 0 || (run[0] & 0x1F) == 0x1F) return fail(run);
  std::size_t header = 2;
  std::size_t length = run[1];
  if (length >= 0x80) {
    header += length - 0x80;
    if (header < 3 || header > 4 || run.size() < 4) return fail(run);
    length = run[2];
    if (header == 4) length = length << 8 | run[3];
    if (length < (header == 4 ? 0x100u : 0x80u)) return fail(run);
  }
  if (run.size() - header < length) return fail(run);
  const octets content = run.subspan(header, length);
  run = run.subspan(header + length);
  return content;
}

// The same; its tag must be `tag`.
constexpr octets take(octets& run, std::uint8_t tag) {
  if (peek(run) != tag) run = {};  // nothing there, as far as we are concerned
  return take_any(run);
}

// Makes the run the content of its only element.
constexpr void enter(octets& run, std::uint8_t tag) {
  const octets content = take(run, tag);
  run = run.empty() ? content : octets{};
}

constexpr void skip(octets& run, std::uint8_t tag) { (void)take(run, tag); }
constexpr void skip_optional(octets& run, std::uint8_t tag) {
  if (peek(run) == tag) (void)take_any(run);
}

}  // namespace der

}  // namespace mailmote::tls

// ---- <mailmote/tls/certificate.hpp> ----

// certificate.hpp: what we must know of a certificate, out of its DER.
//
// Knows:          RFC 5280 4.1 (Certificate) and four extensions of 4.2.1.
// Does not know:  what follows from it, signatures, and all other extensions (the TLS library does).
// Bounds:         one pass over the certificate; refers to it.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>

namespace mailmote::tls {

namespace der {

// YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5) as Unix seconds.
constexpr bool take_time(octets& run, std::int64_t& seconds) {
  const std::uint8_t tag = peek(run);
  if (tag != utc_time && tag != generalized_time) return false;
  const octets text = take_any(run);
  const std::size_t first = tag == utc_time ? 1 : 0;
  std::uint8_t pairs[7] = {};  // century, year, month, day, hour, minute, second
  if (text.size() != 2 * (std::size(pairs) - first) + 1 || text.back() != 'Z') return false;
  const std::uint8_t* digit = text.data();
  for (std::size_t i = first; i < std::size(pairs); ++i) {
    const int tens = *digit++ - '0';
    const int ones = *digit++ - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
    pairs[i] = static_cast<std::uint8_t>(tens * 10 + ones);
  }
  if (tag == utc_time) pairs[0] = pairs[1] < 50 ? 20 : 19;

  const date d{pairs[0] * 100 + pairs[1], pairs[2], pairs[3]};
  if (d.month < 1 || d.month > 12 || d.day < 1 || d.day > days_in_month(d.year, d.month) ||
      pairs[4] > 23 || pairs[5] > 59 || pairs[6] > 59) {
    return false;
  }
  const int of_day = (pairs[4] * 60 + pairs[5]) * 60 + pairs[6];
  seconds = std::int64_t{days_of(d)} * 86400 + of_day;
  return true;
}

}  // namespace der

// The time in which a certificate is valid, or every certificate of a chain, in Unix seconds; both
// ends included.
struct validity {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t until = std::numeric_limits<std::int64_t>::max();

  constexpr bool contains(std::int64_t now) const { return from <= now && now <= until; }
  constexpr void begin_at(std::int64_t time) {
    if (from < time) from = time;
  }
  constexpr void end_at(std::int64_t time) {
    if (time < until) until = time;
  }
  constexpr void narrow(const validity& by) {
    begin_at(by.from);
    end_at(by.until);
  }

  // To the time around `now` in which `of` stays what it is: valid, or not.
  constexpr void narrow_to_same(const validity& of, std::int64_t now) {
    if (now < of.from) return end_at(of.from - 1);
    if (now > of.until) return begin_at(of.until + 1);
    narrow(of);
  }
};

// Refers to the DER that it was read from; runs of elements come without their outer header.
struct certificate {
  validity dates{0, 0};
  octets signature_algorithm{};  // its OBJECT IDENTIFIER
  octets key_usage{};            // the BIT STRING; empty: not limited
  octets alternative_names{};    // GeneralNames; empty: there are none
  octets name_constraints{};     // empty: there are none
  octets extended_key_usage{};   // KeyPurposeIds; empty: not limited
  bool is_self_issued = false;   // its subject is its issuer
  bool is_readable = false;      // else no field says more than that it was read before the fault
};

namespace detail {

// Where the value of an extension that we read goes; null for all others. Their names are 2.5.29.N.
constexpr octets* place_for(octets oid, certificate& out) {
  if (oid.size() != 3 || oid[0] != 0x55 || oid[1] != 0x1D) return nullptr;
  switch (oid[2]) {
    case 15: return &out.key_usage;
    case 17: return &out.alternative_names;
    case 30: return &out.name_constraints;
    case 37: return &out.extended_key_usage;
    default: return nullptr;
  }
}

// One that comes twice, or is empty, spoils the whole certificate.
constexpr bool take_extensions(octets& tbs, certificate& out) {
  if (tbs.empty()) return !der::failed(tbs);
  der::enter(tbs, der::context_3);
  der::enter(tbs, der::sequence);
  while (!tbs.empty()) {
    octets extension = der::take(tbs, der::sequence);
    octets* const place = place_for(der::take(extension, der::object_identifier), out);
    der::skip_optional(extension, der::boolean);
    der::enter(extension, der::octet_string);
    if (der::failed(extension)) return false;
    if (place == nullptr) continue;
    der::enter(extension, place == &out.key_usage ? der::bit_string : der::sequence);
    if (!place->empty() || extension.empty()) return false;
    *place = extension;
  }
  return !der::failed(tbs);
}

}  // namespace detail

// Readable when `whole` is one certificate and nothing behind it.
constexpr certificate read_certificate(octets whole) {
  certificate out;
  der::enter(whole, der::sequence);
  octets tbs = der::take(whole, der::sequence);
  octets algorithm = der::take(whole, der::sequence);
  out.signature_algorithm = der::take(algorithm, der::object_identifier);
  der::enter(whole, der::bit_string);  // signature
  if (der::failed(whole)) return out;

  der::skip_optional(tbs, der::context_0);
  der::skip(tbs, der::integer);   // serialNumber
  der::skip(tbs, der::sequence);  // signature
  const octets issuer = der::take(tbs, der::sequence);
  octets dates = der::take(tbs, der::sequence);
  if (!der::take_time(dates, out.dates.from) || !der::take_time(dates, out.dates.until) ||
      !dates.empty()) {
    return out;
  }
  out.is_self_issued = equal(der::take(tbs, der::sequence), issuer);
  der::skip(tbs, der::sequence);  // subjectPublicKeyInfo
  der::skip_optional(tbs, der::context_1);
  der::skip_optional(tbs, der::context_2);
  out.is_readable = detail::take_extensions(tbs, out);
  return out;
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/server_identity.hpp> ----

// server_identity.hpp: whether a certificate is for the host that we meant.
//
// Knows:          RFC 9525: alternative names only, one wildcard as the whole left-most label.
// Does not know:  who vouches for the certificate; names in UTF-8 (a host comes as A-labels).
// Bounds:         one pass over the names; a host has at most 253 octets.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailmote::tls {

inline constexpr std::size_t max_host = 253;  // RFC 1035 2.3.4, as text

// A dot at the end says only that the name is complete.
constexpr std::string_view without_root(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// Whether a host can be a name in a certificate: letters, digits, hyphens and (hosts have them)
// underscores, in labels that are not empty. What ends in a number was meant as an address.
constexpr bool is_domain_name(std::string_view host) {
  bool is_number = false;  // the label that is being read
  char last = '.';
  for (const char c : host) {
    if (c == '.' ? last == '.' : !ascii::is_alphanumeric(c) && c != '-' && c != '_') return false;
    is_number = ascii::is_digit(c) && (last == '.' || is_number);
    last = c;
  }
  return last != '.' && !is_number && host.size() <= max_host;
}

// Takes the first label off a domain name, with its dot: nothing is left of a name that has no other.
constexpr void skip_label(std::string_view& name) {
  std::size_t size = 0;
  while (size < name.size() && name[size++] != '.') {
  }
  name.remove_prefix(size);
}

// Whether a dNSName of a certificate, which may begin with "*.", covers a host, which is a domain
// name. The wildcard stands for exactly one label, and at least two stand behind it.
constexpr bool covers(std::string_view presented, std::string_view host) {
  if (presented.size() > 2 && presented[0] == '*' && presented[1] == '.') {
    skip_label(presented);
    skip_label(host);
    std::string_view rest = host;
    skip_label(rest);
    if (rest.empty()) return false;
  }
  return ascii::equal_ignoring_case(presented, host);
}

// Whether a server can be meant by this: its name without the root's dot, or its address.
constexpr bool is_host(std::string_view name) {
  return text::read_ip(name) || is_domain_name(name);
}

// The server that is meant (RFC 9525 1.8). The name is referred to.
struct reference_identity {
  std::string_view host;
  text::ip_address ip = text::read_ip(host);  // none where it is a name
};

inline std::string_view as_text(octets o) {
  return {reinterpret_cast<const char*>(o.data()), o.size()};
}

// errc::none when the certificate is for the server that is meant, which is valid; else
// tls_ip_mismatch, for names that cannot be read tls_bad_certificate, or tls_name_mismatch: then
// `shown_name` is the first domain name that it is for, if any; UNTRUSTED.
inline errc judge_identity(const certificate& shown, const reference_identity& meant,
                           std::string_view& shown_name) {
  const text::ip_address& ip = meant.ip;
  std::string_view first_name;
  bool is_meant = false;
  octets names = shown.alternative_names;
  while (!names.empty()) {
    const std::uint8_t kind = der::peek(names);
    const octets name = der::take_any(names);
    if (ip) {
      if (kind == der::context_7 && equal(name, {ip.octets.data(), ip.size})) is_meant = true;
    } else if (kind == der::context_2) {
      if (first_name.empty()) first_name = as_text(name);
      if (covers(as_text(name), meant.host)) is_meant = true;
    }
  }
  if (der::failed(names) && !shown.alternative_names.empty()) return errc::tls_bad_certificate;
  if (is_meant) return errc::none;
  shown_name = first_name;
  return ip ? errc::tls_ip_mismatch : errc::tls_name_mismatch;
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/chain.hpp> ----

// chain.hpp: what is wrong with a certificate that a server has shown: its dates, or its name.
//
// Knows:          RFC 5280 6.1.3 (a)(2), RFC 9525; the time, because the caller has said it.
// Does not know:  who signed what; the TLS library has judged that before we are asked.
// Bounds:         one pass over each certificate.

#include <cstdint>
#include <string_view>

namespace mailmote::tls {

struct fault {
  errc why = errc::none;
  bool is_of_anchors = false;  // it is no fault of the server's
  // The one that was missed, for tls_expired and tls_not_yet_valid. For tls_unknown_ca: not 0 when
  // the TLS library thinks by its own clock that an intermediate is out of date.
  std::int64_t date = 0;
  std::string_view shown_name{};  // for tls_name_mismatch: UNTRUSTED
};

// What is wrong with a certificate, or errc::none; its particulars go to `found`.

constexpr errc judge_dates(const validity& of, std::int64_t now, fault& found) {
  if (of.contains(now)) return errc::none;
  const bool early = now < of.from;
  found.date = early ? of.from : of.until;
  return early ? errc::tls_not_yet_valid : errc::tls_expired;
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/end_point.hpp> ----

// end_point.hpp: by which hash function a server's certificate names it in a channel binding.
//
// Knows:          RFC 5929 4.1: the one that it is signed with, but never a weaker one than SHA-256.
// Does not know:  how it is computed, or whether the TLS library can.
// Bounds:         one pass; no state.

#include <cstddef>
#include <cstdint>

namespace mailmote::tls {

// `none`: the certificate cannot be read, or its signature is by no hash function, or by one that is
// not known here (Ed25519: RFC 5929 leaves that open).
enum class end_point_hash : std::uint8_t { none, sha_224, sha_256, sha_384, sha_512 };

namespace detail {

inline constexpr std::uint8_t rsa[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01};
inline constexpr std::uint8_t ecdsa[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03};
inline constexpr std::uint8_t ecdsa_sha_1[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01};
inline constexpr std::uint8_t sha_1[] = {0x2B, 0x0E, 0x03, 0x02, 0x1A};
inline constexpr std::uint8_t sha_2[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};
inline constexpr std::uint8_t rsa_pss = 10;

// The last number of an object identifier that begins with `family`; 0 for any other.
constexpr std::uint8_t last_of(octets family, octets oid) {
  const bool is_of_it = oid.size() == family.size() + 1 && equal(oid.first(family.size()), family);
  return is_of_it ? oid.back() : std::uint8_t{0};
}

constexpr end_point_hash rsa_hash(std::uint8_t number) {
  switch (number) {
    case 4:  // MD5
    case 5:  // SHA-1
    case 11: return end_point_hash::sha_256;
    case 12: return end_point_hash::sha_384;
    case 13: return end_point_hash::sha_512;
    case 14: return end_point_hash::sha_224;
    default: return end_point_hash::none;
  }
}

constexpr end_point_hash ecdsa_hash(std::uint8_t number) {
  switch (number) {
    case 1: return end_point_hash::sha_224;
    case 2: return end_point_hash::sha_256;
    case 3: return end_point_hash::sha_384;
    case 4: return end_point_hash::sha_512;
    default: return end_point_hash::none;
  }
}

constexpr end_point_hash plain_hash(octets oid) {
  if (equal(oid, sha_1)) return end_point_hash::sha_256;
  switch (last_of(sha_2, oid)) {
    case 1: return end_point_hash::sha_256;
    case 2: return end_point_hash::sha_384;
    case 3: return end_point_hash::sha_512;
    case 4: return end_point_hash::sha_224;
    default: return end_point_hash::none;
  }
}

// RSASSA-PSS-params of RFC 4055: the hash function is SHA-1 when they do not name one.
constexpr end_point_hash pss_hash(octets parameters) {
  if (der::failed(parameters)) return end_point_hash::none;
  if (der::peek(parameters) != der::context_0) return end_point_hash::sha_256;
  octets hash = der::take(parameters, der::context_0);
  der::enter(hash, der::sequence);
  return plain_hash(der::take(hash, der::object_identifier));
}

}  // namespace detail

constexpr end_point_hash end_point_hash_of(octets certificate) {
  der::enter(certificate, der::sequence);
  der::skip(certificate, der::sequence);  // tbsCertificate
  octets algorithm = der::take(certificate, der::sequence);
  const octets oid = der::take(algorithm, der::object_identifier);
  if (equal(oid, detail::ecdsa_sha_1)) return end_point_hash::sha_256;
  const std::uint8_t number = detail::last_of(detail::rsa, oid);
  if (number == detail::rsa_pss) return detail::pss_hash(der::take(algorithm, der::sequence));
  if (number != 0) return detail::rsa_hash(number);
  return detail::ecdsa_hash(detail::last_of(detail::ecdsa, oid));
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/explanation.hpp> ----

// explanation.hpp: a sentence for people on why a server was not trusted.
//
// Knows:          the dates and names that a plain errc has no room for.
// Does not know:  how they were found.
// Bounds:         fills the span it is given, at most; nothing of the server's but printable ASCII.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailmote::tls {

// Puts pieces one behind the other, as far as there is room.
class sentence {
 public:
  explicit sentence(std::span<char> room) : room_{room} {}

  sentence& add(std::string_view words) {
    for (const char c : words) add(ascii::is_printable(c) ? c : '?');
    return *this;
  }

  sentence& add(const date& d) {
    return add_number(d.year, 1000).add("-").add_number(d.month, 10).add("-").add_number(d.day, 10);
  }

  std::string_view text() const { return {room_.data(), size_}; }

 private:
  void add(char c) {
    if (size_ < room_.size()) room_[size_++] = c;
  }

  sentence& add_number(int n, int place) {
    for (; place > 0; place /= 10) add(static_cast<char>('0' + n / place % 10));
    return *this;
  }

  std::span<char> room_;
  std::size_t size_ = 0;
};

inline std::string_view explain(const fault& found, std::string_view host, std::span<char> room) {
  const std::string_view whose =
      found.is_of_anchors ? "the last trust anchor" : "the server's certificate";
  sentence words{room};
  switch (found.why) {
    case errc::tls_expired:
      return words.add(whose).add(" expired on ").add(date_of(found.date)).text();
    case errc::tls_not_yet_valid:
      return words.add(whose).add(" is not valid before ").add(date_of(found.date)).text();
    case errc::tls_unknown_ca:
      if (found.date == 0) break;
      return words.add("no intermediate certificate was used: the TLS library's own clock is wrong")
          .text();
    case errc::tls_name_mismatch:
      words.add("the server's certificate is ");
      if (found.shown_name.empty()) return words.add("not for ").add(host).text();
      return words.add("for ").add(found.shown_name).add(", not ").add(host).text();
    case errc::tls_ip_mismatch:
      return words.add("the server's certificate is not for the address ").add(host).text();
    default: break;
  }
  return words.add(mailmote::explain(found.why)).text();
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/handshake_guard.hpp> ----

// handshake_guard.hpp: whether a finished handshake is the one that was asked for.
//
// Knows:          which suites have ECDHE and an AEAD: RFC 8446 B.4, RFC 5289, RFC 7905.
// Does not know:  the TLS library, whose word is not enough: CVE-2024-5814 let a server choose a
//                 suite without certificates that had never been offered.
// Bounds:         nine suites; no state.

#include <cstdint>

namespace mailmote::tls {

enum class version : std::uint8_t { other, tls_1_2, tls_1_3 };

struct handshake_facts {
  tls::version version = version::other;
  tls::version minimum = version::tls_1_2;
  int suite = 0;             // as in the registry: 0x1301 is TLS_AES_128_GCM_SHA256
  bool peer_proven = false;  // the certificate was judged in this very handshake, and found good
  bool resumed = false;      // nothing is ever resumed by us, and a resumption proves nobody
};

// The version that a suite of ours belongs to; `other` for every suite that we do not offer.
constexpr version version_of(int suite) {
  switch (suite) {
    case 0x1301:  // TLS_AES_128_GCM_SHA256
    case 0x1302:  // TLS_AES_256_GCM_SHA384
    case 0x1303:  // TLS_CHACHA20_POLY1305_SHA256
      return version::tls_1_3;
    case 0xC02B:  // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    case 0xC02C:  // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    case 0xC02F:  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    case 0xC030:  // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    case 0xCCA8:  // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    case 0xCCA9:  // TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
      return version::tls_1_2;
    default: return version::other;
  }
}

constexpr errc judge_handshake(const handshake_facts& facts) {
  const bool asked_for = facts.version != version::other && facts.version >= facts.minimum &&
                         facts.version == version_of(facts.suite);
  return asked_for && facts.peer_proven && !facts.resumed ? errc::none : errc::tls_unsafe;
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/lower_stream.hpp> ----

// lower_stream.hpp: any byte stream, behind two function pointers.
//
// Knows:          the contract of byte_stream, which it hands on.
// Does not know:  what kind of stream it is; so a TLS session need not be a template.
// Bounds:         three words.

#include <span>

namespace mailmote::tls {

class lower_stream {
 public:
  constexpr lower_stream() = default;

  template <byte_stream Stream>
  constexpr explicit lower_stream(Stream& stream)
      : object_{&stream},
        read_{[](void* object, std::span<char> in) noexcept {
          return static_cast<Stream*>(object)->read_some(in);
        }},
        write_{[](void* object, std::span<const char> out) noexcept {
          return static_cast<Stream*>(object)->write_some(out);
        }} {}

  io_result read_some(std::span<char> in) noexcept { return read_(object_, in); }
  io_result write_some(std::span<const char> out) noexcept { return write_(object_, out); }

 private:
  void* object_ = nullptr;
  io_result (*read_)(void*, std::span<char>) noexcept = nullptr;
  io_result (*write_)(void*, std::span<const char>) noexcept = nullptr;
};

}  // namespace mailmote::tls

// ---- <mailmote/tls/purpose.hpp> ----

// purpose.hpp: whether a certificate may be what it is shown as: a server's, or an issuer's.
//
// Knows:          RFC 5280 4.2.1.3, 4.2.1.10 and 4.2.1.12, where TLS libraries are lax about them; which
//                 signatures are too weak to vouch for anybody (RFC 9325 4.2, 4.5).
// Does not know:  dates and names (chain.hpp); who signed what.
// Bounds:         one pass over each extension.

#include <cstdint>

namespace mailmote::tls {

inline constexpr short least_rsa_bits = 2048;  // both are 112 bits of strength
inline constexpr short least_ecc_bits = 224;

namespace detail {

// Object identifiers that differ in their last octet.
struct algorithms {
  std::uint8_t size;  // of what they have in common
  std::uint8_t common[8];
  std::uint8_t first, last;
};

inline constexpr algorithms strong_ones[] = {
    {8, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01}, 11, 14},  // RSA
    {7, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03}, 1, 4},          // ECDSA
    {2, {0x2B, 0x65}, 112, 113},                                    // EdDSA
};

inline constexpr std::uint8_t server_auth[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};

}  // namespace detail

// RSA and ECDSA with a hash of the SHA-2 family, and EdDSA. Everything else, SHA-1 and MD5 among it,
// is weak, or has its strength in parameters that we do not read (RSASSA-PSS).
constexpr bool is_strong(octets algorithm) {
  if (algorithm.empty()) return false;
  const std::uint8_t last = algorithm.back();
  const octets common = algorithm.first(algorithm.size() - 1);
  for (const detail::algorithms& strong : detail::strong_ones) {
    if (strong.first <= last && last <= strong.last &&
        equal(common, {strong.common, strong.size})) {
      return true;
    }
  }
  return false;
}

// 1.3.6.1.5.5.7.3.1. "Any purpose" is not said of a server.
constexpr bool serves_tls(const certificate& shown) {
  if (shown.extended_key_usage.empty()) return true;
  bool found = false;
  octets purposes = shown.extended_key_usage;
  while (!purposes.empty()) {
    if (equal(der::take(purposes, der::object_identifier), detail::server_auth)) found = true;
  }
  return found && !der::failed(purposes);
}

// With (EC)DHE, which is all that we agree to, a server signs. The first octet counts unused bits.
constexpr bool may_sign(const certificate& shown) {
  constexpr std::uint8_t digital_signature = 0x80;
  if (shown.key_usage.empty()) return true;
  return shown.key_usage.size() > 1 && (shown.key_usage[1] & digital_signature) != 0;
}

// Where a TLS library holds a server to the constraints of its issuer, it does so for domain names.
constexpr bool has_domain_names_only(const certificate& shown) {
  octets names = shown.alternative_names;
  while (!names.empty()) der::skip(names, der::context_2);
  return shown.alternative_names.empty() || !der::failed(names);
}

// Where a certificate stands in the chain that a server has shown, which is judged from the top down.
struct place {
  int depth = 0;                // 0: the server's own
  bool is_last = false;         // maybe the anchor, whose signature nobody needs
  bool is_constrained = false;  // name constraints stand above
};

constexpr errc judge_purpose(const certificate& shown, place& at) {
  const bool needs_signature = at.depth == 0 || !at.is_last || !shown.is_self_issued;
  if (needs_signature && !is_strong(shown.signature_algorithm)) return errc::tls_weak_key;
  bool fits = serves_tls(shown);
  if (at.depth == 0) {
    fits = fits && may_sign(shown) && (!at.is_constrained || has_domain_names_only(shown));
  } else if (!shown.name_constraints.empty()) {
    fits = fits && at.depth == 1;  // those from farther above are held by nobody
    at.is_constrained = true;
  }
  return fits ? errc::none : errc::tls_bad_certificate;
}

}  // namespace mailmote::tls

// ---- <mailmote/tls/record_outlet.hpp> ----

// record_outlet.hpp: takes records from the TLS library, and no byte is lost or sent twice.
//
// Knows:          how wolfSSL 5.5 counts what it has sent. It keeps one buffer of records, and (1)
//                 puts a new one at the wrong place when that was taken in part; (2) takes whatever
//                 leaves the buffer for the plain text of the last blocked write. Both go wrong when
//                 a KeyUpdate is answered, from inside a read, under back-pressure.
// Does not know:  the library; what is in a record.
// Bounds:         a reserve of 128 octets; `most_answers` answers that the stream has not taken yet,
//                 then nothing more is read; one that does not fit ends the connection.
//
// The cure for (1): the buffer is taken whole or not at all, as the library sees it; `ahead_` counts
// what the stream already has. The cure for (2): the buffer leaves only from inside a write. An
// answer given from inside a read waits behind the blocked write, in the library's buffer, or, where
// no write is blocked, in our reserve, which goes out before anything else is written.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mailmote::tls {

class record_outlet {
 public:
  static constexpr std::size_t reserve_size = 128;
  static constexpr std::uint8_t most_answers = 4;  // RFC 8446 4.6.3: one would do

  constexpr void reset() {
    ahead_ = 0;
    kept_ = gone_ = answers_ = 0;
  }

  // The library's whole buffer, from inside a handshake, a write or a goodbye. moved(all of it), or
  // why not yet; then the same again, with more behind it or not.
  io_result send(lower_stream& lower, std::span<const char> records) noexcept {
    while (ahead_ < records.size()) {
      const io_result result = lower.write_some(records.subspan(ahead_));
      if (!result.ok()) return result;
      ahead_ += result.count();
    }
    ahead_ = 0;
    answers_ = 0;
    return io_result::moved(records.size());
  }

  // An answer of the library's own, from inside a read, while no write is blocked. False: too many.
  bool keep(std::span<const char> answer) noexcept {
    if (answers_ == most_answers || answer.size() > reserve_size - kept_) return false;
    for (const char c : answer) reserve_[kept_++] = c;
    ++answers_;
    return true;
  }

  // The same while a write is blocked: it stays in the library's buffer until that goes on.
  constexpr bool hold_back() {
    if (answers_ == most_answers) return false;
    ++answers_;
    return true;
  }

  // Whether reading must wait for the stream to take some answers.
  constexpr bool is_full() const { return answers_ == most_answers; }

  // ok: the reserve is empty, and something else may be written.
  io_status flush(lower_stream& lower) noexcept {
    while (gone_ < kept_) {
      const io_result result =
          lower.write_some({reserve_.data() + gone_, static_cast<std::size_t>(kept_ - gone_)});
      if (!result.ok()) return result.status();
      gone_ = static_cast<std::uint8_t>(gone_ + result.count());
    }
    if (kept_ > 0) reset();
    return io_status::ok;
  }

  // The reserve's memory, for whoever needs some before the handshake is over.
  constexpr std::span<char, reserve_size> scratch() { return reserve_; }
  constexpr std::span<const char, reserve_size> scratch() const { return reserve_; }

 private:
  std::size_t ahead_ = 0;     // octets of the library's buffer that the stream already has
  std::uint8_t kept_ = 0;     // octets put into the reserve since it was empty
  std::uint8_t gone_ = 0;     // octets of those that the stream has taken
  std::uint8_t answers_ = 0;  // in the reserve, or held back
  std::array<char, reserve_size> reserve_{};
};

}  // namespace mailmote::tls

// ---- <mailmote/tls/wolfssl_build.hpp> ----

// wolfssl_build.hpp: wolfSSL's headers, of a build that is fit for us.
//
// Knows:          which options of wolfSSL our checks need, and which leave out checks of its own.
// Does not know:  what is done with it. No other file includes <wolfssl/...>.
// Bounds:         what is not fit does not compile.

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/hash.h>
#ifndef NO_MD5
#include <wolfssl/wolfcrypt/md5.h>
#endif
#include <wolfssl/wolfcrypt/random.h>
#ifndef NO_SHA
#include <wolfssl/wolfcrypt/sha.h>
#endif
#include <wolfssl/wolfcrypt/sha256.h>

#ifndef WOLFSSL_ALWAYS_VERIFY_CB
#error "mailmote needs wolfSSL with WOLFSSL_ALWAYS_VERIFY_CB, to judge names and dates"
#endif
#ifndef HAVE_TLS_EXTENSIONS
#error "mailmote needs wolfSSL with HAVE_TLS_EXTENSIONS, to say which curves it can do"
#endif
#ifndef WOLFSSL_PEM_TO_DER
#error "mailmote needs wolfSSL with WOLFSSL_PEM_TO_DER (without WOLFSSL_NO_PEM), to read anchors"
#endif
#ifdef NO_WOLFSSL_CLIENT
#error "mailmote needs wolfSSL without NO_WOLFSSL_CLIENT: it is a client"
#endif
#ifdef WOLFSSL_NO_ASN_STRICT
#error "mailmote needs wolfSSL without WOLFSSL_NO_ASN_STRICT: critical extensions must be known"
#endif
#ifdef IGNORE_NAME_CONSTRAINTS
#error "mailmote needs wolfSSL without IGNORE_NAME_CONSTRAINTS: a CA must keep to its own names"
#endif
#if defined(IGNORE_KEY_EXTENSIONS) || defined(ALLOW_INVALID_CERTSIGN)
#error "mailmote needs wolfSSL without IGNORE_KEY_EXTENSIONS, ALLOW_INVALID_CERTSIGN: a CA signs"
#endif
#ifdef WOLFSSL_NO_TRUSTED_CERTS_VERIFY
#error "mailmote needs wolfSSL without WOLFSSL_NO_TRUSTED_CERTS_VERIFY: a name is no signature"
#endif

// ---- <mailmote/tls/wolfssl_error.hpp> ----

// wolfssl_error.hpp: what wolfSSL's error codes mean in ours.
//
// Knows:          the codes, which have not changed between 5.5 and 5.9, and OpenSSL's positive ones
//                 (X509_V_ERR_...) that builds with OPENSSL_COMPATIBLE_DEFAULTS put in their place.
// Does not know:  wolfSSL's headers: tls/wolfssl_build.hpp alone includes them.
// Bounds:         no state; a code that is not listed is tls_failed.

#include <cstdint>

namespace mailmote::wolfssl {

// A code and what it means, in two octets, as there are many.
class code_meaning {
 public:
  consteval code_meaning(int code, errc meaning)
      : both_{static_cast<std::int16_t>(code * meanings + static_cast<int>(meaning) - first)} {}

  constexpr int code() const { return both_ >> meaning_bits; }
  constexpr errc meaning() const { return static_cast<errc>(first + (both_ & (meanings - 1))); }

 private:
  static constexpr int first = static_cast<int>(errc::tls_no_anchors);
  static constexpr int meaning_bits = 5;  // which leaves codes from -1024 to 1023
  static constexpr int meanings = 1 << meaning_bits;
  static_assert(static_cast<int>(errc::tls_failed) < first + meanings);

  std::int16_t both_;
};

inline constexpr code_meaning code_meanings[] = {
    {-125, errc::tls_out_of_memory},     // MEMORY_E
    {-303, errc::tls_out_of_memory},     // MEMORY_ERROR
    {-199, errc::tls_no_random},         // RNG_FAILURE_E
    {-236, errc::tls_no_random},         // MISSING_RNG_E
    {-311, errc::tls_not_tls},           // UNKNOWN_RECORD_TYPE
    {-326, errc::tls_version},           // VERSION_ERROR
    {-450, errc::tls_version},           // UNSUPPORTED_PROTO_VERSION
    {-500, errc::tls_no_common_cipher},  // UNSUPPORTED_SUITE
    {-501, errc::tls_no_common_cipher},  // MATCH_SUITE_ERROR
    {-313, errc::tls_alert},             // FATAL_ERROR: an alert of the server's
    {-343, errc::tls_alert},             // ZERO_RETURN: its goodbye, where none was due
    {6, errc::tls_alert},                // WOLFSSL_ERROR_ZERO_RETURN
    {-316, errc::tls_no_certificate},    // NO_PEER_KEY
    {-345, errc::tls_no_certificate},    // NO_PEER_CERT
    {-188, errc::tls_unknown_ca},        // ASN_NO_SIGNER_E
    {20, errc::tls_unknown_ca},          // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    {21, errc::tls_unknown_ca},          // X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
    {-275, errc::tls_self_signed},       // ASN_SELF_SIGNED_E
    {18, errc::tls_self_signed},         // X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
    {19, errc::tls_self_signed},         // X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
    {-155, errc::tls_bad_signature},     // ASN_SIG_CONFIRM_E
    {-229, errc::tls_bad_signature},     // SIG_VERIFY_E
    {-304, errc::tls_bad_signature},     // VERIFY_FINISHED_ERROR
    {-330, errc::tls_bad_signature},     // VERIFY_SIGN_ERROR
    {7, errc::tls_bad_signature},        // X509_V_ERR_CERT_SIGNATURE_FAILURE
    {-401, errc::tls_weak_key},          // DH_KEY_SIZE_E
    {-409, errc::tls_weak_key},          // RSA_KEY_SIZE_E
    {-410, errc::tls_weak_key},          // ECC_KEY_SIZE_E
    {-150, errc::tls_not_yet_valid},     // ASN_BEFORE_DATE_E
    {9, errc::tls_not_yet_valid},        // X509_V_ERR_CERT_NOT_YET_VALID
    {13, errc::tls_not_yet_valid},       // X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD
    {-151, errc::tls_expired},           // ASN_AFTER_DATE_E
    {10, errc::tls_expired},             // X509_V_ERR_CERT_HAS_EXPIRED
    {14, errc::tls_expired},             // X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD
    {-322, errc::tls_name_mismatch},     // DOMAIN_NAME_MISMATCH
    {-325, errc::tls_ip_mismatch},       // IPADDR_MISMATCH
    {-140, errc::tls_bad_certificate},   // ASN_PARSE_E
    {-160, errc::tls_bad_certificate},   // ASN_CRIT_EXT_E
    {-161, errc::tls_bad_certificate},   // ASN_ALT_NAME_E
    {-329, errc::tls_bad_certificate},   // VERIFY_CERT_ERROR
    {-342, errc::tls_bad_certificate},   // PEER_KEY_ERROR
    {-357, errc::tls_bad_certificate},   // NOT_CA_ERROR
    {-368, errc::tls_bad_certificate},   // MAX_CHAIN_ERROR
};

constexpr errc meaning_of(int code) {
  for (const code_meaning& known : code_meanings) {
    if (known.code() == code) return known.meaning();
  }
  return errc::tls_failed;
}

// What the library says to the verify callback is said of a certificate, known to us or not.
constexpr errc meaning_for_certificate(int code) {
  const errc meaning = meaning_of(code);
  return meaning == errc::tls_failed ? errc::tls_bad_certificate : meaning;
}

}  // namespace mailmote::wolfssl

// ---- <mailmote/tls/wolfssl_own_certificate.hpp> ----

// wolfssl_own_certificate.hpp: who we are, for a server that asks.
//
// Knows:          PEM and DER, of a certificate and of its key.
// Does not know:  which names or dates a server wants: those are the server's to judge.
// Bounds:         a program that gives no certificate does not link what loads one.

#include <concepts>
#include <string_view>

namespace mailmote::wolfssl {

// Made of what an anchor_text is made of. Not owned.
class own_certificate {
 public:
  constexpr own_certificate() = default;
  template <class Text>
  requires std::convertible_to<const Text&, tls::anchor_text>
  constexpr own_certificate(const Text& text) : text_{text}, load_{load_both} {}

  // errc::none also where there is neither certificate nor key.
  errc load(WOLFSSL_CTX* into, const tls::anchor_text& key, int& native_error) const noexcept {
    if (load_ != nullptr) return load_(into, text_, key, native_error);
    return key.empty() ? errc::none : errc::tls_bad_client_certificate;
  }

 private:
  using loader = errc(WOLFSSL_CTX*, const tls::anchor_text&, const tls::anchor_text&,
                      int&) noexcept;
  static loader load_both;

  tls::anchor_text text_{};
  loader* load_ = nullptr;
};

inline errc own_certificate::load_both(WOLFSSL_CTX* into, const tls::anchor_text& certificate,
                                       const tls::anchor_text& key, int& native_error) noexcept {
  if (certificate.empty() && key.empty()) return errc::none;
#ifdef WOLFSSL_NO_CLIENT_AUTH
  (void)into, (void)native_error;
  return errc::tls_setup;
#else
  const auto octets = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const auto size = [](std::string_view text) { return static_cast<long>(text.size()); };
  const std::string_view own = certificate.text();
  const std::string_view secret = key.text();
  const bool is_pem = tls::place_of("-----BEGIN ", secret) < secret.size();  // DER may be short
  int code =
      certificate.is_der()
          ? wolfSSL_CTX_use_certificate_buffer(into, octets(own), size(own), WOLFSSL_FILETYPE_ASN1)
          : wolfSSL_CTX_use_certificate_chain_buffer(into, octets(own), size(own));
  if (code == WOLFSSL_SUCCESS) {
    code = wolfSSL_CTX_use_PrivateKey_buffer(into, octets(secret), size(secret),
                                             is_pem ? WOLFSSL_FILETYPE_PEM : WOLFSSL_FILETYPE_ASN1);
  }
#ifndef NO_CHECK_PRIVATE_KEY
  if (code == WOLFSSL_SUCCESS) code = wolfSSL_CTX_check_private_key(into);
#endif
  if (code == WOLFSSL_SUCCESS) return errc::none;
  native_error = code;
  const bool no_room = meaning_of(code) == errc::tls_out_of_memory;
  return no_room ? errc::tls_out_of_memory : errc::tls_bad_client_certificate;
#endif
}

}  // namespace mailmote::wolfssl

// ---- <mailmote/tls/wolfssl_context.hpp> ----

// wolfssl_context.hpp: whom wolfSSL is to trust: anchors that are readable, strong and in date.
//
// Knows:          anchors in memory, in a file and in the system's store; that wolfSSL keeps more than
//                 it was given, and judges less than it should.
// Does not know:  connections; what time it is, until it is told.
// Bounds:         no heap of ours. A certificate in a file has at most `max_anchor_text` octets, which
//                 are on the stack while it is read.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mailmote::wolfssl {

using tls::version;

struct context_settings {
  // Whom to trust; at least one of the three. Not copied. All of them must be readable, strong, and
  // free of name constraints (wolfSSL forgets those of an anchor below an intermediate), or there is
  // no connection; of the system's, those that are not are passed over. One that is out of date
  // vouches for nobody.
  tls::anchor_text anchors{};          // PEM, one or several, or one in DER
  const char* anchors_file = nullptr;  // PEM; only where wolfSSL has a file system
  bool system_store = false;           // what the system trusts, as far as wolfSSL can read it

  version minimum = version::tls_1_2;

  // Who we are, for a server that asks: a certificate, in PEM with those of the CAs between behind it
  // if need be, or alone in DER; and its key, in PEM without a password, or DER. Not copied: wolfSSL
  // does. Both or neither, else bind answers tls_bad_client_certificate; tls_setup where
  // wolfSSL was built with WOLFSSL_NO_CLIENT_AUTH.
  own_certificate certificate{};
  tls::anchor_text key{};

  // A context of the caller's own, with anchors in it: then the fields above but `minimum` are not
  // used. We set nothing in it and do not free it, so its SSL_MODE_AUTO_RETRY (Debian: on) stays: a
  // handshake then reads up to ten times for one want_read. Every check of ours is made all the same.
  // wolfSSL adds the intermediates of our handshakes to it. Once a server, even a refused one, has
  // shown one that is out of date by now, or may not vouch for every server, bind answers tls_expired,
  // tls_not_yet_valid or tls_bad_certificate, until both contexts are made anew. Those that it has
  // from elsewhere we cannot see: share it with nobody.
  WOLFSSL_CTX* borrowed = nullptr;

  // For experiments on one's own desk: anybody on the way can be the server, and read everything.
  bool dangerously_accept_any_certificate = false;
};

// The trust anchors, which many sessions may share. Nothing happens before the first of them needs
// it. Must outlive its sessions; release() gives back what it holds of wolfSSL's heap, and it may be
// used again after that.
class context {
 public:
  constexpr explicit context(const context_settings& with) noexcept : with_{with} {}
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  void release() noexcept;

 private:
  friend class session;

  errc open(tls::fault& found, std::int64_t now) noexcept;
  errc load_anchors(tls::fault& found) noexcept;
  errc load(const tls::anchor_text& anchors) noexcept;
  errc load_file(const char* path) noexcept;
  errc load_system_store() noexcept;
  errc load_pem(std::string_view pem) noexcept;
  errc load_der(tls::octets der) noexcept;
  errc refusal(int code) noexcept;

  static constexpr std::size_t max_anchor_text = 8192;  // of one certificate in a file

  WOLFSSL_CTX* ctx_ = nullptr;
  // How often wolfSSL may have kept what may vouch for nobody, or not for all; and how often that was
  // when the anchors were loaded.
  std::uint16_t spoiled_ = 0;
  std::uint16_t spoiled_before_ = 0;
  context_settings with_;
  bool started_ = false;
  int native_error_ = 0;
  int loaded_ = 0;           // anchors that are in date
  tls::validity current_{};  // while the anchors, and what wolfSSL has kept beside them, are right
  std::int64_t now_ = 0;     // while the anchors are loaded
};

inline void context::release() noexcept {
  if (with_.borrowed == nullptr) wolfSSL_CTX_free(ctx_);
  ctx_ = nullptr;
  if (started_) (void)wolfSSL_Cleanup();
  started_ = false;
}

// wolfSSL keeps the intermediates of every handshake as if they were anchors. Outside the time in
// which all of them are valid, and after one that we would refuse or hold to its constraints, the
// anchors are loaded afresh; what is borrowed cannot be, and is refused, also after release().
inline errc context::open(tls::fault& found, std::int64_t now) noexcept {
  native_error_ = 0;
  const bool is_clean = spoiled_ == spoiled_before_;
  if (ctx_ != nullptr && is_clean && current_.contains(now)) return errc::none;
  if (!started_ && wolfSSL_Init() != WOLFSSL_SUCCESS) return errc::tls_setup;
  started_ = true;
  if (with_.borrowed != nullptr) {
    ctx_ = with_.borrowed;
    const errc dates = tls::judge_dates(current_, now, found);
    return dates != errc::none || is_clean ? dates : errc::tls_bad_certificate;
  }

  current_ = {};
  spoiled_before_ = spoiled_;
  loaded_ = 0;
  now_ = now;
  wolfSSL_CTX_free(ctx_);
  ctx_ = wolfSSL_CTX_new(wolfTLS_client_method());
  if (ctx_ == nullptr) return errc::tls_out_of_memory;
#ifndef NO_SESSION_CACHE
  (void)wolfSSL_CTX_set_session_cache_mode(ctx_, WOLFSSL_SESS_CACHE_OFF);
#endif
#ifdef OPENSSL_EXTRA
  (void)wolfSSL_CTX_clear_mode(ctx_, SSL_MODE_AUTO_RETRY);  // else ten reads for every want_read
#endif
#ifndef NO_RSA
  (void)wolfSSL_CTX_SetMinRsaKey_Sz(ctx_, tls::least_rsa_bits);
#endif
#ifdef HAVE_ECC
  (void)wolfSSL_CTX_SetMinEccKey_Sz(ctx_, tls::least_ecc_bits);
#endif
  errc error = with_.certificate.load(ctx_, with_.key, native_error_);
  if (error == errc::none) error = load_anchors(found);
  if (error != errc::none) {
    wolfSSL_CTX_free(ctx_);
    ctx_ = nullptr;
  }
  return error;
}

inline errc context::load_anchors(tls::fault& found) noexcept {
  const bool nobody = with_.anchors.empty() && with_.anchors_file == nullptr && !with_.system_store;
  const bool anybody = with_.dangerously_accept_any_certificate;
  if (nobody && !anybody) return errc::tls_no_anchors;

  errc error = with_.anchors.empty() ? errc::none : load(with_.anchors);
  if (error == errc::none && with_.anchors_file != nullptr) {
    error = load_file(with_.anchors_file);
  }
  if (error == errc::none && with_.system_store) error = load_system_store();
  if (error != errc::none || loaded_ > 0 || anybody) return error;
  // None is in date: `current_` ends before the first that is to come, or begins behind the last.
  const bool too_early = current_.until != tls::validity{}.until;
  found.date = too_early ? current_.until + 1 : current_.from - 1;
  found.is_of_anchors = true;
  return too_early ? errc::tls_not_yet_valid : errc::tls_expired;
}

inline errc context::load(const tls::anchor_text& anchors) noexcept {
  std::string_view rest = anchors.text();
  if (anchors.is_der()) {
    return load_der({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()});
  }
  errc error = errc::tls_bad_anchors;  // until there is one
  for (;;) {
    const std::string_view pem = tls::take_pem(rest);
    if (pem.empty()) return error;
    error = load_pem(pem);
    if (error != errc::none) return error;
  }
}

// One by one: given several at once, wolfSSL is content when it can read the first.
inline errc context::load_pem(std::string_view pem) noexcept {
  DerBuffer* der = nullptr;
  const int code =
      wc_PemToDer(reinterpret_cast<const unsigned char*>(pem.data()), static_cast<long>(pem.size()),
                  CERT_TYPE, &der, nullptr, nullptr, nullptr);
  const errc error = code == 0 ? load_der({der->buffer, der->length}) : refusal(code);
  wc_FreeDer(&der);
  return error;
}

inline errc context::load_der(tls::octets der) noexcept {
  const tls::certificate anchor = tls::read_certificate(der);
  if (!anchor.is_readable || !anchor.name_constraints.empty()) return errc::tls_bad_anchors;
  current_.narrow_to_same(anchor.dates, now_);
  const bool in_date = anchor.dates.contains(now_);
  if (!in_date && !with_.dangerously_accept_any_certificate) return errc::none;
  const int code = wolfSSL_CTX_load_verify_buffer_ex(
      ctx_, der.data(), static_cast<long>(der.size()), WOLFSSL_FILETYPE_ASN1, 0,
      WOLFSSL_LOAD_FLAG_DATE_ERR_OKAY);  // the clock that it would ask may be dead
  if (code != WOLFSSL_SUCCESS) return refusal(code);
  ++loaded_;
  return errc::none;
}

inline errc context::refusal(int code) noexcept {
  native_error_ = code;
  const errc meaning = meaning_of(code);
  const bool is_told = meaning == errc::tls_out_of_memory || meaning == errc::tls_weak_key;
  return is_told ? meaning : errc::tls_bad_anchors;
}

#ifndef NO_FILESYSTEM

// All that can be loaded is; the answer is the last thing that could not be.
inline errc context::load_file(const char* path) noexcept {
  XFILE file = XFOPEN(path, "rb");
  if (file == XBADFILE) return errc::tls_bad_anchors;
  char text[max_anchor_text];
  std::size_t size = 0;
  errc error = errc::none;
  bool is_empty = true;
  for (;;) {
    const std::size_t read = XFREAD(text + size, 1, sizeof text - size, file);
    std::string_view rest{text, size + read};
    const std::string_view pem = tls::take_pem(rest);
    if (tls::is_whole_pem(pem)) {
      is_empty = false;
      const errc refused = load_pem(pem);
      if (refused != errc::none) error = refused;
    } else if (read == 0) {
      if (!pem.empty() || is_empty) error = errc::tls_bad_anchors;
      break;
    } else {
      rest = tls::unfinished_pem({text, size + read});
    }
    std::memmove(text, rest.data(), rest.size());
    size = rest.size();
  }
  XFCLOSE(file);
  return error;
}

inline errc context::load_system_store() noexcept {
  constexpr const char* bundles[] = {
      "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch
      "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora, RHEL
      "/etc/ssl/ca-bundle.pem",              // SUSE
      "/etc/ssl/cert.pem",                   // macOS, the BSDs
  };
  const int before = loaded_;
  for (const char* bundle : bundles) {
    (void)load_file(bundle);  // what this wolfSSL cannot use is passed over
    native_error_ = 0;
    if (loaded_ > before) return errc::none;
  }
  return errc::tls_no_anchors;
}

#else

inline errc context::load_file(const char*) noexcept { return errc::tls_bad_anchors; }
inline errc context::load_system_store() noexcept { return errc::tls_no_anchors; }

#endif

}  // namespace mailmote::wolfssl

// ---- <mailmote/tls/wolfssl.hpp> ----

// wolfssl.hpp: TLS sessions by wolfSSL, that trust nothing but the anchors they were given.
//
// Knows:          wolfSSL 5.5 to 5.9, and where it has to be watched: unsafe defaults, loose names, a
//                 clock of its own, suites that were never offered, data lost under back-pressure.
// Does not know:  SMTP; which stream is below; where the anchors come from (wolfssl_context.hpp).
// Bounds:         no heap of ours (wolfSSL has its own); a session has at most `session_budget` octets.
//                 One call of handshake() may do most of its public-key work before it returns.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

namespace mailmote::wolfssl {

// One connection. A tls_session (tls_session.hpp has the contract), to be told the time by
// set_time before it is bound, because certificates have dates.
class session {
 public:
  constexpr explicit session(context& trust) noexcept : trust_{&trust} {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  // Seconds since 1970-01-01 00:00 UTC. A device without a clock gives the later of its best guess
  // and its build date; without any, bind answers errc::tls_no_time.
  void set_time(std::int64_t unix_seconds) noexcept { now_ = unix_seconds; }

  template <byte_stream Lower>
  errc bind(Lower& lower, std::string_view host) noexcept {
    close();
    lower_ = tls::lower_stream{lower};
    return begin(host);
  }

  io_status handshake() noexcept;
  bool is_safe() const noexcept { return phase_ == phase::proven; }
  io_result read_some(std::span<char> in) noexcept;
  io_result write_some(std::span<const char> out) noexcept;
  void close() noexcept;

  errc error() const noexcept { return found_.why; }
  int native_error() const noexcept { return native_error_; }  // wolfSSL's code, or 0

  // The error in a sentence for people, in `room`; 160 octets are enough for most names. Valid until
  // the next bind, while the host that was bound is.
  std::string_view explain(std::span<char> room) const noexcept {
    return tls::explain(found_, host_, room);
  }

 private:
  friend class bindable_session;  // wolfssl_binding.hpp

  enum class phase : std::uint8_t { closed, handshake, proven };

  static constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();
  static constexpr std::size_t max_record = 16384;  // RFC 8446 5.1

  errc begin(std::string_view host) noexcept;
  errc prepare() noexcept;
  bool configure() noexcept;
  bool expect_name() noexcept;
  tls::handshake_facts facts() const noexcept;

  static int receive(WOLFSSL*, char* in, int size, void* context) noexcept;
  static int send(WOLFSSL*, char* out, int size, void* context) noexcept;
  static int verify(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept;
  errc judge(bool ok, const WOLFSSL_X509_STORE_CTX& shown) noexcept;
  errc judge_one(const WOLFSSL_BUFFER_INFO& der, tls::place& at, tls::fault& found) noexcept;
  void keep_shown_name() noexcept;
  int told(io_result result) noexcept;

  io_status after(int result) noexcept;
  errc why(int code) const noexcept;
  io_status fail(errc why, int code = 0) noexcept;

  // What is small and asked for often comes first, where short instructions reach it.
  context* trust_;
  WOLFSSL* ssl_ = nullptr;
  phase phase_ = phase::closed;
  io_status lower_said_ = io_status::ok;  // when it moved nothing, in the last call of wolfSSL's
  bool inside_output_ = false;            // wolfSSL was called to write, and not to read
  bool peer_proven_ = false;              // the verify callback has passed the leaf
  bool peer_closed_ = false;
  std::uint16_t blocked_write_ = 0;  // octets that wolfSSL has taken in and not sent, or 0
  std::uint16_t spoiled_ = 0;        // how often the context is, as far as this session knows
  int native_error_ = 0;
  tls::fault found_{};  // the first thing that went wrong
  std::int64_t now_ = no_time;
  tls::lower_stream lower_{};
  std::string_view host_{};  // without the root's dot
  tls::record_outlet outlet_{};
};

inline constexpr std::size_t session_budget = 512;
static_assert(sizeof(session) <= session_budget);

// A context or session as a local variable, which cleans up at the end of its scope. The classes
// themselves have no destructor, so that static ones register nothing to be run at exit.
template <class T>
struct scoped : T {
  using T::T;
  ~scoped() {
    if constexpr (requires(T & t) { t.release(); }) {
      T::release();
    } else {
      T::close();
    }
  }
};

namespace detail {

// What we offer, of either version the best first, of what the build has; handshake_guard.hpp lists
// the same. ChaCha20 is two to three times as fast as AES where no hardware does AES.
inline constexpr char suites[] =
#if !defined(HAVE_CHACHA) || !defined(HAVE_POLY1305)
    "TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#elif defined(WOLFSSL_AESNI) || defined(WOLFSSL_ARMASM) || defined(WOLFSSL_STM32_CUBEMX)
    "TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "TLS13-CHACHA20-POLY1305-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#else
    "TLS13-CHACHA20-POLY1305-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#endif
#ifdef WOLFSSL_SHA384
    ":TLS13-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#endif
    ;

// P-256 first: with another curve first, a handshake costs a small device up to four times as much.
inline constexpr std::uint16_t groups[] = {
#if defined(HAVE_ECC) && !defined(NO_ECC256)
    WOLFSSL_ECC_SECP256R1,
#endif
#ifdef HAVE_CURVE25519
    WOLFSSL_ECC_X25519,
#endif
#if defined(HAVE_ECC) && (defined(HAVE_ECC384) || defined(HAVE_ALL_CURVES))
    WOLFSSL_ECC_SECP384R1,
#endif
};

}  // namespace detail

// A connection begins.

inline errc session::begin(std::string_view host) noexcept {
  host_ = tls::without_root(host);
  found_ = {};
  outlet_.reset();
  blocked_write_ = 0;
  peer_proven_ = peer_closed_ = false;

  const errc error = prepare();
  if (error == errc::none) phase_ = phase::handshake;
  (void)fail(error, trust_->native_error_);
  return error;
}

inline errc session::prepare() noexcept {
  if (!tls::is_host(host_)) return errc::bad_host;
  const bool anybody = trust_->with_.dangerously_accept_any_certificate;
  if (now_ == no_time && !anybody) return errc::tls_no_time;
  const errc opened = trust_->open(found_, now_);
  if (opened != errc::none) return opened;
  spoiled_ = trust_->spoiled_;
  ssl_ = wolfSSL_new(trust_->ctx_);
  return ssl_ != nullptr && configure() ? errc::none : errc::tls_setup;
}

// Everything is set for this session, and nothing left to the context: that may be borrowed, and the
// library's own defaults accept anybody in some builds.
inline bool session::configure() noexcept {
#ifdef WOLFSSL_NO_TLS12
  const int minimum = WOLFSSL_TLSV1_3;
#else
  const bool only_1_3 = trust_->with_.minimum == version::tls_1_3;
  const int minimum = only_1_3 ? WOLFSSL_TLSV1_3 : WOLFSSL_TLSV1_2;
#endif
  wolfSSL_set_verify(ssl_, WOLFSSL_VERIFY_PEER, verify);
  wolfSSL_SetCertCbCtx(ssl_, this);
  wolfSSL_SSLSetIORecv(ssl_, receive);
  wolfSSL_SSLSetIOSend(ssl_, send);
  wolfSSL_SetIOReadCtx(ssl_, this);
  wolfSSL_SetIOWriteCtx(ssl_, this);
#ifndef NO_RSA
  (void)wolfSSL_SetMinRsaKey_Sz(ssl_, tls::least_rsa_bits);
#endif
#ifdef HAVE_ECC
  (void)wolfSSL_SetMinEccKey_Sz(ssl_, tls::least_ecc_bits);
#endif
#ifdef HAVE_SUPPORTED_CURVES
  for (const std::uint16_t group : detail::groups) (void)wolfSSL_UseSupportedCurve(ssl_, group);
#endif
  return wolfSSL_SetMinVersion(ssl_, minimum) == WOLFSSL_SUCCESS &&
         wolfSSL_set_cipher_list(ssl_, detail::suites) == WOLFSSL_SUCCESS &&
         (text::read_ip(host_) || expect_name());
}

// The library's own check of the name, looser than ours, is a second layer. Later releases refuse
// to check a name of one label.
inline bool session::expect_name() noexcept {
  char name[tls::max_host + 1];
  std::memcpy(name, host_.data(), host_.size());
  name[host_.size()] = '\0';
#ifdef HAVE_SNI
  const auto length = static_cast<std::uint16_t>(host_.size());
  if (wolfSSL_UseSNI(ssl_, WOLFSSL_SNI_HOST_NAME, name, length) != WOLFSSL_SUCCESS) return false;
#endif
  std::string_view rest = host_;
  tls::skip_label(rest);
  return trust_->with_.dangerously_accept_any_certificate || rest.empty() ||
         wolfSSL_check_domain_name(ssl_, name) == WOLFSSL_SUCCESS;
}

// The certificates. wolfSSL has checked signatures, uses and its own idea of dates; it calls with
// the chain's certificates from the top down, or with the leaf only.

inline int session::verify(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept {
  session& self = *static_cast<session*>(shown->userCtx);
  const errc verdict = self.judge(ok != 0, *shown);
  if (verdict != errc::none) {
    self.keep_shown_name();
    (void)self.fail(verdict, shown->error);
    return 0;
  }
  if (shown->error_depth == 0) self.peer_proven_ = true;
  return 1;
}

inline errc session::judge(bool ok, const WOLFSSL_X509_STORE_CTX& shown) noexcept {
  if (trust_->with_.dangerously_accept_any_certificate) return errc::none;

  errc library = ok ? errc::none : meaning_for_certificate(shown.error);
  const bool is_date = library == errc::tls_expired || library == errc::tls_not_yet_valid;
  if (is_date) library = errc::none;

  // With the leaf, every certificate above it: some builds have not shown them before. The dates of
  // all count for the context: wolfSSL keeps good ones also where it refuses the leaf.
  errc verdict = library == errc::tls_name_mismatch ? errc::none : library;
  tls::fault ignored;
  tls::place at{.depth = shown.totalCerts, .is_last = true};
  while (--at.depth >= 0) {
    const bool counts = verdict == errc::none && at.depth >= shown.error_depth;
    const errc bad = judge_one(shown.certs[at.depth], at, counts ? found_ : ignored);
    if (counts) verdict = bad;
    at.is_last = false;
  }
  // By another session since this one began: it may be what vouches for this server.
  if (trust_->spoiled_ != spoiled_ && verdict == errc::none) verdict = errc::tls_unknown_ca;
  const bool may_be_missed = is_date && shown.error_depth > 0 && verdict == errc::none;
  if (may_be_missed) found_.date = now_;  // by the leaf: then this explains it
  return verdict != errc::none ? verdict : library;
}

inline errc session::judge_one(const WOLFSSL_BUFFER_INFO& der, tls::place& at,
                               tls::fault& found) noexcept {
  const tls::certificate certificate = tls::read_certificate({der.buffer, der.length});
  if (at.depth > 0) trust_->current_.narrow(certificate.dates);  // 0 where they cannot be read
  if (!certificate.is_readable) return errc::tls_bad_certificate;
  errc verdict = tls::judge_purpose(certificate, at);
  const errc dates = tls::judge_dates(certificate.dates, now_, found);
  if (dates != errc::none) verdict = dates;
  if (at.depth > 0 && (verdict != errc::none || at.is_constrained)) {
    ++trust_->spoiled_;
    ++spoiled_;
  }
  if (verdict == errc::none && at.depth == 0) {
    verdict = tls::judge_identity(certificate, tls::reference_identity{host_}, found.shown_name);
  }
  return verdict;
}

// The name lies in a certificate that goes away; the outlet is not used before the peer is proven.
inline void session::keep_shown_name() noexcept {
  const std::span<char> kept = outlet_.scratch();
  std::string_view& name = found_.shown_name;
  const std::size_t size = name.size() < kept.size() ? name.size() : kept.size();
  if (size > 0) std::memcpy(kept.data(), name.data(), size);
  name = {kept.data(), size};
}

// The way down and up.

inline int session::receive(WOLFSSL*, char* in, int size, void* context) noexcept {
  session& self = *static_cast<session*>(context);
  if (self.outlet_.is_full()) {
    const bool blocked = self.blocked_write_ != 0;
    const io_status status = blocked ? io_status::want_write : self.outlet_.flush(self.lower_);
    if (status != io_status::ok) return self.told(status);
  }
  return self.told(self.lower_.read_some({in, static_cast<std::size_t>(size)}));
}

inline int session::send(WOLFSSL*, char* out, int size, void* context) noexcept {
  session& self = *static_cast<session*>(context);
  const std::span<const char> records{out, static_cast<std::size_t>(size)};
  if (self.inside_output_) return self.told(self.outlet_.send(self.lower_, records));
  if (self.blocked_write_ == 0) {
    return self.outlet_.keep(records) ? size : WOLFSSL_CBIO_ERR_GENERAL;
  }
  return self.outlet_.hold_back() ? self.told(io_status::want_write) : WOLFSSL_CBIO_ERR_GENERAL;
}

// In wolfSSL's words: never 0, which it takes for "again". It has one for both directions of waiting.
inline int session::told(io_result result) noexcept {
  if (result.ok()) return static_cast<int>(result.count());
  lower_said_ = result.status();
  if (lower_said_ == io_status::closed) return WOLFSSL_CBIO_ERR_CONN_CLOSE;
  return lower_said_ == io_status::failed ? WOLFSSL_CBIO_ERR_CONN_RST : WOLFSSL_CBIO_ERR_WANT_READ;
}

inline io_status session::handshake() noexcept {
  if (phase_ == phase::proven) return io_status::ok;
  if (phase_ != phase::handshake || found_.why != errc::none) return io_status::failed;

  lower_said_ = io_status::ok;
  inside_output_ = true;
  const int result = wolfSSL_connect(ssl_);
  inside_output_ = false;
  if (result != WOLFSSL_SUCCESS) return after(result);

  const errc verdict = tls::judge_handshake(facts());
  if (verdict != errc::none || found_.why != errc::none) return fail(verdict);
  phase_ = phase::proven;
  return io_status::ok;
}

inline tls::handshake_facts session::facts() const noexcept {
  const int spoken = wolfSSL_GetVersion(ssl_);
  return {.version = spoken == WOLFSSL_TLSV1_3   ? version::tls_1_3
                     : spoken == WOLFSSL_TLSV1_2 ? version::tls_1_2
                                                 : version::other,
          .minimum = trust_->with_.minimum,
          .suite = wolfSSL_get_current_cipher_suite(ssl_),
          .peer_proven = peer_proven_,
          .resumed = wolfSSL_session_reused(ssl_) != 0};
}

inline io_result session::read_some(std::span<char> in) noexcept {
  if (!is_safe() || found_.why != errc::none) return io_status::failed;
  if (peer_closed_) return io_status::closed;

  lower_said_ = io_status::ok;
  const std::size_t most = in.size() < max_record ? in.size() : max_record;
  const int result = wolfSSL_read(ssl_, in.data(), static_cast<int>(most));
  // An answer to a KeyUpdate leaves at once when it can, and else before the next write.
  if (blocked_write_ == 0) (void)outlet_.flush(lower_);
  if (result > 0) return io_result::moved(static_cast<std::size_t>(result));
  if (wolfSSL_get_error(ssl_, result) == WOLFSSL_ERROR_ZERO_RETURN) {
    peer_closed_ = true;
    return io_status::closed;
  }
  return after(result);
}

inline io_result session::write_some(std::span<const char> out) noexcept {
  if (!is_safe() || found_.why != errc::none) return io_status::failed;

  lower_said_ = io_status::ok;
  std::size_t size = blocked_write_;  // again as it was
  if (size == 0) {
    const io_status status = outlet_.flush(lower_);
    if (status == io_status::closed || status == io_status::failed) {
      return fail(errc::stream_failed);
    }
    if (status != io_status::ok) return status;
    size = out.size() < max_record ? out.size() : max_record;  // one record at most
  }
  if (size > out.size()) return fail(errc::tls_failed);
  inside_output_ = true;
  const int result = wolfSSL_write(ssl_, out.data(), static_cast<int>(size));
  inside_output_ = false;
  if (result > 0) {
    blocked_write_ = 0;
    return io_result::moved(static_cast<std::size_t>(result));
  }
  blocked_write_ = static_cast<std::uint16_t>(size);
  return after(result);
}

inline void session::close() noexcept {
  // A blocked write has no goodbye behind it: the rest of its record, maybe a mail's final dot, would
  // go out too, when its caller has been told that it did not.
  const bool polite = is_safe() && found_.why == errc::none && blocked_write_ == 0;
  if (polite && outlet_.flush(lower_) == io_status::ok) {
    inside_output_ = true;
    (void)wolfSSL_shutdown(ssl_);
    inside_output_ = false;
  }
  wolfSSL_free(ssl_);
  ssl_ = nullptr;
  phase_ = phase::closed;
}

// What a call of wolfSSL's that did not succeed means. 5.5 says -1 with error 0 when its flush in a
// TLS 1.3 handshake was blocked twice.
inline io_status session::after(int result) noexcept {
  const int code = wolfSSL_get_error(ssl_, result);
  const bool waits = code == WOLFSSL_ERROR_WANT_READ || code == WOLFSSL_ERROR_WANT_WRITE ||
                     code == WOLFSSL_ERROR_NONE;
  if (waits && (lower_said_ == io_status::want_read || lower_said_ == io_status::want_write)) {
    return lower_said_;
  }
  return fail(why(code), code);
}

inline errc session::why(int code) const noexcept {
  if (lower_said_ == io_status::failed) return errc::stream_failed;
  if (lower_said_ == io_status::closed) return errc::tls_truncated;
  const errc meaning = meaning_of(code);
  if (phase_ == phase::handshake) return meaning;
  const bool first_words_only = meaning == errc::tls_not_tls || meaning == errc::tls_version;
  return first_words_only ? errc::tls_failed : meaning;
}

// The first fault stands, and it is final: wolfSSL would write on after a bad record.
inline io_status session::fail(errc why, int code) noexcept {
  if (found_.why == errc::none) {
    found_.why = why;
    native_error_ = code;
  }
  return io_status::failed;
}

}  // namespace mailmote::wolfssl

// ---- <mailmote/tls/wolfssl_binding.hpp> ----

// wolfssl_binding.hpp: ties a login to a TLS session of wolfSSL's.
//
// Knows:          tls-exporter (RFC 9266), of TLS 1.3 only: before it is safe only with an extended
//                 master secret, and wolfSSL does not say whether there is one; tls-server-end-point
//                 (RFC 5929), of both versions.
// Does not know:  which mechanism asks.
// Bounds:         100 octets more than a session; no heap, once the handshake is over.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailmote::wolfssl {

// A session that logins can be tied to: it keeps what there is to know of its handshake and of the
// server's certificate, which a plain session forgets.
class bindable_session : public session {
 public:
  using session::session;

  template <byte_stream Lower>
  errc bind(Lower& lower, std::string_view host) noexcept {
    exported_size_ = end_point_size_ = 0;
    const errc error = session::bind(lower, host);
    if (error == errc::none) keep_what_binds();
    return error;
  }

  io_status handshake() noexcept {
    const bool was_safe = is_safe();
    const io_status status = session::handshake();
    if (is_safe() && !was_safe) export_binding();
    return status;
  }

  // Both are empty while the session is not safe, and where there is none.
  std::string_view exported() const noexcept {
    return {exported_.data(), is_safe() ? exported_size_ : std::size_t{0}};
  }
  std::string_view end_point() const noexcept {
    return {end_point_.data(), is_safe() ? end_point_size_ : std::size_t{0}};
  }

 private:
  static constexpr std::size_t exporter_size = 32;  // RFC 9266 2

  void keep_what_binds() noexcept;
  void export_binding() noexcept;
  static int verify_and_keep(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept;
  void keep_end_point(tls::octets leaf) noexcept;

  std::array<char, exporter_size> exported_{};
  std::array<char, max_channel_binding> end_point_{};
  std::uint8_t exported_size_ = 0;
  std::uint8_t end_point_size_ = 0;
};

namespace detail {

inline std::size_t copy_binding(std::string_view from, std::span<char> out) noexcept {
  if (from.size() > out.size()) return 0;
  for (std::size_t i = 0; i < from.size(); ++i) out[i] = from[i];
  return from.size();
}

// A template, so that a build that cannot do it is an error where it is used, and not before.
template <class Session>
class exporter_binding : public mailmote::channel_binding {
#ifndef HAVE_KEYING_MATERIAL
  static_assert(sizeof(Session) == 0, "tls-exporter needs wolfSSL with HAVE_KEYING_MATERIAL");
#endif

 public:
  constexpr explicit exporter_binding(Session& tls) noexcept : tls_{&tls} {}

  std::string_view name() const noexcept final { return "tls-exporter"; }
  std::size_t read(std::span<char> out) noexcept final {
    return copy_binding(tls_->exported(), out);
  }

 private:
  Session* tls_;
};

}  // namespace detail

// The session must outlive them. Over TLS 1.2 there is no tls-exporter.
using channel_binding = detail::exporter_binding<bindable_session>;

class server_end_point : public mailmote::channel_binding {
 public:
  constexpr explicit server_end_point(bindable_session& tls) noexcept : tls_{&tls} {}

  std::string_view name() const noexcept final { return "tls-server-end-point"; }
  std::size_t read(std::span<char> out) noexcept final {
    return detail::copy_binding(tls_->end_point(), out);
  }

 private:
  bindable_session* tls_;
};

inline void bindable_session::keep_what_binds() noexcept {
  wolfSSL_set_verify(ssl_, WOLFSSL_VERIFY_PEER, verify_and_keep);
#ifdef HAVE_KEYING_MATERIAL
  wolfSSL_KeepArrays(ssl_);
#endif
}

// At once, so that wolfSSL need not hold the handshake's secrets any longer.
inline void bindable_session::export_binding() noexcept {
#ifdef HAVE_KEYING_MATERIAL
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  const bool exported =
      facts().version == version::tls_1_3 &&
      wolfSSL_export_keying_material(ssl_, reinterpret_cast<unsigned char*>(exported_.data()),
                                     exported_.size(), label.data(), label.size(), nullptr, 0,
                                     1) == WOLFSSL_SUCCESS;
  if (exported) exported_size_ = exporter_size;
  wolfSSL_FreeArrays(ssl_);
#endif
}

inline int bindable_session::verify_and_keep(int ok, WOLFSSL_X509_STORE_CTX* shown) noexcept {
  const int verdict = session::verify(ok, shown);
  if (verdict != 0 && shown->error_depth == 0) {
    const WOLFSSL_BUFFER_INFO& leaf = shown->certs[0];
    auto& self = static_cast<bindable_session&>(*static_cast<session*>(shown->userCtx));
    self.keep_end_point({leaf.buffer, leaf.length});
  }
  return verdict;
}

inline void bindable_session::keep_end_point(tls::octets leaf) noexcept {
  wc_HashType type = WC_HASH_TYPE_NONE;
  switch (tls::end_point_hash_of(leaf)) {
    case tls::end_point_hash::sha_224: type = WC_HASH_TYPE_SHA224; break;
    case tls::end_point_hash::sha_256: type = WC_HASH_TYPE_SHA256; break;
    case tls::end_point_hash::sha_384: type = WC_HASH_TYPE_SHA384; break;
    case tls::end_point_hash::sha_512: type = WC_HASH_TYPE_SHA512; break;
    case tls::end_point_hash::none: return;
  }
  const int size = wc_HashGetDigestSize(type);  // negative where the build has it not
  if (size <= 0 || wc_Hash(type, leaf.data(), static_cast<std::uint32_t>(leaf.size()),
                           reinterpret_cast<unsigned char*>(end_point_.data()),
                           static_cast<std::uint32_t>(size)) != 0) {
    return;
  }
  end_point_size_ = static_cast<std::uint8_t>(size);
}

}  // namespace mailmote::wolfssl

// ---- <mailmote/tls/wolfssl_hash.hpp> ----

// wolfssl_hash.hpp: the hash functions of logins, as wolfCrypt computes them in software.
//
// Knows:          which builds have them, and which keep more of a hash than its own octets.
// Does not know:  who asks (sasl/hash.hpp says what is asked), or HMAC.
// Bounds:         copied octet by octet; nothing to free, unless WOLFSSL_SMALL_STACK makes wolfCrypt
//                 take 256 octets of its heap while it works. Where it has none, `finish` says so.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace mailmote::wolfssl {

namespace detail {

// A hash that refers to memory or a device is not copied by copying it.
template <class>
inline constexpr bool hashes_are_plain =
#if defined(WOLFSSL_SMALL_STACK_CACHE) || defined(WOLFSSL_HASH_KEEP) ||                            \
    defined(WOLFSSL_ASYNC_CRYPT) || defined(WOLF_CRYPTO_CB_FIND) || defined(WOLFSSL_AFALG_HASH) || \
    defined(WOLFSSL_DEVCRYPTO_HASH) || defined(WOLFSSL_KCAPI_HASH) || defined(WOLFSSL_HAVE_PSA) || \
    defined(WOLFSSL_SE050_HASH) || defined(WOLFSSL_SILABS_SE_ACCEL) ||                             \
    defined(WOLFSSL_CRYPTOCELL) || defined(WOLFSSL_PSOC6_CRYPTO) || defined(WOLFSSL_IMXRT_DCP) ||  \
    defined(WOLFSSL_MAXQ10XX_CRYPTO) || defined(WOLFSSL_PIC32MZ_HASH) ||                           \
    defined(FREESCALE_LTC_SHA) || defined(WOLFSSL_XILINX_CRYPT) || defined(WOLFSSL_IMX6_CAAM) ||   \
    defined(HAVE_ARIA)
    false;
#elif (defined(WOLFSSL_ESP32WROOM32_CRYPT) && !defined(NO_WOLFSSL_ESP32WROOM32_CRYPT_HASH)) || \
    defined(WOLFSSL_USE_ESP32_CRYPT_HASH_HW)
    false;
#else
    true;
#endif

// Nothing is done by the constructor: wolfCrypt is called from the first octet on.
template <class Function>
class digest {
  static_assert(
      hashes_are_plain<Function>,
      "logins need wolfSSL's hashes in software, without WOLFSSL_SMALL_STACK_CACHE, "
      "WOLFSSL_HASH_KEEP, WOLFSSL_ASYNC_CRYPT, WOLF_CRYPTO_CB_FIND, and a device's own "
      "(on an ESP32, NO_WOLFSSL_ESP32WROOM32_CRYPT_HASH and NO_WOLFSSL_ESP32_CRYPT_HASH)");

 public:
  static constexpr std::size_t size = Function::size;
  static constexpr std::size_t block_size = Function::block_size;

  void update(std::span<const char> in) noexcept {
    if (state_ == state::fresh) step(Function::begin(native_));
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    while (!in.empty()) {
      const std::size_t n = in.size() < most ? in.size() : most;
      if (state_ == state::begun) step(Function::update(native_, bytes(in), std::uint32_t(n)));
      in = in.subspan(n);
    }
  }

  // And is as new; of what was hashed nothing stays. False, and zeros: it could not be computed.
  bool finish(std::span<char, Function::size> out) noexcept {
    update({});
    if (state_ == state::begun) {
      step(Function::finish(native_, reinterpret_cast<unsigned char*>(out.data())));
    }
    const bool is_sound = state_ == state::begun;
    if (!is_sound) wipe(out);
    wipe({reinterpret_cast<char*>(&native_),
          sizeof native_});  // not just forgotten: it may be a local
    state_ = state::fresh;
    return is_sound;
  }

 private:
  enum class state : std::uint8_t { fresh, begun, failed };

  static const unsigned char* bytes(std::span<const char> in) {
    return reinterpret_cast<const unsigned char*>(in.data());
  }
  void step(int code) { state_ = code == 0 ? state::begun : state::failed; }

  typename Function::native native_{};
  state state_ = state::fresh;
};

// What a build has not is an error where it is used, and not before.
template <class>
inline constexpr bool is_built = false;

#ifndef NO_MD5
struct md5_function {
  using native = wc_Md5;
  static constexpr std::size_t size = WC_MD5_DIGEST_SIZE;
  static constexpr std::size_t block_size = WC_MD5_BLOCK_SIZE;
  static int begin(native& h) { return wc_InitMd5_ex(&h, nullptr, INVALID_DEVID); }
  static int update(native& h, const unsigned char* in, std::uint32_t n) {
    return wc_Md5Update(&h, in, n);
  }
  static int finish(native& h, unsigned char* out) { return wc_Md5Final(&h, out); }
};
#else
template <class Used>
struct no_md5 {
  static_assert(is_built<Used>, "CRAM-MD5 and md5 need wolfSSL without NO_MD5");
  static constexpr std::size_t size = 16;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char>) noexcept {}
  bool finish(std::span<char, size>) noexcept { return false; }
};
#endif

#ifndef NO_SHA
struct sha_1_function {
  using native = wc_Sha;
  static constexpr std::size_t size = WC_SHA_DIGEST_SIZE;
  static constexpr std::size_t block_size = WC_SHA_BLOCK_SIZE;
  static int begin(native& h) { return wc_InitSha_ex(&h, nullptr, INVALID_DEVID); }
  static int update(native& h, const unsigned char* in, std::uint32_t n) {
    return wc_ShaUpdate(&h, in, n);
  }
  static int finish(native& h, unsigned char* out) { return wc_ShaFinal(&h, out); }
};
#else
template <class Used>
struct no_sha_1 {
  static_assert(is_built<Used>, "SCRAM-SHA-1 and sha_1 need wolfSSL without NO_SHA");
  static constexpr std::size_t size = 20;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char>) noexcept {}
  bool finish(std::span<char, size>) noexcept { return false; }
};
#endif

#ifndef NO_SHA256
struct sha_256_function {
  using native = wc_Sha256;
  static constexpr std::size_t size = WC_SHA256_DIGEST_SIZE;
  static constexpr std::size_t block_size = WC_SHA256_BLOCK_SIZE;
  static int begin(native& h) { return wc_InitSha256_ex(&h, nullptr, INVALID_DEVID); }
  static int update(native& h, const unsigned char* in, std::uint32_t n) {
    return wc_Sha256Update(&h, in, n);
  }
  static int finish(native& h, unsigned char* out) { return wc_Sha256Final(&h, out); }
};
#else
template <class Used>
struct no_sha_256 {
  static_assert(is_built<Used>, "SCRAM-SHA-256 and sha_256 need wolfSSL without NO_SHA256");
  static constexpr std::size_t size = 32;
  static constexpr std::size_t block_size = 64;
  void update(std::span<const char>) noexcept {}
  bool finish(std::span<char, size>) noexcept { return false; }
};
#endif

}  // namespace detail

// Each is a sasl::hash.
#ifndef NO_MD5
using md5 = detail::digest<detail::md5_function>;
#else
using md5 = detail::no_md5<void>;
#endif
#ifndef NO_SHA
using sha_1 = detail::digest<detail::sha_1_function>;
#else
using sha_1 = detail::no_sha_1<void>;
#endif
#ifndef NO_SHA256
using sha_256 = detail::digest<detail::sha_256_function>;
#else
using sha_256 = detail::no_sha_256<void>;
#endif

}  // namespace mailmote::wolfssl

// ---- <mailmote/tls/wolfssl_random.hpp> ----

// wolfssl_random.hpp: wolfCrypt's random numbers.
//
// Knows:          that a generator which has failed once stays so, and is set up anew.
// Does not know:  what they are for.
// Bounds:         at most 64 KB a call; wolfCrypt may take some of its heap until close().

#include <cstdint>
#include <span>

namespace mailmote::wolfssl {

// Nothing happens before the first octets are wanted. close() gives back what it holds, and it may
// be used again after that. Like a context, it has no destructor: wolfssl::scoped<random> is for a
// local variable.
class random : public random_source {
 public:
  constexpr random() = default;
  random(const random&) = delete;
  random& operator=(const random&) = delete;

  bool fill(std::span<char> out) noexcept final {
    if (out.empty()) return true;
    const bool filled =
        begin() && wc_RNG_GenerateBlock(&generator_, reinterpret_cast<unsigned char*>(out.data()),
                                        static_cast<std::uint32_t>(out.size())) == 0;
    if (!filled) close();
    return filled;
  }

  void close() noexcept {
    if (is_open_) (void)wc_FreeRng(&generator_);
    if (is_started_) (void)wolfSSL_Cleanup();
    is_open_ = is_started_ = false;
  }

 private:
  bool begin() noexcept {
    if (!is_started_) is_started_ = wolfSSL_Init() == WOLFSSL_SUCCESS;
    if (is_started_ && !is_open_) is_open_ = wc_InitRng(&generator_) == 0;
    return is_open_;
  }

  WC_RNG generator_{};
  bool is_started_ = false;
  bool is_open_ = false;
};

}  // namespace mailmote::wolfssl

#endif  // MAILMOTE_WOLFSSL

#ifdef MAILMOTE_LWIP

// ---- <mailmote/port/lwip.hpp> ----

// lwip.hpp: a TCP connection by lwIP's raw API.
//
// Knows:          lwIP's callbacks and pbufs, with or without altcp; versions 2.1 and 2.2.
// Does not know:  what is sent, or who runs lwIP's timers and feeds it packets.
// Bounds:         24 octets of its own on a 32-bit machine; it holds at most TCP_WND octets of received pbufs.
//
// lwIP's defaults cut a mail of 10 KB into ten flights. What a mail wants of lwipopts.h:
//
//   TCP_MSS 1460                      536 otherwise: three times as many packets
//   TCP_SND_BUF (4 * TCP_MSS)         a mail of this size is one flight
//   TCP_WND (4 * TCP_MSS)             a server's certificates come in one
//   MEM_SIZE (TCP_SND_BUF + 3 * 1024) what is written is copied there: 1600 would be a flight each
//   TCP_SND_QUEUELEN, MEMP_NUM_TCP_SEG, PBUF_POOL_SIZE: as lwIP derives or demands them
//   LWIP_DNS 1                        for connect by name

#include <lwip/altcp.h>  // without LWIP_ALTCP its names are those of lwip/tcp.h
#include <lwip/def.h>
#include <lwip/dns.h>
#include <lwip/pbuf.h>

#include <algorithm>

namespace mailmote::lwip {

// A byte_stream. All calls are made where lwIP's may be made: in the super-loop with NO_SYS=1, else
// in the TCP/IP thread or with its core locked. Nothing is registered for exit: one that does not
// live for ever is closed, and no longer awaited, before it goes, for lwIP knows its address.
class tcp_stream {
 public:
  constexpr tcp_stream() = default;
  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;

  // Starts to connect. errc::stream_failed: lwIP has no memory for it, or no route.
  errc connect(const ip_addr_t& address, u16_t port) noexcept {
    close();
    port_ = port;
    return began(start(address));
  }

#if LWIP_DNS
  // Looks `host` up first, without blocking; it ends in NUL, and lives until the connection stands.
  errc connect(const char* host, u16_t port) noexcept {
    close();
    port_ = port;
    ip_addr_t address;
    const err_t found = dns_gethostbyname(host, &address, on_found, this);
    if (found == ERR_INPROGRESS) {
      host_ = host;
      ++look_ups_;
    }
    return began(found == ERR_OK ? start(address) : found);
  }
#endif

  // Whether a look-up is under way, which lwIP cannot call off: close does not change it.
  bool is_awaited() const noexcept { return look_ups_ > 0; }

  // In good order: what was written is still sent, by lwIP alone. Ready for the next connect.
  void close() noexcept {
    if (altcp_pcb* const pcb = drop(); pcb != nullptr && altcp_close(pcb) != ERR_OK)
      altcp_abort(pcb);
  }

  // With a reset. Ready for the next connect.
  void abort() noexcept {
    if (altcp_pcb* const pcb = drop(); pcb != nullptr) altcp_abort(pcb);
  }

  // Only what was read makes room for more. What came before a failure can still be read.
  io_result read_some(std::span<char> in) noexcept {
    if (received_ == nullptr)
      return has_ended_ ? io_status::closed : when_idle(io_status::want_read);
    const auto size = static_cast<u16_t>(std::min<std::size_t>(in.size(), received_->tot_len));
    pbuf_copy_partial(received_, in.data(), size, 0);
    received_ = pbuf_free_header(received_, size);
    if (pcb_ != nullptr) altcp_recved(pcb_, size);
    return io_result::moved(size);
  }

  // At most a segment a call, into lwIP's buffer. It goes out at flush.
  io_result write_some(std::span<const char> out) noexcept {
    if (pcb_ == nullptr || !is_open_) return when_idle(io_status::want_write);
    const std::size_t room = std::min<std::size_t>(altcp_sndbuf(pcb_), altcp_mss(pcb_));
    const auto size = static_cast<u16_t>(std::min(out.size(), room));
    if (size == 0) return io_status::want_write;
    const err_t error = altcp_write(pcb_, out.data(), size, TCP_WRITE_FLAG_COPY);
    if (error == ERR_OK) return io_result::moved(size);
    if (error == ERR_MEM) return io_status::want_write;
    error_ = error;
    altcp_abort(let_go());
    return io_status::failed;
  }

  // The client says so at the end of each poll: packets are cut from all that it wrote.
  void flush() noexcept {
    if (is_open_) altcp_output(pcb_);
  }

  // lwIP's reason for the failure, or ERR_OK; ERR_VAL: the host has no address.
  err_t native_error() const noexcept { return error_; }

 private:
  io_status when_idle(io_status when_open) const {
    if (is_open_) return when_open;
    return pcb_ != nullptr || host_ != nullptr ? io_status::want_write : io_status::failed;
  }

  errc began(err_t error) {
    error_ = error == ERR_INPROGRESS ? err_t{ERR_OK} : error;
    return error_ == ERR_OK ? errc::none : errc::stream_failed;
  }

  err_t start(const ip_addr_t& address) {
    pcb_ = altcp_new_ip_type(nullptr, IP_GET_TYPE(&address));
    if (pcb_ == nullptr) return ERR_MEM;
    altcp_arg(pcb_, this);
    altcp_recv(pcb_, on_received);
    altcp_err(pcb_, on_error);
    const err_t error = altcp_connect(pcb_, &address, port_, on_connected);
    if (error != ERR_OK) abort();
    return error;
  }

  // lwIP's block, which is the caller's now, and may be none.
  altcp_pcb* let_go() {
    altcp_pcb* const pcb = pcb_;
    if (pcb != nullptr) {
      altcp_arg(pcb, nullptr);
      altcp_recv(pcb, nullptr);
      altcp_err(pcb, nullptr);
    }
    pcb_ = nullptr;
    is_open_ = false;
    return pcb;
  }

  // The same, with nothing left to read. What nobody has read would make lwIP's close a reset.
  altcp_pcb* drop() {
    if (received_ != nullptr) {
      if (pcb_ != nullptr) altcp_recved(pcb_, received_->tot_len);
      pbuf_free(received_);
    }
    received_ = nullptr;
    host_ = nullptr;
    has_ended_ = false;
    return let_go();
  }

  // lwIP's answers. They only take notes: the client is not called, nor is anything closed.

#if LWIP_DNS
  static void on_found(const char* name, const ip_addr_t* address, void* self) {
    auto& stream = *static_cast<tcp_stream*>(self);
    --stream.look_ups_;
    if (stream.host_ == nullptr || lwip_stricmp(name, stream.host_) != 0) return;  // of old
    stream.host_ = nullptr;
    stream.error_ = address != nullptr ? stream.start(*address) : err_t{ERR_VAL};
  }
#endif

  static err_t on_connected(void* self, altcp_pcb*, err_t) {
    auto& stream = *static_cast<tcp_stream*>(self);
    altcp_nagle_disable(stream.pcb_);
    stream.is_open_ = true;
    return ERR_OK;
  }

  // Without a pbuf: the peer says no more, and may still listen.
  static err_t on_received(void* self, altcp_pcb*, pbuf* more, err_t) {
    auto& stream = *static_cast<tcp_stream*>(self);
    if (more == nullptr) {
      stream.has_ended_ = true;
    } else if (stream.received_ == nullptr) {
      stream.received_ = more;
    } else if (stream.received_->tot_len + more->tot_len > 0xFFFF) {
      return ERR_MEM;  // as much as a chain can be: lwIP keeps it, and comes again
    } else {
      pbuf_cat(stream.received_, more);
    }
    return ERR_OK;
  }

  // lwIP has freed its block.
  static void on_error(void* self, err_t error) {
    auto& stream = *static_cast<tcp_stream*>(self);
    stream.pcb_ = nullptr;
    stream.is_open_ = false;
    stream.error_ = error;
  }

  altcp_pcb* pcb_ = nullptr;
  pbuf* received_ = nullptr;
  const char* host_ = nullptr;  // while it is looked up
  u16_t port_ = 0;
  err_t error_ = ERR_OK;
  bool is_open_ = false;    // until it is closed or has failed
  bool has_ended_ = false;  // the peer says no more
  u8_t look_ups_ = 0;       // under way, those of before close too
};

}  // namespace mailmote::lwip

// ---- <mailmote/port/lwip_socket.hpp> ----

// lwip_socket.hpp: a TCP connection by lwIP's sockets, for tasks (NO_SYS=0, LWIP_SOCKET=1).
//
// Knows:          lwip_socket and its kin, and errno.
// Does not know:  the state of a connection (bsd_socket.hpp); how names are looked up.
// Bounds:         nothing is kept.

#include <lwip/opt.h>

#if LWIP_SOCKET && LWIP_COMPAT_SOCKETS == 1
#error mailmote: macros named send and connect spoil any C++; set LWIP_COMPAT_SOCKETS to 0 or 2
#endif

#if LWIP_SOCKET
#include <lwip/errno.h>
#include <lwip/sockets.h>
#include <lwip/sys.h>

#include <algorithm>

namespace mailmote::lwip {

struct socket_api {
  using handle = int;
  static constexpr handle none = -1;

  struct address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* any() const { return reinterpret_cast<const sockaddr*>(&storage); }
  };

  static handle open(const address& to) noexcept {
    const handle socket = lwip_socket(to.any()->sa_family, SOCK_STREAM, 0);
    if (socket < 0) return none;
    const int on = 1;
    (void)lwip_setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)lwip_fcntl(socket, F_SETFL, O_NONBLOCK);
    return socket;
  }
  static int connect(handle socket, const address& to) noexcept {
    return lwip_connect(socket, to.any(), to.size);
  }
  static ssize_t recv(handle socket, char* in, std::size_t size) noexcept {
    return lwip_recv(socket, in, size, 0);
  }
  static ssize_t send(handle socket, const char* out, std::size_t size) noexcept {
    return lwip_send(socket, out, size, 0);
  }
  static void close(handle socket) noexcept { lwip_close(socket); }
  static bool is_writable(handle socket) noexcept {
    pollfd port{socket, POLLOUT, 0};
    return lwip_poll(&port, 1, 0) > 0;
  }
  static int pending_error(handle socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return lwip_getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  static int last_error() noexcept { return errno; }
  static bool is_under_way(int error) noexcept { return error == EINPROGRESS; }
  static bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

  static void wait(handle socket, interest wants, milliseconds timeout) noexcept {
    pollfd port{socket, 0, 0};
    port.events = static_cast<short>((wants.read ? POLLIN : 0) | (wants.write ? POLLOUT : 0));
    const milliseconds at_most = std::min(timeout, longest_timeout);
    lwip_poll(&port, 1, timeout == no_timeout ? -1 : static_cast<int>(at_most));
  }
  static milliseconds now() noexcept { return sys_now(); }
};

using socket_stream = bsd::socket_stream<socket_api>;

}  // namespace mailmote::lwip
#endif  // LWIP_SOCKET

#endif  // MAILMOTE_LWIP

#ifdef MAILMOTE_POSIX

// ---- <mailmote/port/posix_api.hpp> ----

// posix_api.hpp: POSIX's sockets, as bsd_socket.hpp asks for them; ESP-IDF has the same names.
//
// Knows:          <sys/socket.h>, <poll.h> and errno, and how each system spells that a socket never
//                 blocks, signals, dawdles or is inherited.
// Does not know:  the state of a connection.
// Bounds:         nothing is kept.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace mailmote::posix {

// An IPv6 or IPv4 address, with its port.
union address {
  sockaddr_in6 v6;
  sockaddr_in v4;
  sockaddr any;

  socklen_t size() const { return any.sa_family == AF_INET6 ? sizeof v6 : sizeof v4; }
};

struct api {
  using handle = int;
  using address = posix::address;
  static constexpr handle none = -1;

  static handle open(const address& to) noexcept {
#ifdef SOCK_CLOEXEC
    const handle socket = ::socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
    const handle socket = ::socket(to.any.sa_family, SOCK_STREAM, 0);
    if (socket != none) ::fcntl(socket, F_SETFL, O_NONBLOCK);
#ifdef FD_CLOEXEC
    if (socket != none) ::fcntl(socket, F_SETFD, FD_CLOEXEC);
#endif
#endif
    if (socket == none) return none;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    ::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return socket;
  }
  static int connect(handle socket, const address& to) noexcept {
    return ::connect(socket, &to.any, to.size());
  }
  static ssize_t recv(handle socket, char* in, std::size_t size) noexcept {
    return ::recv(socket, in, size, 0);
  }
  static ssize_t send(handle socket, const char* out, std::size_t size) noexcept {
#ifdef MSG_NOSIGNAL
    return ::send(socket, out, size, MSG_NOSIGNAL);
#else
    return ::send(socket, out, size, 0);
#endif
  }
  static void close(handle socket) noexcept { ::close(socket); }

  static bool is_writable(handle socket) noexcept {
    pollfd port{socket, POLLOUT, 0};
    return ::poll(&port, 1, 0) > 0;
  }
  static int pending_error(handle socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  static int last_error() noexcept { return errno; }
  static bool is_under_way(int error) noexcept { return error == EINPROGRESS; }
  static bool would_block(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  }

  // Returns early when a signal comes.
  static void wait(handle socket, interest wants, milliseconds timeout) noexcept {
    pollfd port{socket, 0, 0};
    port.events = static_cast<short>((wants.read ? POLLIN : 0) | (wants.write ? POLLOUT : 0));
    const milliseconds at_most = std::min(timeout, longest_timeout);
    ::poll(&port, 1, timeout == no_timeout ? -1 : static_cast<int>(at_most));
  }
  static milliseconds now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<milliseconds>(t.tv_sec) * 1000 +
           static_cast<milliseconds>(t.tv_nsec / 1'000'000);
  }
};

}  // namespace mailmote::posix

// ---- <mailmote/port/posix_address.hpp> ----

// posix_address.hpp: looks up where a server is.
//
// Knows:          getaddrinfo, and that a name may have several addresses of two families.
// Does not know:  which of them will answer.
// Bounds:         keeps the first `max_addresses` that the system recommends.

#include <netdb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mailmote::posix {

inline constexpr std::size_t max_addresses = 8;

struct address_list {
  std::array<address, max_addresses> items{};
  std::size_t size = 0;
};

// Looks up a name or a numeric address, best address first. It MAY BLOCK for as long as the
// system's resolver takes. Says errc::no_such_host or errc::resolver_failed.
inline errc resolve(std::string_view host, std::uint16_t port, address_list& found) noexcept {
  found = {};
  std::array<char, NI_MAXHOST> name{};
  if (host.size() >= name.size() || host.find('\0') != std::string_view::npos)
    return errc::no_such_host;
  std::memcpy(name.data(), host.data(), host.size());

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = host.empty() ? EAI_NONAME : ::getaddrinfo(name.data(), nullptr, &hints, &list);
  if (error == EAI_AGAIN || error == EAI_FAIL || error == EAI_MEMORY || error == EAI_SYSTEM) {
    return errc::resolver_failed;
  }
  if (error != 0) return errc::no_such_host;

  for (const addrinfo* a = list; a != nullptr && found.size < max_addresses; a = a->ai_next) {
    address& next = found.items[found.size];
    if (a->ai_family == AF_INET6) {
      std::memcpy(&next.v6, a->ai_addr, sizeof next.v6);
      next.v6.sin6_port = htons(port);
      ++found.size;
    } else if (a->ai_family == AF_INET) {
      std::memcpy(&next.v4, a->ai_addr, sizeof next.v4);
      next.v4.sin_port = htons(port);
      ++found.size;
    }
  }
  ::freeaddrinfo(list);
  return found.size > 0 ? errc::none : errc::no_such_host;
}

}  // namespace mailmote::posix

// ---- <mailmote/port/posix.hpp> ----

// posix.hpp: a TCP connection to a server by its name, where there is POSIX.
//
// Knows:          that a name may have several addresses, and that not all of them may answer.
// Does not know:  what is sent; the calls of sockets (posix_api.hpp).
// Bounds:         less than 300 octets; one attempt to connect at a time.

namespace mailmote::posix {

// A byte_stream, and the waiter for it. A lost peer raises no signal, a child process does not
// inherit the connection, and Nagle's algorithm holds no flight back.
class tcp_stream {
 public:
  constexpr tcp_stream() = default;
  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;
  ~tcp_stream() { close(); }

  // Starts to connect to the server. Looking its name up MAY BLOCK (see resolve); nothing else
  // here does. errc::none: under way. Else resolve's errors, or errc::stream_failed when no
  // address can even be tried.
  errc connect(std::string_view host, std::uint16_t port) noexcept {
    address_list found;
    const errc error = resolve(host, port, found);
    const errc started = connect(found);
    return error == errc::none ? started : error;
  }

  // The same without a look-up. When an address fails before a byte has moved, the next has its
  // turn. One that never answers fails when the system gives it up (Linux: after two minutes).
  errc connect(const address_list& addresses) noexcept {
    close();
    addresses_ = addresses;
    return try_next() ? errc::none : errc::stream_failed;
  }

  // Leaves the stream ready for the next connect. native_error() keeps its value until then.
  void close() noexcept {
    socket_.close();
    addresses_.size = next_ = 0;
  }

  // What the peer had sent can still be read when a write has failed.
  io_result read_some(std::span<char> in) noexcept { return or_next(socket_.read_some(in)); }
  io_result write_some(std::span<const char> out) noexcept {
    return or_next(socket_.write_some(out));
  }

  void wait(interest wants, milliseconds timeout) const noexcept { socket_.wait(wants, timeout); }
  static milliseconds now() noexcept { return api::now(); }

  bool is_connecting() const noexcept { return socket_.is_connecting(); }
  int native_error() const noexcept { return socket_.native_error(); }    // an errno, or 0
  int native_handle() const noexcept { return socket_.native_handle(); }  // of this address; or -1

 private:
  bool try_next() noexcept {
    while (next_ < addresses_.size) {
      if (socket_.connect(addresses_.items[next_++]) == errc::none) return true;
    }
    return false;
  }

  io_result or_next(io_result result) noexcept {
    if (result.ok()) next_ = addresses_.size;  // this address it is
    return result.status() == io_status::failed && try_next() ? io_status::want_write : result;
  }

  address_list addresses_{};
  std::size_t next_ = 0;  // of the addresses
  bsd::socket_stream<api> socket_{};
};

}  // namespace mailmote::posix

#endif  // MAILMOTE_POSIX
