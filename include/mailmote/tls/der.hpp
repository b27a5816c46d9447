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

constexpr bool equal(const octets& a, const octets& b) {
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

// Elements are taken off the front of a run of them. What is not strict DER, or reaches beyond the
// end, makes the run fail for good: it is then empty, and has no address.

constexpr bool failed(const octets& run) { return run.data() == nullptr; }
constexpr octets fail(octets& run) { return run = {}; }

// The next element's tag, or 0 at the end.
constexpr std::uint8_t peek(const octets& run) { return run.empty() ? std::uint8_t{0} : run[0]; }

// The next element's content. Lengths are definite, in their shortest form, and below 64 KB; tags
// have one octet.
constexpr octets take_any(octets& run) {
  if (run.size() < 2 || run[0] == 0 || (run[0] & 0x1F) == 0x1F) return fail(run);
  std::size_t header = 2;
  std::size_t length = run[1];
  if (length >= 0x80) {
    header += length - 0x80;
    if (header < 3 || header > 4 || run.size() < 4) return fail(run);
    length = run[2];
    if (header == 4) length = length << 8 | run[3];
    if (length < (header == 4 ? 0x100u : 0x80u)) return fail(run);
  }
  if (run.size() - header < length) return fail(run);
  const octets content = run.subspan(header, length);
  run = run.subspan(header + length);
  return content;
}

// The same; its tag must be `tag`.
constexpr octets take(octets& run, std::uint8_t tag) {
  if (peek(run) != tag) run = {};  // nothing there, as far as we are concerned
  return take_any(run);
}

// Makes the run the content of its only element.
constexpr void enter(octets& run, std::uint8_t tag) {
  const octets content = take(run, tag);
  run = run.empty() ? content : octets{};
}

constexpr void skip(octets& run, std::uint8_t tag) { (void)take(run, tag); }
constexpr void skip_optional(octets& run, std::uint8_t tag) {
  if (peek(run) == tag) (void)take_any(run);
}

}  // namespace der

}  // namespace mailmote::tls
