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
