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
  constexpr text::word_list own{
      "From Sender Reply-To To Cc Bcc Subject Date Message-ID In-Reply-To References "
      "Auto-Submitted "
      "Importance X-Priority MIME-Version"};
  constexpr std::string_view content = "Content-";
  const bool of_a_part = name.size() >= content.size() &&
                         ascii::equal_ignoring_case({name.data(), content.size()}, content);
  return of_a_part || own.find(name) != text::word_list::none;
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
    if (with_.from.address.empty()) blame(errc::bad_field, "From");
    look_at("From", with_.from);
    look_at("Sender", with_.sender);
    look_at("Reply-To", with_.reply_to);
    look_at("To", with_.to);
    look_at("Cc", with_.cc);
    look_at("Bcc", with_.bcc);
    look_at("Subject", with_.subject);
    demand(!with_.date.is_set() || with_.date.is_valid(), "Date");
    demand(with_.id.empty() || with_.id.is_valid(), "Message-ID");
    demand(with_.in_reply_to.empty() || with_.in_reply_to.is_valid(), "In-Reply-To");
    for (index_ = 0; index_ < with_.references.size(); ++index_) {
      demand(with_.references[index_].is_valid(), "References");
    }
    for (index_ = 0; index_ < with_.headers.size(); ++index_) {
      const header& extra = with_.headers[index_];
      demand(is_field_name(extra.name) && !is_own_field(extra.name), "headers");
      look_at("headers", extra.value);
    }
    index_ = 0;
    look_at("text", with_.text);
    look_at("html", with_.html);
    look_at("images", with_.images);
    look_at("attachments", with_.attachments);
    return fault_;
  }

  constexpr bool needs_utf8() const { return needs_utf8_; }

 private:
  constexpr void blame(errc error, std::string_view field) {
    if (fault_.error == errc::none) fault_ = {error, field, index_};
  }
  constexpr void demand(bool holds, std::string_view field) {
    if (!holds) blame(errc::bad_field, field);
  }

  // Law 5: no control octet reaches a header.
  constexpr void look_at(std::string_view field, std::string_view value) {
    demand(!ascii::has_control(value), field);
    demand_utf8(field, value);
  }

  constexpr void demand_utf8(std::string_view field, std::string_view value) {
    if (with_.broken_utf8 == broken_utf8::refuse && !text::is_utf8(value)) {
      blame(errc::bad_utf8, field);
    }
  }

  constexpr void look_at(std::string_view field, const mailbox& who) {
    look_at(field, who.name);
    const text::address_form form = text::reverse_path_form(who.address);
    demand(form != text::address_form::invalid, field);
    if (form != text::address_form::utf8) return;
    if (!limits_.utf8) blame(errc::smtputf8_needed, field);
    needs_utf8_ = true;
  }

  constexpr void look_at(std::string_view field, const mailbox_list& many) {
    for (index_ = 0; index_ < many.size(); ++index_) {
      demand(!many[index_].address.empty(), field);
      look_at(field, many[index_]);
    }
    index_ = 0;
  }

  constexpr void look_at(std::string_view field, const content& text) {
    demand_utf8(field, text.text());
  }

  constexpr void look_at(std::string_view field, std::span<const part> parts) {
    for (index_ = 0; index_ < parts.size(); ++index_) {
      look_at(field, parts[index_].file_name);
      demand(is_media_type(parts[index_].type) && is_content_id(parts[index_].content_id), field);
    }
    index_ = 0;
  }

  const fields& with_;
  body_limits limits_;
  fault fault_{};
  std::size_t index_ = 0;
  bool needs_utf8_ = false;
};

}  // namespace mailmote::mime
