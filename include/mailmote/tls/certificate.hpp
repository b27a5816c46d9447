// SPDX-License-Identifier: BSL-1.0
// certificate.hpp: the four things that we must know of a certificate, out of its DER.
//
// Knows:          X.690 10 (DER), RFC 5280 4.1 (Certificate), 4.2.1.6 (subjectAltName).
// Does not know:  signatures, chains and extensions; the TLS library judges those.
// Bounds:         reads nothing outside the span; every element is passed once. What is malformed,
//                 in a place that we pass, is refused whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mailmote/tls/calendar.hpp>

namespace mailmote::tls {

using octets = std::span<const std::uint8_t>;

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

// Refers to the DER that it was read from.
struct certificate {
  std::int64_t not_before = 0;  // Unix seconds; valid from here
  std::int64_t not_after = 0;   // to here, both included
  octets public_key{};          // SubjectPublicKeyInfo, without its outer header
  octets alternative_names{};   // GeneralNames, without their outer header; empty: there are none
};

namespace detail {

constexpr bool take_time(der::reader& validity, std::int64_t& seconds) {
  const std::uint8_t tag = validity.peek();
  const octets text = validity.take_any();
  return (tag == der::utc_time || tag == der::generalized_time) &&
         der::read_time(tag, text, seconds);
}

constexpr bool is_alternative_name(octets oid) {  // 2.5.29.17
  return oid.size() == 3 && oid[0] == 0x55 && oid[1] == 0x1D && oid[2] == 0x11;
}

// Out of the extensions, if there are any.
constexpr bool take_alternative_names(der::reader& tbs, octets& names) {
  if (tbs.finished()) return true;
  der::reader wrapped{tbs.take(der::context_3)};
  der::reader extensions{wrapped.take(der::sequence)};
  while (!extensions.at_end()) {
    der::reader extension{extensions.take(der::sequence)};
    const bool is_wanted = is_alternative_name(extension.take(der::object_identifier));
    extension.skip_optional(der::boolean);
    der::reader value{extension.take(der::octet_string)};
    if (!extension.finished()) return false;
    if (!is_wanted) continue;
    if (!names.empty()) return false;
    names = value.take(der::sequence);
    if (names.empty() || !value.at_end()) return false;
  }
  return extensions.finished() && wrapped.at_end() && tbs.at_end();
}

}  // namespace detail

// Whether `whole` is one certificate and nothing behind it; then `out` is what it says.
constexpr bool read_certificate(octets whole, certificate& out) {
  out = {};
  der::reader outermost{whole};
  der::reader certificate{outermost.take(der::sequence)};
  der::reader tbs{certificate.take(der::sequence)};
  certificate.skip(der::sequence);    // signatureAlgorithm
  certificate.skip(der::bit_string);  // signature
  if (!certificate.finished() || !outermost.at_end()) return false;

  tbs.skip_optional(der::context_0);
  tbs.skip(der::integer);   // serialNumber
  tbs.skip(der::sequence);  // signature
  tbs.skip(der::sequence);  // issuer
  der::reader validity{tbs.take(der::sequence)};
  if (!detail::take_time(validity, out.not_before) || !detail::take_time(validity, out.not_after) ||
      !validity.at_end()) {
    return false;
  }
  tbs.skip(der::sequence);  // subject
  out.public_key = tbs.take(der::sequence);
  tbs.skip_optional(der::context_1);
  tbs.skip_optional(der::context_2);
  return detail::take_alternative_names(tbs, out.alternative_names);
}

}  // namespace mailmote::tls
