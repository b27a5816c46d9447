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
#include <initializer_list>
#include <string_view>

#include <mailmote/mime/field.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/file_name.hpp>
#include <mailmote/mime/header_writer.hpp>
#include <mailmote/mime/part.hpp>
#include <mailmote/text/quoted_printable.hpp>
#include <mailmote/text/word_list.hpp>

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
