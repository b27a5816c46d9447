// SPDX-License-Identifier: BSL-1.0
// require_tls.hpp: asks every server on the way to use TLS with a proven peer, or none at all.
//
// Knows:          RFC 8689: the parameter REQUIRETLS of MAIL.
// Does not know:  the header field TLS-Required, which asks for less.
// Bounds:         no state. It is never optional: a mail that must be safe is safe, or not sent.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/smtp/parameters.hpp>

namespace mailmote {

class require_tls final : public esmtp_parameters {
 public:
  static constexpr std::string_view keyword = "REQUIRETLS";

  // RFC 8689 section 4.1: only over TLS, which every other security makes sure of before MAIL.
  errc check(const settings& with, const envelope&) const noexcept override {
    return with.security == security::cleartext ? errc::bad_parameter : errc::none;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept override {
    return offered.has(smtp::extension::requiretls) ? std::string_view{} : keyword;
  }

  void put_mail(text::piece_writer& out, const smtp::capabilities&) const noexcept override {
    out.put(" REQUIRETLS");
  }

  void put_rcpt(text::piece_writer&, const smtp::capabilities&, std::size_t,
                std::string_view) const noexcept override {}
};

}  // namespace mailmote
