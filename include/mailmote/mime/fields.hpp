// SPDX-License-Identifier: BSL-1.0
// fields.hpp: all that a message can say, as its author fills it in.
//
// Knows:          the header fields of RFC 5322 section 3.6, and the parts of a body.
// Does not know:  how they are written.
// Bounds:         the caller's strings, arrays and sources, by reference.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/mime/date_time.hpp>
#include <mailmote/mime/mailbox.hpp>
#include <mailmote/mime/message_id.hpp>
#include <mailmote/mime/part.hpp>

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
