// SPDX-License-Identifier: BSL-1.0
// certificate.hpp: what we must know of a certificate, out of its DER.
//
// Knows:          RFC 5280 4.1 (Certificate) and four extensions of 4.2.1.
// Does not know:  what follows from it, signatures, and all other extensions (the TLS library does).
// Bounds:         one pass over the certificate; refers to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <mailmote/calendar.hpp>
#include <mailmote/tls/der.hpp>

namespace mailmote::tls {

namespace der {

// YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5) as Unix seconds.
constexpr bool read_time(std::uint8_t tag, octets text, std::int64_t& seconds) {
  const std::size_t count = tag == generalized_time ? 7 : 6;  // pairs of digits
  if (text.size() != 2 * count + 1 || text.back() != 'Z') return false;

  std::uint8_t pairs[7] = {};  // century, year, month, day, hour, minute, second
  for (std::size_t i = 0; i < 2 * count; ++i) {
    const int digit = text[i] - '0';
    if (digit < 0 || digit > 9) return false;
    std::uint8_t& pair = pairs[7 - count + i / 2];
    pair = static_cast<std::uint8_t>(pair * 10 + digit);
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

  // To the time around `now` in which `of` stays what it is: valid, or not.
  constexpr void narrow_to_same(const validity& of, std::int64_t now) {
    if (of.contains(now)) return narrow(of);
    if (now < of.from && of.from <= until) until = of.from - 1;
    if (now > of.until && of.until >= from) from = of.until + 1;
  }
};

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

// Where the value of an extension that we read goes; null for all others. Their names are 2.5.29.N.
constexpr octets* place_for(octets oid, certificate& out) {
  if (oid.size() != 3 || oid[0] != 0x55 || oid[1] != 0x1D) return nullptr;
  switch (oid[2]) {
    case 15: return &out.key_usage;
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
    octets* const place = place_for(extension.take(der::object_identifier), out);
    extension.skip_optional(der::boolean);
    der::reader value{extension.take_last(der::octet_string)};
    if (extension.failed()) return false;
    if (place == nullptr) continue;
    if (!place->empty()) return false;
    *place = value.take_last(place == &out.key_usage ? der::bit_string : der::sequence);
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
