// SPDX-License-Identifier: BSL-1.0
// plain.hpp: the login that sends user name and password as they are.
//
// Knows:          RFC 4616.
// Does not know:  whether anybody listens; the session lets it run only inside TLS.
// Bounds:         no copy of any string; they go out octet by octet.
#pragma once

#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>

#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/mechanism.hpp>

namespace mailmote::sasl {

// The strings are referred to, and must live until the client has finished.
class plain final : public mechanism {
 public:
  // `authorization` is the identity to act as; empty, as almost always, is the user's own.
  constexpr plain(credential username, credential password, credential authorization = "")
      : parts_{authorization, username, password} {}

  errc check() const noexcept override {
    errc bad = parts_[0].check(errc::bad_authorization);
    if (bad == errc::none) bad = parts_[1].check_needed(errc::bad_username);
    if (bad == errc::none) bad = parts_[2].check_needed(errc::bad_password);
    return bad;
  }

  errc select(offer offered) noexcept override {
    forget();
    return offered.has(kind::plain) ? errc::none : errc::auth_unavailable;
  }
  kind selected() const noexcept override { return kind::plain; }
  bool reveals_secret() const noexcept override { return true; }

  std::size_t initial_response() const noexcept override {
    return parts_[0].text().size() + 1 + parts_[1].text().size() + 1 + parts_[2].text().size();
  }

  void challenge(std::span<const char>) noexcept override {}

  // The one message is the initial response; a server that asks for more is not doing PLAIN.
  errc respond() noexcept override { return errc::bad_challenge; }

  // authorization NUL user name NUL password
  io_result read_some(std::span<char> out) noexcept override {
    std::size_t written = 0;
    while (written < out.size()) {
      const std::string_view part = parts_[part_].text();
      if (position_ < part.size()) {
        out[written++] = part[position_++];
      } else if (part_ + 1 < std::size(parts_)) {
        out[written++] = '\0';
        ++part_;
        position_ = 0;
      } else {
        break;
      }
    }
    return written > 0 ? io_result::moved(written) : io_status::closed;
  }

  errc accept() noexcept override { return errc::none; }
  void forget() noexcept override { part_ = position_ = 0; }

 private:
  credential parts_[3];
  std::size_t part_ = 0;      // where reading stands ...
  std::size_t position_ = 0;  // ... and within that part
};

}  // namespace mailmote::sasl
