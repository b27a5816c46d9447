// SPDX-License-Identifier: BSL-1.0
// encoding_choice.hpp: which encoding a part travels in.
//
// Knows:          what fits into 7bit and 8bit, and what is shorter of the others.
// Does not know:  how the encodings are written (body_encoder.hpp).
// Bounds:         encodes what is in memory up to three times; a file that names base64, never.
#pragma once

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

// Tried with `encoder`, which may be any.
inline encoding choose_encoding(const content& what, content_use use, bool eight_bit_allowed,
                                body_encoder& encoder) {
  const encoding named = what.as();
  if (named == encoding::base64 || named == encoding::quoted_printable) return named;
  const bool eight_bit = named == encoding::eight_bit && eight_bit_allowed;
  if (what.source() != nullptr) {
    return eight_bit || named == encoding::seven_bit ? named : encoding::base64;
  }
  const auto length = [&](encoding as) {
    encoder.begin(what, as, form_of(use, as), broken_utf8::replace);
    return encoder.length();
  };
  if (named != encoding::automatic || use == content_use::text) {
    const encoding as_it_is = eight_bit ? encoding::eight_bit : encoding::seven_bit;
    if (length(as_it_is) != unknown_length) return as_it_is;
  }
  const std::uint64_t as_quoted = length(encoding::quoted_printable);
  return length(encoding::base64) < as_quoted ? encoding::base64 : encoding::quoted_printable;
}

}  // namespace mailmote::mime
