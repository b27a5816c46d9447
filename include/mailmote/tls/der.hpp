// SPDX-License-Identifier: BSL-1.0
// der.hpp: takes the elements of a DER encoding apart, one after the other.
//
// Knows:          X.690 10 (DER): tags, lengths, and what is too lax to be DER.
// Does not know:  what the elements mean.
// Bounds:         reads nothing outside the span; every element is passed once. What is malformed,
//                 in a place that we pass, is refused whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mailmote::tls {

using octets = std::span<const std::uint8_t>;

constexpr bool equal(octets a, octets b) {
  if (a.size() != b.size()) return false;
  std::size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  return i == a.size();
}

namespace der {

enum tag : std::uint8_t {
  boolean = 0x01,
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  object_identifier = 0x06,
  utc_time = 0x17,
  generalized_time = 0x18,
  sequence = 0x30,
  context_0 = 0xA0,  // version
  context_1 = 0x81,  // issuerUniqueID
  context_2 = 0x82,  // subjectUniqueID; in a GeneralName: dNSName
  context_7 = 0x87,  // in a GeneralName: iPAddress
  context_3 = 0xA3,  // extensions
};

// Takes elements off the front of a run of them. What is not strict DER, or reaches beyond the end,
// makes the reader fail for good; it is then at its end. An empty run without an address has failed.
class reader {
 public:
  constexpr explicit reader(octets run) : at_{run.data()}, end_{at_ + run.size()} {}

  constexpr bool at_end() const { return at_ == end_; }
  constexpr bool failed() const { return at_ == nullptr; }
  constexpr bool finished() const { return at_end() && !failed(); }

  // The next element's tag, or 0 at the end.
  constexpr std::uint8_t peek() const { return at_end() ? std::uint8_t{0} : *at_; }

  // The next element's content; its tag must be `tag`.
  constexpr octets take(std::uint8_t tag) {
    if (peek() != tag) end_ = at_;  // nothing there, as far as we are concerned
    return take_any();
  }

  // Lengths are definite, in their shortest form, and below 64 KB; tags have one octet.
  constexpr octets take_any() {
    if (end_ - at_ < 2 || *at_ == 0 || (*at_ & 0x1F) == 0x1F) return fail();
    const std::uint8_t* p = at_ + 1;
    std::size_t length = *p++;
    if (length >= 0x80) {
      const std::size_t count = length - 0x80;
      if (count < 1 || count > 2 || end_ - p < 2) return fail();
      length = *p++;
      if (count == 2) length = length << 8 | *p++;
      if (length < (count == 2 ? 0x100u : 0x80u)) return fail();
    }
    if (static_cast<std::size_t>(end_ - p) < length) return fail();
    at_ = p + length;
    return {p, length};
  }

  // The same, and nothing may stand behind it.
  constexpr octets take_last(std::uint8_t tag) {
    const octets content = take(tag);
    return finished() ? content : fail();
  }

  constexpr void skip(std::uint8_t tag) { (void)take(tag); }
  constexpr void skip_optional(std::uint8_t tag) {
    if (peek() == tag) (void)take_any();
  }

 private:
  constexpr octets fail() {
    at_ = end_ = nullptr;
    return {};
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace der

}  // namespace mailmote::tls
