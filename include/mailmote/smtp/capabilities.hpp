// SPDX-License-Identifier: BSL-1.0
// capabilities.hpp: what a server has offered in its reply to EHLO.
//
// Knows:          the keywords of RFC 5321, 1652/6152, 1870, 2034, 2920, 3030, 3207, 3461, 4954,
//                 6531, 8689, 9422, and Microsoft's old `AUTH=`.
// Does not know:  what is done with them, or whether they came through TLS.
// Bounds:         words over `max_word` octets match nothing; lines of any length are read in that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/text/ascii.hpp>

namespace mailmote::smtp {

enum class extension : std::uint8_t {
  starttls,
  auth,
  pipelining,
  chunking,
  binarymime,
  eight_bit_mime,
  smtputf8,
  size,
  dsn,
  enhanced_status_codes,
  requiretls,
  limits,
};

inline constexpr std::string_view extension_keywords[] = {
    "STARTTLS", "AUTH", "PIPELINING",          "CHUNKING",   "BINARYMIME", "8BITMIME", "SMTPUTF8",
    "SIZE",     "DSN",  "ENHANCEDSTATUSCODES", "REQUIRETLS", "LIMITS",
};

struct capabilities {
  std::uint64_t size_limit = 0;      // octets in a message; 0: none was named (RFC 1870 4)
  std::uint32_t max_recipients = 0;  // RCPTMAX; 0: none was named (RFC 9422)
  std::uint32_t max_mails = 0;       // MAILMAX; likewise
  std::uint16_t extensions = 0;      // one bit an extension
  sasl::offer auth{};

  constexpr bool has(extension e) const {
    return ((extensions >> static_cast<unsigned>(e)) & 1u) != 0;
  }
};

// Takes the text of an EHLO reply, octet by octet, and fills in what it says.
class capability_parser {
 public:
  constexpr void text(char c, capabilities& into) {
    if (c == ' ' || c == '\t') {
      end_word(into);
    } else if (c == '=' && words_ == 0 && word() == "AUTH") {  // AUTH=LOGIN PLAIN
      end_word(into);
    } else if (size_ < word_.size()) {
      word_[size_++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    } else {
      too_long_ = true;
    }
  }

  constexpr void line_end(capabilities& into) {
    end_word(into);
    words_ = 0;
    greeted_ = true;
  }

 private:
  static constexpr std::size_t max_word = 24;  // RCPTDOMAINMAX= and ten digits

  constexpr std::string_view word() const { return {word_.data(), size_}; }
  constexpr void end_word(capabilities& into);

  std::array<char, max_word> word_{};
  std::uint8_t size_ = 0;
  std::uint8_t words_ = 0;  // complete ones in this line; more than two count as two
  extension keyword_{};     // the line's first word
  bool known_ = false;      // whether keyword_ is one of ours
  bool too_long_ = false;
  bool greeted_ = false;  // the first line names the server, and no extension
};

namespace detail {

// The number a word is, or `otherwise`; a number that does not fit is the largest that does.
template <class Unsigned>
constexpr Unsigned read_number(std::string_view digits, Unsigned otherwise) {
  if (digits.empty()) return otherwise;
  Unsigned value = 0;
  for (const char c : digits) {
    if (!ascii::is_digit(c)) return otherwise;
    const auto digit = static_cast<Unsigned>(c - '0');
    constexpr Unsigned largest = static_cast<Unsigned>(-1);
    if (value > largest / 10 || value * 10 > largest - digit) return largest;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace detail

constexpr void capability_parser::end_word(capabilities& into) {
  const std::string_view w = too_long_ ? std::string_view{} : word();
  const bool blank = size_ == 0;
  size_ = 0;
  too_long_ = false;
  if (blank || !greeted_) return;
  if (words_ == 0) {
    known_ = false;
    for (std::size_t i = 0; i < std::size(extension_keywords); ++i) {
      if (w != extension_keywords[i]) continue;
      known_ = true;
      keyword_ = static_cast<extension>(i);
      into.extensions = static_cast<std::uint16_t>(into.extensions | (1u << i));
    }
  } else if (known_ && keyword_ == extension::auth) {
    into.auth.add(w);
  } else if (known_ && keyword_ == extension::size && words_ == 1) {
    into.size_limit = detail::read_number(w, into.size_limit);
  } else if (known_ && keyword_ == extension::limits) {
    constexpr std::string_view rcptmax = "RCPTMAX=";
    constexpr std::string_view mailmax = "MAILMAX=";
    if (w.starts_with(rcptmax)) {
      into.max_recipients = detail::read_number(
          std::string_view{w.data() + rcptmax.size(), w.size() - rcptmax.size()}, 0u);
    } else if (w.starts_with(mailmax)) {
      into.max_mails = detail::read_number(
          std::string_view{w.data() + mailmax.size(), w.size() - mailmax.size()}, 0u);
    }
  }
  if (words_ < 2) ++words_;
}

}  // namespace mailmote::smtp
