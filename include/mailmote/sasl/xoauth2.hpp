// SPDX-License-Identifier: BSL-1.0
// xoauth2.hpp: the login with an OAuth token as Google's and Microsoft's servers have it.
//
// Knows:          Google's "XOAUTH2 Protocol": how the response opens, and that the server's reasons
//                 are answered with an empty line.
// Does not know:  the rest, which is bearer.hpp's.
// Bounds:         bearer.hpp's.
#pragma once

#include <string_view>

#include <mailmote/sasl/bearer.hpp>

namespace mailmote::sasl {

// Strings and source are referred to, and must live until the client has finished. A source has the
// token and no line end behind it, and begins again for each exchange.
class xoauth2 final : public bearer {
 public:
  constexpr xoauth2(credential username, std::string_view token)
      : bearer{kind::xoauth2, username, token} {}
  constexpr xoauth2(credential username, body_source& token)
      : bearer{kind::xoauth2, username, token} {}

  errc check() const noexcept override {
    const errc bad = username().check_needed(errc::bad_username);
    return bad != errc::none ? bad : check_token();
  }

 private:
  void put_opening(text::piece_writer& out) const noexcept override {
    out.put("user=");
    out.put(username().text());
    out.put("\1auth=Bearer ");
  }
  void put_answer(text::piece_writer&) const noexcept override {}
};

}  // namespace mailmote::sasl
