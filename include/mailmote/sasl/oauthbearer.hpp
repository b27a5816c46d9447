// SPDX-License-Identifier: BSL-1.0
// oauthbearer.hpp: the login with an OAuth token as the standard has it.
//
// Knows:          RFC 7628 section 3.1: how the response opens, after a header as RFC 5801 section 4
//                 has it; and section 3.2.3: that the server's reasons are answered with a ^A.
// Does not know:  the rest, which is bearer.hpp's.
// Bounds:         bearer.hpp's.
#pragma once

#include <cstdint>
#include <string_view>

#include <mailmote/sasl/bearer.hpp>

namespace mailmote::sasl {

// Strings and source are referred to, and must live until the client has finished. A source has the
// token and no line end behind it, and begins again for each exchange.
class oauthbearer final : public bearer {
 public:
  // `username` may be empty: the token says who it is for. `host` and `port` are those of the
  // connection, for a server that wants to hear them; empty and 0 are left out.
  constexpr oauthbearer(credential username, std::string_view token, std::string_view host = {},
                        std::uint16_t port = 0)
      : bearer{kind::oauthbearer, username, token}, host_{host}, port_{port} {}
  constexpr oauthbearer(credential username, body_source& token, std::string_view host = {},
                        std::uint16_t port = 0)
      : bearer{kind::oauthbearer, username, token}, host_{host}, port_{port} {}

  errc check() const noexcept override {
    if (const errc bad = username().check(errc::bad_username); bad != errc::none) return bad;
    if (ascii::has_control(host_) || ascii::has_non_ascii(host_)) return errc::bad_host;
    return check_token();
  }

 private:
  void put_opening(text::piece_writer& out) const noexcept override {
    out.put("n,");
    if (!username().empty()) out.put("a=");
    for (const char c : username().text()) put_escaped(out, c);
    out.put(",\1");
    if (!host_.empty()) {
      out.put("host=");
      out.put(host_);
      out.put('\1');
    }
    if (port_ != 0) {
      out.put("port=");
      out.put_number(port_);
      out.put('\1');
    }
    out.put("auth=Bearer ");
  }

  void put_answer(text::piece_writer& out) const noexcept override { out.put('\1'); }

  // RFC 5801 section 4: in a name, what separates names is written otherwise.
  static void put_escaped(text::piece_writer& out, char c) {
    if (c == ',') return out.put("=2C");
    if (c == '=') return out.put("=3D");
    out.put(c);
  }

  std::string_view host_;
  std::uint16_t port_;
};

}  // namespace mailmote::sasl
