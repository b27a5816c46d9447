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

#include <mailmote/mime/body_encoder.hpp>
#include <mailmote/mime/encoding_choice.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/header_writer.hpp>
#include <mailmote/mime/parameter.hpp>

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
  content_use use = content_use::text;
  bool is_html = false;
  bool is_shown = false;  // an image in its place, not an attachment
};

class layout {
 public:
  constexpr explicit layout(const fields& with) : with_{with} {}

  constexpr std::size_t size() const { return texts() + images() + with_.attachments.size(); }

  constexpr leaf operator[](std::size_t i) const {
    if (i < texts()) {
      const bool is_html = has_html() && i + 1 == texts();
      return {is_html ? &with_.html : &with_.text, nullptr, content_use::text, is_html};
    }
    const bool is_image = i < texts() + images();
    const part& file =
        is_image ? with_.images[i - texts()] : with_.attachments[i - texts() - images()];
    return {&file.octets, &file, content_use::file, false, is_image};
  }

  constexpr bool is_multipart() const { return mixed() || alternative() || related(); }

  // What stands before the octets of a part: with the first one, the head of each multipart.
  constexpr void put_opening(header_writer& out, std::size_t i, encoding as) const {
    const bool in_alternative = i < texts() + (related() ? images() : 0);
    if (mixed() && i == 0) open(out, multipart::mixed);
    if (alternative() && i == 0) open(out, multipart::alternative);
    if (i > 0) delimit(out, around(i, in_alternative));
    if (related() && i + 1 == texts()) open(out, multipart::related);
    put_leaf(out, (*this)[i], as);
  }

  // And what stands behind them. `needs_line_end`: they do not end in one.
  constexpr void put_closing(header_writer& out, std::size_t i, bool needs_line_end) const {
    const bool is_last = i + 1 == size();
    const bool ends_html = i + 1 == texts() + (related() ? images() : 0) && has_html();
    if (related() && ends_html) close(out, multipart::related);
    if (alternative() && ends_html) close(out, multipart::alternative);
    if (mixed() && is_last) close(out, multipart::mixed);
    if (is_last && (is_multipart() || needs_line_end)) out.end();
  }

 private:
  enum class multipart : char { mixed = '1', alternative = '2', related = '3' };

  constexpr bool has_html() const { return with_.html.is_there(); }
  constexpr std::size_t images() const { return with_.images.size(); }
  constexpr std::size_t files() const {
    return with_.attachments.size() + (related() ? 0 : images());
  }
  // A message of nothing at all has an empty text.
  constexpr std::size_t texts() const {
    const std::size_t n = (with_.text.is_there() ? 1u : 0u) + (has_html() ? 1u : 0u);
    return n == 0 && images() + with_.attachments.size() == 0 ? 1 : n;
  }
  constexpr bool mixed() const { return files() > 0; }
  constexpr bool alternative() const { return has_html() && with_.text.is_there(); }
  constexpr bool related() const { return has_html() && images() > 0; }

  // The multipart that a part other than the first is delimited in.
  constexpr multipart around(std::size_t i, bool in_alternative) const {
    if (!in_alternative) return multipart::mixed;
    return i < texts() ? multipart::alternative : multipart::related;
  }

  constexpr void put_boundary(header_writer& out, multipart which) const {
    const std::uint64_t hash = digest(with_.id);
    char text[19] = {'=', '_', static_cast<char>(which)};
    for (std::size_t i = 0; i < 16; ++i) {
      text[3 + i] = text::upper_hex_digits[(hash >> (60 - 4 * i)) & 15];
    }
    out.put({text, sizeof text});
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
    delimit(out, which);
  }

  constexpr void delimit(header_writer& out, multipart which) const {
    out.end();
    out.put("--");
    put_boundary(out, which);
    out.end();
  }

  constexpr void close(header_writer& out, multipart which) const {
    out.end();
    out.put("--");
    put_boundary(out, which);
    out.put("--");
  }

  static constexpr std::string_view name_of(encoding as) {
    switch (as) {
      case encoding::seven_bit: return "7bit";
      case encoding::eight_bit: return "8bit";
      case encoding::quoted_printable: return "quoted-printable";
      default: return "base64";
    }
  }

  static constexpr void put_leaf(header_writer& out, const leaf& what, encoding as) {
    out.put("Content-Type: ");
    if (what.file != nullptr) {
      out.put(what.file->type);
    } else {
      out.put(what.is_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    }
    out.end();
    out.put("Content-Transfer-Encoding: ");
    out.put(name_of(as));
    out.end();
    if (what.file != nullptr) put_file(out, *what.file, what.is_shown);
    out.end();
  }

  static constexpr void put_file(header_writer& out, const part& file, bool is_shown) {
    out.put(is_shown ? "Content-Disposition: inline" : "Content-Disposition: attachment");
    if (!file.file_name.empty()) put_parameter(out, "filename", file.file_name);
    out.end();
    if (file.content_id.empty()) return;
    out.put("Content-ID: <");
    out.put(file.content_id);
    out.put(">");
    out.end();
  }

  const fields& with_;
};

}  // namespace mailmote::mime
