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

namespace mailmote::smtp {

inline constexpr std::size_t max_local_part = 64;  // RFC 5321 4.5.3.1.1
inline constexpr std::size_t max_domain = 255;     // RFC 5321 4.5.3.1.2
inline constexpr std::size_t max_label = 63;       // RFC 1035 2.3.4
inline constexpr std::size_t max_mailbox = 254;    // RFC 5321 4.5.3.1.3, without < and >

enum class address_form : std::uint8_t {
  invalid,
  ascii,
  utf8,  // valid, and needs SMTPUTF8
};

namespace detail {

// The length of the well-formed UTF-8 sequence at s[i] (RFC 3629 4), or 0.
constexpr std::size_t utf8_sequence(std::string_view s, std::size_t i) {
  const auto octet = [&](std::size_t k) {
    return k < s.size() ? static_cast<unsigned char>(s[k]) : std::uint8_t{0};
  };
  const std::uint8_t lead = octet(i);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xC2 && lead <= 0xDF ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((octet(i + k) & 0xC0) != 0x80) return 0;
  }
  const std::uint8_t second = octet(i + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool too_high = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_high ? 0 : length;
}

constexpr address_form form_of(std::string_view s) {
  address_form form = address_form::ascii;
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t length = utf8_sequence(s, i);
    if (length == 0) return address_form::invalid;
    if (length > 1) form = address_form::utf8;
    i += length;
  }
  return form;
}

constexpr bool is_atext(char c) {
  return ascii::is_alphanumeric(c) || ascii::is_non_ascii(c) ||
         std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

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

// RFC 5321 4.1.3: [192.0.2.7], [IPv6:2001:db8::7], [tag:content].
constexpr bool is_address_literal(std::string_view s) {
  if (s.size() < 3 || s.size() > max_domain || s.front() != '[' || s.back() != ']') return false;
  s.remove_prefix(1);
  s.remove_suffix(1);
  if (text::read_ipv4(s)) return true;
  const std::size_t colon = s.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == s.size()) return false;
  const std::string_view tag{s.data(), colon};
  const std::string_view content{s.data() + colon + 1, s.size() - colon - 1};
  if (ascii::equal_ignoring_case(tag, "IPv6")) return bool{text::read_ipv6(content)};
  for (const char c : content) {
    if (!ascii::is_printable(c) || c == ' ' || (c >= '[' && c <= ']')) return false;
  }
  return is_domain(tag) && tag.find('.') == std::string_view::npos && !ascii::has_non_ascii(tag);
}

// RFC 5321 4.1.2 Mailbox: local-part "@" ( Domain / address-literal ).
constexpr address_form mailbox_form(std::string_view s) {
  if (s.empty() || s.size() > max_mailbox) return address_form::invalid;
  const std::size_t at = s.rfind('@');  // a quoted local part may have more of them
  if (at == std::string_view::npos || at > max_local_part) return address_form::invalid;
  const std::string_view local{s.data(), at};
  const std::string_view domain{s.data() + at + 1, s.size() - at - 1};
  if (!detail::is_dot_string(local) && !detail::is_quoted_string(local)) {
    return address_form::invalid;
  }
  if (!is_domain(domain) && !is_address_literal(domain)) return address_form::invalid;
  return detail::form_of(s);
}

// What MAIL takes: a mailbox, or nothing at all (RFC 5321 4.5.5, the null reverse-path).
constexpr address_form reverse_path_form(std::string_view s) {
  return s.empty() ? address_form::ascii : mailbox_form(s);
}

// What RCPT takes: a mailbox, or the one name every server knows (RFC 5321 4.5.1).
constexpr address_form forward_path_form(std::string_view s) {
  return ascii::equal_ignoring_case(s, "postmaster") ? address_form::ascii : mailbox_form(s);
}

}  // namespace mailmote::smtp
