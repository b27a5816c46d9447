// SPDX-License-Identifier: BSL-1.0
// field.hpp: what a message consists of, piece by piece, in the order in which it is checked and
// written.
//
// Knows:          the names of all fields, and which of them are lists.
// Does not know:  what may stand in them (check.hpp), or how it is written (header_fields.hpp).
// Bounds:         a piece is one mailbox, identifier, text or part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/mime/fields.hpp>
#include <mailmote/text/word_list.hpp>

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
