// SPDX-License-Identifier: BSL-1.0
// part.hpp: a piece of a message's body, and how it may travel.
//
// Knows:          the encodings of RFC 2045 section 6, and where a piece's octets come from.
// Does not know:  how they are encoded (body_encoder.hpp), or where in the message they stand.
// Bounds:         the caller's text or source, by reference.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <mailmote/io.hpp>

namespace mailmote::mime {

enum class encoding : std::uint8_t {
  automatic,         // of text in memory: 7bit where it will do, or what is shorter of
                     // quoted-printable and base64; of a file in memory: what is shorter; of a
                     // source: base64
  seven_bit,         // as it is: ASCII in lines of at most 998 octets
  eight_bit,         // as it is, with octets over 127: where the server has 8BITMIME
  quoted_printable,  // mostly readable
  base64,
};

// What becomes of octets that are no UTF-8, in a header or a text.
enum class broken_utf8 : std::uint8_t {
  refuse,   // errc::bad_utf8
  replace,  // each by U+FFFD
};

// The octets of a part. Text in memory that is not fit for the encoding that it names, and an
// eight_bit source where the server has no 8BITMIME, get another one. A source that names
// seven_bit or eight_bit and is not fit for it ends the session (errc::bad_part): what was sent by
// then is no mail. To choose, and to know the length, begin() encodes what is in memory; a large file
// there had better name base64, whose length is known without.
class content {
 public:
  constexpr content() = default;  // none

  template <class Text>
  requires std::convertible_to<const Text&, std::string_view>
  constexpr content(const Text& text, encoding as = encoding::automatic)
      : kind_{kind::memory}, encoding_{as} {
    const std::string_view view{text};
    at_.text = view.data();
    size_ = view.size();
  }

  // The source is begun with `verbatim` set where its octets must stay as they are, and without
  // where it is text, whose lines end in CRLF. No two parts may share one.
  constexpr content(body_source& source, encoding as = encoding::automatic)
      : at_{.source = &source}, kind_{kind::source}, encoding_{as} {}

  constexpr bool is_there() const { return kind_ != kind::none; }
  constexpr body_source* source() const { return kind_ == kind::source ? at_.source : nullptr; }
  constexpr std::string_view text() const {
    return kind_ == kind::memory ? std::string_view{at_.text, size_} : std::string_view{};
  }
  constexpr encoding as() const { return encoding_; }

 private:
  enum class kind : std::uint8_t { none, memory, source };

  union {
    const char* text = nullptr;
    body_source* source;
  } at_;
  std::size_t size_ = 0;
  kind kind_ = kind::none;
  encoding encoding_ = encoding::automatic;
};

// An attachment, or an image that the HTML shows. Its octets arrive as they are, whatever they are;
// under seven_bit and eight_bit they are a text, whose line ends may change on the way.
struct part {
  content octets{};
  std::string_view file_name{};  // UTF-8; may be empty
  std::string_view type =
      "application/octet-stream";  // with its parameters; no multipart, no message
  std::string_view content_id{};   // what the HTML calls it, as in <img src="cid:plot">; printable
                                   // ASCII without blanks, < and >
};

}  // namespace mailmote::mime
