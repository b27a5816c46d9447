// SPDX-License-Identifier: BSL-1.0
// anchor_text.hpp: trust anchors as a user has them.
//
// Knows:          PEM (RFC 7468), several in one text with anything around them; or one in DER.
// Does not know:  what is in a certificate; base64.
// Bounds:         one pass; refers to the text.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/text/ascii.hpp>

namespace mailmote::tls {

// A literal, a string_view, an array of std::uint8_t, or a span of them. Not owned.
class anchor_text {
 public:
  constexpr anchor_text() = default;
  template <std::convertible_to<std::string_view> Text>
  constexpr anchor_text(const Text& text) : anchor_text{std::string_view{text}, 0} {}
  template <std::convertible_to<std::span<const std::uint8_t>> Octets>
  requires(!std::convertible_to<Octets, std::string_view>) constexpr anchor_text(const Octets& der)
      : anchor_text{std::span<const std::uint8_t>{der}, 0} {}

  constexpr bool empty() const { return size_ == 0; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

  // A SEQUENCE with a long length; no text begins like that.
  bool is_der() const {
    const std::string_view s = text();
    return s.size() > 1 && s[0] == '\x30' && ascii::is_non_ascii(s[1]);
  }

 private:
  template <class Bytes>
  constexpr anchor_text(Bytes bytes, int) : data_{bytes.data()}, size_{bytes.size()} {}

  const void* data_ = nullptr;
  std::size_t size_ = 0;
};

// Where `words` begin in a text; its size when they are not there. (string_view::find would bring
// two functions of libc with it.)
constexpr std::size_t place_of(std::string_view words, std::string_view text) {
  for (std::size_t at = 0; at + words.size() <= text.size(); ++at) {
    std::size_t same = 0;
    while (same < words.size() && text[at + same] == words[same]) ++same;
    if (same == words.size()) return at;
  }
  return text.size();
}

inline constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----";
inline constexpr std::string_view pem_end = "-----END CERTIFICATE-----";

// Takes the next certificate off the front of a PEM text, its two lines of dashes included. Empty:
// there is no more. One that does not end is what is left of the text.
constexpr std::string_view take_pem(std::string_view& text) {
  text.remove_prefix(place_of(pem_begin, text));
  const std::size_t stop = place_of(pem_end, text);
  const std::size_t size = stop == text.size() ? stop : stop + pem_end.size();
  const std::string_view pem{text.data(), size};
  text.remove_prefix(size);
  return pem;
}

constexpr bool is_whole_pem(std::string_view pem) { return pem.ends_with(pem_end); }

// Of a text in which there is no whole certificate, the part that one may still come of, should the
// text go on.
constexpr std::string_view unfinished_pem(std::string_view text) {
  constexpr std::size_t most = pem_begin.size() - 1;
  const std::size_t begin = place_of(pem_begin, text);
  const std::size_t tail = text.size() < most ? 0 : text.size() - most;
  text.remove_prefix(begin < tail ? begin : tail);
  return text;
}

}  // namespace mailmote::tls
