// SPDX-License-Identifier: BSL-1.0
// certificate.hpp: what we must know of a certificate, out of its DER.
//
// Knows:          X.690 10 (DER), RFC 5280 4.1 (Certificate) and four extensions of 4.2.1.
// Does not know:  what follows from it, signatures, and all other extensions (the TLS library does).
// Bounds:         reads nothing outside the span; every element is passed once. What is malformed,
//                 in a place that we pass, is refused whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <mailmote/tls/calendar.hpp>

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

// YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5) as Unix seconds.
constexpr bool read_time(std::uint8_t tag, octets text, std::int64_t& seconds) {
  const std::size_t count = tag == generalized_time ? 7 : 6;  // pairs of digits
  if (text.size() != 2 * count + 1 || text.back() != 'Z') return false;

  int pairs[7] = {};  // century, year, month, day, hour, minute, second
  for (std::size_t i = 0; i < 2 * count; ++i) {
    const int digit = text[i] - '0';
    if (digit < 0 || digit > 9) return false;
    int& pair = pairs[7 - count + i / 2];
    pair = pair * 10 + digit;
  }
  if (tag == utc_time) pairs[0] = pairs[1] < 50 ? 20 : 19;

  const date d{pairs[0] * 100 + pairs[1], pairs[2], pairs[3]};
  if (d.month < 1 || d.month > 12 || d.day < 1 || d.day > days_in_month(d.year, d.month) ||
      pairs[4] > 23 || pairs[5] > 59 || pairs[6] > 59) {
    return false;
  }
  const int of_day = (pairs[4] * 60 + pairs[5]) * 60 + pairs[6];
  seconds = std::int64_t{days_of(d)} * 86400 + of_day;
  return true;
}

}  // namespace der

// The time in which a certificate is valid, or every certificate of a chain, in Unix seconds; both
// ends included.
struct validity {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t until = std::numeric_limits<std::int64_t>::max();

  constexpr bool contains(std::int64_t now) const { return from <= now && now <= until; }
  constexpr void narrow(const validity& by) {
    if (by.from > from) from = by.from;
    if (by.until < until) until = by.until;
  }
};

// The time around `now` in which what is not valid now is not valid.
constexpr validity outside(const validity& of, std::int64_t now) {
  if (now < of.from) return {.until = of.from - 1};
  return {.from = of.until + 1};
}

// Refers to the DER that it was read from; runs of elements come without their outer header.
struct certificate {
  validity dates{0, 0};
  octets signature_algorithm{};  // its OBJECT IDENTIFIER
  octets key_usage{};            // the BIT STRING; empty: not limited
  octets alternative_names{};    // GeneralNames; empty: there are none
  octets name_constraints{};     // empty: there are none
  octets extended_key_usage{};   // KeyPurposeIds; empty: not limited
  bool is_self_issued = false;   // its subject is its issuer
};

namespace detail {

constexpr bool take_time(der::reader& dates, std::int64_t& seconds) {
  const std::uint8_t tag = dates.peek();
  const octets text = dates.take_any();
  return (tag == der::utc_time || tag == der::generalized_time) &&
         der::read_time(tag, text, seconds);
}

// Where the value of an extension that we read goes, and which tag it has; null for all others.
// Their names are 2.5.29.N.
constexpr octets* place_for(octets oid, certificate& out, std::uint8_t& tag) {
  tag = der::sequence;
  if (oid.size() != 3 || oid[0] != 0x55 || oid[1] != 0x1D) return nullptr;
  switch (oid[2]) {
    case 15: tag = der::bit_string; return &out.key_usage;
    case 17: return &out.alternative_names;
    case 30: return &out.name_constraints;
    case 37: return &out.extended_key_usage;
    default: return nullptr;
  }
}

// One that comes twice, or is empty, spoils the whole certificate.
constexpr bool take_extensions(der::reader& tbs, certificate& out) {
  if (tbs.finished()) return true;
  tbs = der::reader{tbs.take_last(der::context_3)};
  tbs = der::reader{tbs.take_last(der::sequence)};
  while (!tbs.at_end()) {
    der::reader extension{tbs.take(der::sequence)};
    std::uint8_t tag = 0;
    octets* const place = place_for(extension.take(der::object_identifier), out, tag);
    extension.skip_optional(der::boolean);
    der::reader value{extension.take_last(der::octet_string)};
    if (extension.failed()) return false;
    if (place == nullptr) continue;
    if (!place->empty()) return false;
    *place = value.take_last(tag);
    if (place->empty()) return false;
  }
  return tbs.finished();
}

}  // namespace detail

// Whether `whole` is one certificate and nothing behind it; then `out` is what it says.
constexpr bool read_certificate(octets whole, certificate& out) {
  out = {};
  der::reader outer{whole};
  outer = der::reader{outer.take_last(der::sequence)};
  der::reader tbs{outer.take(der::sequence)};
  out.signature_algorithm = der::reader{outer.take(der::sequence)}.take(der::object_identifier);
  (void)outer.take_last(der::bit_string);  // signature
  if (outer.failed()) return false;

  tbs.skip_optional(der::context_0);
  tbs.skip(der::integer);   // serialNumber
  tbs.skip(der::sequence);  // signature
  const octets issuer = tbs.take(der::sequence);
  der::reader dates{tbs.take(der::sequence)};
  if (!detail::take_time(dates, out.dates.from) || !detail::take_time(dates, out.dates.until) ||
      !dates.at_end()) {
    return false;
  }
  out.is_self_issued = equal(tbs.take(der::sequence), issuer);
  tbs.skip(der::sequence);  // subjectPublicKeyInfo
  tbs.skip_optional(der::context_1);
  tbs.skip_optional(der::context_2);
  return detail::take_extensions(tbs, out);
}

}  // namespace mailmote::tls
