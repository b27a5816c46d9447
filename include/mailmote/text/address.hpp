// SPDX-License-Identifier: BSL-1.0
// address.hpp: which strings may stand between < and > in MAIL and RCPT.
//
// Knows:          the grammar of RFC 5321 4.1.2 and 4.1.3, the limits of 4.5.3.1, RFC 6531 3.3.
// Does not know:  display names, comments or source routes; those are not sent.
// Bounds:         local part 64 octets, domain 255, the whole 254 (256 with its brackets).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/text/ascii.hpp>
#include <mailmote/text/ip_address.hpp>
#include <mailmote/text/utf8.hpp>

namespace mailmote::text {

inline constexpr std::size_t max_local_part = 64;  // RFC 5321 4.5.3.1.1
inline constexpr std::size_t max_domain = 255;     // RFC 5321 4.5.3.1.2
inline constexpr std::size_t max_label = 63;       // RFC 1035 2.3.4
inline constexpr std::size_t max_mailbox = 254;    // RFC 5321 4.5.3.1.3, without < and >

enum class address_form : std::uint8_t {
  invalid,
  ascii,
  utf8,  // valid, and needs SMTPUTF8
};

// RFC 5322 3.2.3, and RFC 6532 3.2: what is printable and none of the specials, or not ASCII.
constexpr bool is_atext(char c) {
  constexpr std::string_view specials = " ()<>[]:;@\\,.\"";
  for (const char special : specials) {
    if (c == special) return false;
  }
  return !ascii::is_control(c);
}

namespace detail {

constexpr bool is_dot_string(std::string_view s) {
  bool after_dot = true;
  for (const char c : s) {
    if (c == '.' ? after_dot : !is_atext(c)) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

constexpr bool is_quoted_string(std::string_view s) {
  if (s.size() < 2 || s.front() != '"') return false;
  for (std::size_t i = 1; i < s.size(); ++i) {
    if (ascii::is_control(s[i])) return false;
    if (s[i] == '"') return i + 1 == s.size();
    if (s[i] == '\\' && (++i == s.size() || !ascii::is_printable(s[i]))) return false;
  }
  return false;
}

}  // namespace detail

// RFC 5321 4.1.2 Domain: labels of letters, digits and inner hyphens. No trailing dot.
constexpr bool is_domain(std::string_view s) {
  if (s.empty() || s.size() > max_domain) return false;
  std::size_t label = 0;
  char last = '.';
  for (const char c : s) {
    const bool letter_or_digit = ascii::is_alphanumeric(c) || ascii::is_non_ascii(c);
    if (c == '.') {
      if (last == '.' || last == '-') return false;
      label = 0;
    } else if (!letter_or_digit && (c != '-' || last == '.')) {
      return false;
    } else if (++label > max_label) {
      return false;
    }
    last = c;
  }
  return last != '.' && last != '-';
}

// RFC 5321 4.1.3: [192.0.2.7] or [IPv6:2001:db8::7]. No other tag was ever registered.
constexpr bool is_address_literal(std::string_view s) {
  if (s.size() < 2 || s.front() != '[' || s.back() != ']') return false;
  s.remove_prefix(1);
  s.remove_suffix(1);
  constexpr std::string_view tag = "IPv6:";
  std::size_t octets = 4;
  if (s.size() >= tag.size() && ascii::equal_ignoring_case({s.data(), tag.size()}, tag)) {
    s.remove_prefix(tag.size());
    octets = 16;
  }
  return text::read_ip(s).size == octets;
}

// RFC 5321 4.1.2 Mailbox: local-part "@" ( Domain / address-literal ).
constexpr address_form mailbox_form(std::string_view s) {
  if (s.empty() || s.size() > max_mailbox) return address_form::invalid;
  std::size_t at = s.size();  // of the last @: a quoted local part may have more of them
  while (at > 0 && s[at - 1] != '@') --at;
  if (at == 0 || --at > max_local_part) return address_form::invalid;
  const std::string_view local{s.data(), at};
  const std::string_view domain{s.data() + at + 1, s.size() - at - 1};
  if (!detail::is_dot_string(local) && !detail::is_quoted_string(local)) {
    return address_form::invalid;
  }
  if (!is_domain(domain) && !is_address_literal(domain)) return address_form::invalid;
  if (!ascii::has_non_ascii(s)) return address_form::ascii;
  return is_utf8(s) ? address_form::utf8 : address_form::invalid;
}

// What MAIL takes: a mailbox, or nothing at all (RFC 5321 4.5.5, the null reverse-path).
constexpr address_form reverse_path_form(std::string_view s) {
  return s.empty() ? address_form::ascii : mailbox_form(s);
}

// What RCPT takes: a mailbox, or the one name every server knows (RFC 5321 4.5.1).
constexpr address_form forward_path_form(std::string_view s) {
  constexpr std::string_view postmaster = "postmaster";
  return ascii::equal_ignoring_case(s, postmaster) ? address_form::ascii : mailbox_form(s);
}

}  // namespace mailmote::text
