// SPDX-License-Identifier: BSL-1.0
// transaction.hpp: one mail on its way: to whom it still goes, how it is sent, what can come of it.
//
// Knows:          when a mail has nobody left to go to; when its message may leave before the replies to
//                 its commands (RFC 3030, 2920); which reply to it is the last.
// Does not know:  what was said so far (session.hpp moves the cursors), or what becomes of the connection.
// Bounds:         one size, whatever the number of recipients or the length of the message.
#pragma once

#include <mailmote/smtp/command.hpp>
#include <mailmote/smtp/message_writer.hpp>
#include <mailmote/smtp/outbox.hpp>
#include <mailmote/smtp/preconditions.hpp>
#include <mailmote/smtp/recipient_tally.hpp>
#include <mailmote/smtp/script.hpp>

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
