// SPDX-License-Identifier: BSL-1.0
// check.hpp: whether everything that an author filled in can be sent, and if not, what cannot.
//
// Knows:          what may stand in a header (RFC 5322 section 3.6, RFC 2045 section 5.1).
// Does not know:  how it is written there.
// Bounds:         reads every field and every text in memory once.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/io.hpp>
#include <mailmote/mime/field.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/text/address.hpp>
#include <mailmote/text/utf8.hpp>
#include <mailmote/text/word_list.hpp>

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
