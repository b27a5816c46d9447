// SPDX-License-Identifier: BSL-1.0
// chain.hpp: what is wrong with a certificate that a server has shown: its dates, or its name.
//
// Knows:          RFC 5280 6.1.3 (a)(2), RFC 9525; the time, because the caller has said it.
// Does not know:  who signed what; the TLS library has judged that before we are asked.
// Bounds:         one pass over each certificate.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/tls/certificate.hpp>
#include <mailmote/tls/server_identity.hpp>

namespace mailmote::tls {

struct fault {
  errc why = errc::none;
  bool is_of_anchors = false;  // it is no fault of the server's
  // The one that was missed, for tls_expired and tls_not_yet_valid. For tls_unknown_ca: not 0 when
  // the TLS library thinks by its own clock that an intermediate is out of date.
  std::int64_t date = 0;
  std::string_view shown_name{};  // for tls_name_mismatch: UNTRUSTED
};

// What is wrong with a certificate, or errc::none; its particulars go to `found`.

constexpr errc judge_dates(const validity& of, std::int64_t now, fault& found) {
  if (of.contains(now)) return errc::none;
  const bool early = now < of.from;
  found.date = early ? of.from : of.until;
  return early ? errc::tls_not_yet_valid : errc::tls_expired;
}

}  // namespace mailmote::tls
