// SPDX-License-Identifier: BSL-1.0
// certificate.hpp: what we must know of a certificate, out of its DER.
//
// Knows:          RFC 5280 4.1 (Certificate) and four extensions of 4.2.1.
// Does not know:  what follows from it, signatures, and all other extensions (the TLS library does).
// Bounds:         one pass over the certificate; refers to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>

#include <mailmote/calendar.hpp>
#include <mailmote/tls/der.hpp>

namespace mailmote::tls {

namespace der {

// YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5) as Unix seconds.
constexpr bool take_time(octets& run, std::int64_t& seconds) {
  const std::uint8_t tag = peek(run);
  if (tag != utc_time && tag != generalized_time) return false;
  const octets text = take_any(run);
  const std::size_t first = tag == utc_time ? 1 : 0;
  std::uint8_t pairs[7] = {};  // century, year, month, day, hour, minute, second
  if (text.size() != 2 * (std::size(pairs) - first) + 1 || text.back() != 'Z') return false;
  const std::uint8_t* digit = text.data();
  for (std::size_t i = first; i < std::size(pairs); ++i) {
    const int tens = *digit++ - '0';
    const int ones = *digit++ - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
    pairs[i] = static_cast<std::uint8_t>(tens * 10 + ones);
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
  constexpr void begin_at(std::int64_t time) {
    if (from < time) from = time;
  }
  constexpr void end_at(std::int64_t time) {
    if (time < until) until = time;
  }
  constexpr void narrow(const validity& by) {
    begin_at(by.from);
    end_at(by.until);
  }

  // To the time around `now` in which `of` stays what it is: valid, or not.
  constexpr void narrow_to_same(const validity& of, std::int64_t now) {
    if (now < of.from) return end_at(of.from - 1);
    if (now > of.until) return begin_at(of.until + 1);
    narrow(of);
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
  bool is_readable = false;      // else no field says more than that it was read before the fault
};

namespace detail {

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
constexpr bool take_extensions(octets& tbs, certificate& out) {
  if (tbs.empty()) return !der::failed(tbs);
  der::enter(tbs, der::context_3);
  der::enter(tbs, der::sequence);
  while (!tbs.empty()) {
    octets extension = der::take(tbs, der::sequence);
    octets* const place = place_for(der::take(extension, der::object_identifier), out);
    der::skip_optional(extension, der::boolean);
    der::enter(extension, der::octet_string);
    if (der::failed(extension)) return false;
    if (place == nullptr) continue;
    der::enter(extension, place == &out.key_usage ? der::bit_string : der::sequence);
    if (!place->empty() || extension.empty()) return false;
    *place = extension;
  }
  return !der::failed(tbs);
}

}  // namespace detail

// Readable when `whole` is one certificate and nothing behind it.
constexpr certificate read_certificate(octets whole) {
  certificate out;
  der::enter(whole, der::sequence);
  octets tbs = der::take(whole, der::sequence);
  octets algorithm = der::take(whole, der::sequence);
  out.signature_algorithm = der::take(algorithm, der::object_identifier);
  der::enter(whole, der::bit_string);  // signature
  if (der::failed(whole)) return out;

  der::skip_optional(tbs, der::context_0);
  der::skip(tbs, der::integer);   // serialNumber
  der::skip(tbs, der::sequence);  // signature
  const octets issuer = der::take(tbs, der::sequence);
  octets dates = der::take(tbs, der::sequence);
  if (!der::take_time(dates, out.dates.from) || !der::take_time(dates, out.dates.until) ||
      !dates.empty()) {
    return out;
  }
  out.is_self_issued = equal(der::take(tbs, der::sequence), issuer);
  der::skip(tbs, der::sequence);  // subjectPublicKeyInfo
  der::skip_optional(tbs, der::context_1);
  der::skip_optional(tbs, der::context_2);
  out.is_readable = detail::take_extensions(tbs, out);
  return out;
}

}  // namespace mailmote::tls
