// SPDX-License-Identifier: BSL-1.0
// encoding_choice.hpp: which encoding a part travels in, and how long that makes it.
//
// Knows:          what fits into 7bit and 8bit, and what is shorter of the others.
// Does not know:  how the encodings are written (body_encoder.hpp).
// Bounds:         encodes a text in memory up to three times, into 64 octets; a file in memory that
//                 names base64, never.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <mailmote/mime/body_encoder.hpp>
#include <mailmote/mime/fields.hpp>
#include <mailmote/mime/part.hpp>

namespace mailmote::mime {

// What part a content is.
enum class content_use : std::uint8_t { text, file };

constexpr content_form form_of(content_use use, encoding as) {
  if (use == content_use::text) return content_form::text;
  const bool as_it_is = as == encoding::seven_bit || as == encoding::eight_bit;
  return as_it_is ? content_form::lines : content_form::octets;
}

struct measure {
  std::uint64_t length = 0;     // once encoded, or unknown_length
  bool is_fit = true;           // for the encoding
  bool needs_line_end = false;  // it does not end in one
};

// Of octets in base64, whatever they are.
constexpr measure measure_base64(std::uint64_t octets) {
  const bool is_known = octets != unknown_length;
  return {is_known ? text::base64_lines::length(octets) : unknown_length, true, true};
}

inline measure measure_memory(const content& what, encoding as, content_use use) {
  if (as == encoding::base64 && use == content_use::file) return measure_base64(what.text().size());
  body_encoder encoder{what, as, form_of(use, as), broken_utf8::replace, unknown_length};
  std::array<char, 64> scratch;
  measure found;
  for (;;) {
    const io_result result = encoder.read_some(scratch);
    if (!result.ok()) break;
    found.length += result.count();
  }
  found.is_fit = encoder.error() == errc::none;
  found.needs_line_end = encoder.needs_line_end();
  return found;
}

inline encoding choose_encoding(const content& what, content_use use, bool eight_bit_allowed) {
  const encoding named = what.as();
  if (named == encoding::base64 || named == encoding::quoted_printable) return named;
  const bool eight_bit = named == encoding::eight_bit && eight_bit_allowed;
  if (what.source() != nullptr) {
    return eight_bit || named == encoding::seven_bit ? named : encoding::base64;
  }
  if (named != encoding::automatic || use == content_use::text) {
    const encoding as_it_is = eight_bit ? encoding::eight_bit : encoding::seven_bit;
    if (measure_memory(what, as_it_is, use).is_fit) return as_it_is;
  }
  const std::uint64_t as_quoted = measure_memory(what, encoding::quoted_printable, use).length;
  const std::uint64_t as_base64 = measure_memory(what, encoding::base64, use).length;
  return as_base64 < as_quoted ? encoding::base64 : encoding::quoted_printable;
}

// Of a content whose source, if it has one, is begun. What a source becomes when it is
// quoted-printable, or when faults in it are replaced, is known once it is read; and so is whether a
// text that goes as it is ends in a line end.
inline measure measure_content(const content& what, encoding as, content_use use,
                               broken_utf8 faults) {
  if (what.source() == nullptr) return measure_memory(what, as, use);
  const bool may_grow = use == content_use::text && faults == broken_utf8::replace;
  if (as != encoding::base64 || may_grow) return {unknown_length};
  return measure_base64(what.source()->length());
}

}  // namespace mailmote::mime
