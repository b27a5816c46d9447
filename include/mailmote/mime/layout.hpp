// SPDX-License-Identifier: BSL-1.0
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
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/mime/encoding_choice.hpp>
#include <mailmote/mime/field.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/header_writer.hpp>
#include <mailmote/mime/parameter.hpp>
#include <mailmote/text/word_list.hpp>

namespace mailmote::mime {

// Of a text in pieces.
constexpr std::uint64_t fnv_1a(std::uint64_t hash, std::string_view piece) {
  for (const char c : piece) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01B3;
  }
  return hash;
}

// Two messages with different names have different boundaries. That a boundary does not occur in a
// part does not hang on it (body_encoder.hpp).
constexpr std::uint64_t digest(const message_id& id) {
  char room[message_id::max_numbers] = {};
  return fnv_1a(fnv_1a(0xCBF2'9CE4'8422'2325, id.numbers(room)), id.text());
}

// A part that has no parts of its own.
struct leaf {
  const content* octets = nullptr;
  const part* file = nullptr;  // null: the text or the HTML
  field which = field::text;
  constexpr content_use use() const {
    return file == nullptr ? content_use::text : content_use::file;
  }
};

class layout {
 public:
  constexpr explicit layout(const fields& with) : with_{with} {}

  constexpr std::size_t size() const {
    return texts() + with_.images.size() + with_.attachments.size();
  }

  constexpr leaf operator[](std::size_t i) const {
    if (i < texts()) {
      if (has_html() && i + 1 == texts()) return {&with_.html, nullptr, field::html};
      return {&with_.text, nullptr, field::text};
    }
    i -= texts();
    const bool is_image = i < with_.images.size();
    const part& file = is_image ? with_.images[i] : with_.attachments[i - with_.images.size()];
    return {&file.octets, &file, is_image ? field::images : field::attachments};
  }

  // What stands before the octets of a part: what divides it from the one before, and the heads of
  // the multiparts that begin with it.
  constexpr void put_opening(header_writer& out, std::size_t i, encoding as) const {
    if (i > 0) {
      put_boundary_line(out, innermost_around(i));
      out.end();
    }
    for (const multipart which : outer_first) {
      if (range_of(which).begin == i && range_of(which).end > i) open(out, which);
    }
    put_leaf(out, (*this)[i], as);
  }

  // And what stands behind them. `needs_line_end`: they do not end in one.
  constexpr void put_closing(header_writer& out, std::size_t i, bool needs_line_end) const {
    for (const multipart which : {multipart::related, multipart::alternative, multipart::mixed}) {
      if (range_of(which).end != i + 1) continue;
      put_boundary_line(out, which);
      out.put("--");
      needs_line_end = true;
    }
    if (i + 1 == size() && needs_line_end) out.end();
  }

 private:
  enum class multipart : char { mixed = '1', alternative = '2', related = '3' };

  // Of leaves.
  struct range {
    std::size_t begin = 0;
    std::size_t end = 0;  // 0: there is no such multipart
  };

  constexpr bool has_html() const { return with_.html.is_there(); }
  // A message of nothing at all has an empty text.
  constexpr std::size_t texts() const {
    const std::size_t n = (with_.text.is_there() ? 1u : 0u) + (has_html() ? 1u : 0u);
    return n == 0 && with_.images.empty() && with_.attachments.empty() ? 1 : n;
  }

  constexpr range range_of(multipart which) const {
    const std::size_t shown = texts() + (has_html() ? with_.images.size() : 0);
    switch (which) {
      case multipart::mixed: return {0, size() > shown ? size() : 0};
      case multipart::alternative: return {0, texts() == 2 ? shown : 0};
      default: return {texts() - 1, shown > texts() ? shown : 0};
    }
  }

  // That the part, which is not the first, is not the first of.
  constexpr multipart innermost_around(std::size_t i) const {
    multipart found = multipart::mixed;
    for (const multipart which : outer_first) {
      if (range_of(which).begin < i && i < range_of(which).end) found = which;
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

  static constexpr std::string_view type_of(const leaf& what) {
    using namespace std::string_view_literals;
    if (what.file != nullptr) return what.file->type;
    return what.which == field::html ? "text/html; charset=utf-8"sv : "text/plain; charset=utf-8"sv;
  }

  static constexpr void put_leaf(header_writer& out, const leaf& what, encoding as) {
    constexpr text::word_list encodings{"7bit 8bit quoted-printable base64"};
    out.put("Content-Type: ");
    out.put(type_of(what));
    out.end();
    out.put("Content-Transfer-Encoding: ");
    out.put(encodings[static_cast<std::size_t>(as) - 1]);  // it is not automatic
    out.end();
    if (what.file != nullptr) put_file(out, *what.file, what.which);
    out.end();
  }

  static constexpr void put_file(header_writer& out, const part& file, field which) {
    using namespace std::string_view_literals;
    out.put("Content-Disposition: ");
    out.put(which == field::images ? "inline"sv : "attachment"sv);
    if (!file.file_name.empty()) put_parameter(out, "filename", file.file_name);
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
