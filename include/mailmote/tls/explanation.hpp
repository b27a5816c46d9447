// SPDX-License-Identifier: BSL-1.0
// explanation.hpp: a sentence for people on why a server was not trusted.
//
// Knows:          the dates and names that a plain errc has no room for.
// Does not know:  how they were found.
// Bounds:         fills the span it is given, at most; nothing of the server's but printable ASCII.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/calendar.hpp>
#include <mailmote/error.hpp>
#include <mailmote/explain.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/tls/chain.hpp>

namespace mailmote::tls {

// Puts pieces one behind the other, as far as there is room.
class sentence {
 public:
  explicit sentence(std::span<char> room) : room_{room} {}

  sentence& add(std::string_view words) {
    for (const char c : words) add(ascii::is_printable(c) ? c : '?');
    return *this;
  }

  sentence& add(const date& d) {
    return add_number(d.year, 1000).add("-").add_number(d.month, 10).add("-").add_number(d.day, 10);
  }

  std::string_view text() const { return {room_.data(), size_}; }

 private:
  void add(char c) {
    if (size_ < room_.size()) room_[size_++] = c;
  }

  sentence& add_number(int n, int place) {
    for (; place > 0; place /= 10) add(static_cast<char>('0' + n / place % 10));
    return *this;
  }

  std::span<char> room_;
  std::size_t size_ = 0;
};

inline std::string_view explain(const fault& found, std::string_view host, std::span<char> room) {
  const std::string_view whose =
      found.is_of_anchors ? "the last trust anchor" : "the server's certificate";
  sentence words{room};
  switch (found.why) {
    case errc::tls_expired:
      return words.add(whose).add(" expired on ").add(date_of(found.date)).text();
    case errc::tls_not_yet_valid:
      return words.add(whose).add(" is not valid before ").add(date_of(found.date)).text();
    case errc::tls_unknown_ca:
      if (found.date == 0) break;
      return words.add("no intermediate certificate was used: the TLS library's own clock is wrong")
          .text();
    case errc::tls_name_mismatch:
      words.add("the server's certificate is ");
      if (found.shown_name.empty()) return words.add("not for ").add(host).text();
      return words.add("for ").add(found.shown_name).add(", not ").add(host).text();
    case errc::tls_ip_mismatch:
      return words.add("the server's certificate is not for the address ").add(host).text();
    default: break;
  }
  return words.add(mailmote::explain(found.why)).text();
}

}  // namespace mailmote::tls
