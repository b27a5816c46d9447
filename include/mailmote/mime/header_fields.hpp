// SPDX-License-Identifier: BSL-1.0
// header_fields.hpp: the header of a message, a field or an entry of a list at a time.
//
// Knows:          RFC 5322 section 3.6, RFC 3834 section 5, RFC 2045 section 4.
// Does not know:  whether the fields are fit to be written (check.hpp).
// Bounds:         one address, name or identifier a step.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/mime/field.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/header_writer.hpp>

namespace mailmote::mime {

class header_fields {
 public:
  constexpr header_fields(header_writer& out, const fields& with) : out_{out}, with_{with} {}

  // The `i`th piece of a field that has one.
  constexpr void put(field which, std::size_t i) {
    using namespace std::string_view_literals;
    if (which == field::bcc) return;  // in the envelope only
    const bool is_extra = which == field::headers;
    const bool is_last = is_extra || i + 1 == pieces_of(with_, which);
    if (is_extra || i == 0) {
      out_.put(is_extra ? with_.headers[i].name : name_of(which));
      out_.put(":");
    }
    switch (which) {
      case field::subject: put_text(with_.subject); break;
      case field::date: put_date(); break;
      case field::id:
      case field::in_reply_to:
      case field::references: put_id(id_of(with_, which, i)); break;
      case field::auto_submitted:
        out_.put(with_.auto_submitted == auto_submitted::replied ? " auto-replied"sv
                                                                 : " auto-generated"sv);
        break;
      case field::importance: out_.put(is_high() ? " high"sv : " low"sv); break;
      case field::priority: out_.put(is_high() ? " 1"sv : " 5"sv); break;
      case field::headers: put_text(with_.headers[i].value); break;
      case field::mime_version: out_.put(" 1.0"); break;
      default: put_mailbox(mailbox_of(with_, which, i), is_last); break;
    }
    if (is_last) out_.end();
  }

 private:
  constexpr bool is_high() const { return with_.importance == importance::high; }

  constexpr void put_mailbox(const mailbox& who, bool is_last) {
    if (!who.name.empty()) out_.phrase(who.name);
    out_.blank(who.address.size() + (is_last ? 2 : 3));
    out_.put("<");
    out_.put(who.address);
    out_.put(">");
    if (!is_last) out_.put(",");
  }

  constexpr void put_id(const message_id& id) {
    char room[message_id::max_numbers] = {};
    const std::string_view numbers = id.numbers(room);
    out_.blank(numbers.size() + id.text().size() + 2);
    out_.put("<");
    out_.put(numbers);
    out_.put(id.text());
    out_.put(">");
  }

  constexpr void put_text(std::string_view value) {
    if (!value.empty()) out_.unstructured(value);
  }

  constexpr void put_date() {
    out_.put(" ");
    with_.date.put(out_.octets());
  }

  header_writer& out_;
  const fields& with_;
};

}  // namespace mailmote::mime
