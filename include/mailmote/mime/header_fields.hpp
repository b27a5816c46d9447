// SPDX-License-Identifier: BSL-1.0
// header_fields.hpp: the header of a message, a field or an entry of a list at a time.
//
// Knows:          RFC 5322 section 3.6, RFC 3834 section 5, RFC 2045 section 4.
// Does not know:  whether the fields are fit to be written (check.hpp).
// Bounds:         one address, name or identifier a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/header_writer.hpp>

namespace mailmote::mime {

// In the order in which they are written.
enum class field : std::uint8_t {
  from,
  sender,
  reply_to,
  to,
  cc,
  subject,
  date,
  id,
  in_reply_to,
  references,
  auto_submitted,
  importance,
  headers,
  mime_version,
  end,
};

// How many pieces a field is written in; none: it is left out.
constexpr std::size_t pieces_of(const fields& with, field which) {
  switch (which) {
    case field::sender: return with.sender.address.empty() ? 0 : 1;
    case field::reply_to: return with.reply_to.size();
    case field::to: return with.to.size();
    case field::cc: return with.cc.size();
    case field::subject: return with.subject.empty() ? 0 : 1;
    case field::date: return with.date.is_set() ? 1 : 0;
    case field::id: return with.id.empty() ? 0 : 1;
    case field::in_reply_to: return with.in_reply_to.empty() ? 0 : 1;
    case field::references: return with.references.size();
    case field::auto_submitted: return with.auto_submitted == auto_submitted::no ? 0 : 1;
    case field::importance: return with.importance == importance::normal ? 0 : 1;
    case field::headers: return with.headers.size();
    default: return 1;
  }
}

class header_fields {
 public:
  constexpr header_fields(header_writer& out, const fields& with) : out_{out}, with_{with} {}

  // The `i`th piece of a field that has one.
  constexpr void put(field which, std::size_t i) {
    switch (which) {
      case field::from: return put_mailbox("From:", with_.from, 0, 1);
      case field::sender: return put_mailbox("Sender:", with_.sender, 0, 1);
      case field::reply_to:
        return put_mailbox("Reply-To:", with_.reply_to[i], i, with_.reply_to.size());
      case field::to: return put_mailbox("To:", with_.to[i], i, with_.to.size());
      case field::cc: return put_mailbox("Cc:", with_.cc[i], i, with_.cc.size());
      case field::subject: return put_text("Subject", with_.subject);
      case field::date: return put_date();
      case field::id: return put_id("Message-ID:", with_.id, 0, 1);
      case field::in_reply_to: return put_id("In-Reply-To:", with_.in_reply_to, 0, 1);
      case field::references:
        return put_id("References:", with_.references[i], i, with_.references.size());
      case field::auto_submitted: return put_auto_submitted();
      case field::importance: return put_importance();
      case field::headers: return put_text(with_.headers[i].name, with_.headers[i].value);
      default: return put_line("MIME-Version: 1.0");
    }
  }

 private:
  constexpr void put_mailbox(std::string_view name, const mailbox& who, std::size_t i,
                             std::size_t of) {
    if (i == 0) out_.put(name);
    if (!who.name.empty()) out_.phrase(who.name);
    const bool is_last = i + 1 == of;
    out_.blank(who.address.size() + (is_last ? 2 : 3));
    out_.put("<");
    out_.put(who.address);
    out_.put(is_last ? ">" : ">,");
    if (is_last) out_.end();
  }

  constexpr void put_id(std::string_view name, const message_id& id, std::size_t i,
                        std::size_t of) {
    if (i == 0) out_.put(name);
    out_.blank(id.length() + 2);
    out_.put("<");
    id.for_each_piece([&](std::string_view piece) { out_.put(piece); });
    out_.put(">");
    if (i + 1 == of) out_.end();
  }

  constexpr void put_text(std::string_view name, std::string_view value) {
    out_.put(name);
    out_.put(":");
    if (!value.empty()) out_.unstructured(value);
    out_.end();
  }

  constexpr void put_date() {
    out_.put("Date: ");
    with_.date.put(out_.octets());
    out_.end();
  }

  constexpr void put_line(std::string_view line) {
    out_.put(line);
    out_.end();
  }

  constexpr void put_auto_submitted() {
    put_line(with_.auto_submitted == auto_submitted::replied ? "Auto-Submitted: auto-replied"
                                                             : "Auto-Submitted: auto-generated");
  }

  constexpr void put_importance() {
    const bool is_high = with_.importance == importance::high;
    put_line(is_high ? "Importance: high" : "Importance: low");
    put_line(is_high ? "X-Priority: 1" : "X-Priority: 5");
  }

  header_writer& out_;
  const fields& with_;
};

}  // namespace mailmote::mime
