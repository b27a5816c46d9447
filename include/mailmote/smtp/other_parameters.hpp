// SPDX-License-Identifier: BSL-1.0
// other_parameters.hpp: parameters of MAIL and RCPT that mailmote has no name for.
//
// Knows:          the grammar of RFC 5321 4.1.2 (esmtp-param) and 4.1.1.1 (ehlo-keyword).
// Does not know:  what a parameter means: BY of RFC 2852, HOLDFOR of RFC 4865, MT-PRIORITY of
//                 RFC 6710, AUTH of RFC 4954, or your server's own.
// Bounds:         refers to a list and its strings; `max_parameter` octets for each parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/smtp/parameters.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/word_list.hpp>

namespace mailmote {

// RFC 5321 4.5.3.1.4 lets an extension make its command longer; none adds more to it than this
// (RFC 3461, RFC 4954 section 3).
inline constexpr std::size_t max_parameter = 500;

enum class parameter_of : std::uint8_t { mail, rcpt };  // every RCPT

struct esmtp_parameter {
  // Of the extension, as the server offers it: one that mailmote knows, or one of
  // settings.other_extensions.
  std::string_view keyword{};

  // All of it, as it is sent: "SOLICIT=org.example:ADV:ADLT", or a word alone.
  std::string_view text{};

  parameter_of of = parameter_of::mail;

  bool optional = false;  // left out where the server does not offer the extension
};

namespace smtp {

constexpr bool is_ehlo_keyword(std::string_view s) {
  if (s.empty() || s.size() > max_keyword || s.front() == '-') return false;
  for (const char c : s) {
    if (!ascii::is_alphanumeric(c) && c != '-') return false;
  }
  return true;
}

// The name, and with a `=` at least one octet of value behind it.
constexpr bool is_esmtp_parameter(std::string_view s) {
  if (s.empty() || s.size() > max_parameter || s.front() == '-' || s.back() == '=') return false;
  bool within_value = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (within_value) {
      if (!ascii::is_printable(c) || c == ' ' || c == '=') return false;
    } else if (c == '=' && i > 0) {
      within_value = true;
    } else if (!ascii::is_alphanumeric(c) && c != '-') {
      return false;
    }
  }
  return true;
}

constexpr bool is_extension_list(std::string_view s) {
  std::size_t rest = s.size();  // octets from the word at hand on
  for (std::size_t words = 0; rest > 0; ++words) {
    const std::string_view word = text::word_list{s}[words];
    if (words == max_other_extensions || !is_ehlo_keyword(word)) return false;
    rest -= word.size();
    if (rest == 1) return false;  // a space at the end
    if (rest > 0) --rest;
  }
  return true;
}

}  // namespace smtp

// const mailmote::esmtp_parameter list[] = {{.keyword = "DELIVERBY", .text = "BY=120;R"}};
class other_parameters final : public esmtp_parameters {
 public:
  constexpr explicit other_parameters(std::span<const esmtp_parameter> list) : list_{list} {}
  template <std::size_t N>
  explicit other_parameters(const esmtp_parameter (&&)[N]) = delete;  // would dangle

  errc check(const settings& with, const envelope&) const noexcept override {
    if (!smtp::is_extension_list(with.other_extensions)) return errc::bad_extension_list;
    const smtp::capabilities sought{.other_keywords = with.other_extensions};
    for (const esmtp_parameter& one : list_) {
      if (!smtp::is_esmtp_parameter(one.text) || is_reserved(one.text)) return errc::bad_parameter;
      if (!sought.knows(one.keyword)) return errc::unlisted_extension;
    }
    return errc::none;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept override {
    for (const esmtp_parameter& one : list_) {
      if (!one.optional && !offered.offers(one.keyword)) return one.keyword;
    }
    return {};
  }

  void put_mail(text::piece_writer& out,
                const smtp::capabilities& offered) const noexcept override {
    put(out, offered, parameter_of::mail);
  }

  void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered, std::size_t,
                std::string_view) const noexcept override {
    put(out, offered, parameter_of::rcpt);
  }

 private:
  // What the engine says by itself, where it is true; and what is asked for in another way.
  static constexpr bool is_reserved(std::string_view parameter) {
    constexpr text::word_list words{"SIZE BODY SMTPUTF8 REQUIRETLS"};
    std::size_t name = 0;
    while (name < parameter.size() && parameter[name] != '=') ++name;
    return words.find({parameter.data(), name}) != text::word_list::none;
  }

  void put(text::piece_writer& out, const smtp::capabilities& offered, parameter_of what) const {
    for (const esmtp_parameter& one : list_) {
      if (one.of != what || !offered.offers(one.keyword)) continue;
      out.put(' ');
      out.put(one.text);
    }
  }

  std::span<const esmtp_parameter> list_;
};

}  // namespace mailmote
