// SPDX-License-Identifier: BSL-1.0
// capabilities.hpp: what a server has offered in its reply to EHLO.
//
// Knows:          the keywords of RFC 5321, 1652/6152, 1870, 2034, 2920, 3030, 3207, 3461, 4954,
//                 6531, 8689, 9422, and Microsoft's old `AUTH=`; of others, those it is told.
// Does not know:  what is done with them, or whether they came through TLS.
// Bounds:         words over `max_keyword` octets match nothing; lines of any length are read in that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/text/ascii.hpp>
#include <mailmote/text/word_list.hpp>

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

// In the order of `extension`.
inline constexpr text::word_list extension_keywords{
    "STARTTLS AUTH PIPELINING CHUNKING BINARYMIME 8BITMIME SMTPUTF8 SIZE DSN ENHANCEDSTATUSCODES "
    "REQUIRETLS LIMITS"};

// Of a number in an EHLO line that is larger than this, only that is known.
inline constexpr std::uint32_t largest_number = 0xFFFF'FFFF;

// A keyword has no limit in RFC 5321 4.1.1.1; the longest registered one has 19 octets. A word of
// an EHLO line that is longer than this is RCPTDOMAINMAX= and more than ten digits, or nothing.
inline constexpr std::size_t max_keyword = 24;

// Of the words of settings.other_extensions, those behind these are not noted.
inline constexpr std::size_t max_other_extensions = 32;

constexpr unsigned bit(extension e) { return 1u << static_cast<unsigned>(e); }

struct capabilities {
  std::uint32_t size_limit = 0;             // octets in a message; 0: none was named (RFC 1870 4)
  std::uint32_t max_recipients = 0;         // RCPTMAX; 0: none was named (RFC 9422)
  std::uint32_t max_mails = 0;              // MAILMAX; likewise
  std::uint32_t max_recipient_domains = 0;  // RCPTDOMAINMAX; likewise
  std::uint16_t extensions = 0;             // one bit an extension
  sasl::offer auth{};
  std::uint32_t others = 0;           // one bit a word of `other_keywords`
  std::string_view other_keywords{};  // as settings.other_extensions has them

  constexpr bool has(extension e) const { return (extensions & bit(e)) != 0; }

  // The same for a keyword, in any case; of one that is not known() nobody has taken note.
  constexpr bool offers(std::string_view keyword) const {
    return ((extension_keywords.bit(keyword) & extensions) | (other_bit(keyword) & others)) != 0;
  }
  constexpr bool knows(std::string_view keyword) const {
    return (extension_keywords.bit(keyword) | other_bit(keyword)) != 0;
  }
  constexpr std::uint32_t other_bit(std::string_view keyword) const {
    const std::size_t index = text::word_list{other_keywords}.find(keyword);
    return index < max_other_extensions ? std::uint32_t{1} << index : 0;
  }
};

// Takes the text of an EHLO reply, octet by octet, and fills in what it says.
class capability_parser {
 public:
  constexpr void text(char c, capabilities& into) {
    if (c == ' ' || c == '\t') {
      end_word(into);
    } else if (c == '=' && words_ == 0 && is_auth(word())) {
      end_word(into);
    } else if (size_ < max_keyword) {
      word_[size_++] = c;
    } else {
      size_ = too_long;
    }
  }

  constexpr void line_end(capabilities& into) {
    end_word(into);
    words_ = 0;
    greeted_ = true;
  }

 private:
  static constexpr std::uint8_t too_long = max_keyword + 1;

  static constexpr bool is_auth(std::string_view w) {
    return extension_keywords.bit(w) == bit(extension::auth);
  }
  // Empty when it is too long.
  constexpr std::string_view word() const {
    return {word_.data(), size_ < too_long ? size_ : std::size_t{0}};
  }
  constexpr void end_word(capabilities& into);
  static constexpr void take_limit(std::string_view word, capabilities& into);

  std::uint8_t size_ = 0;
  std::uint8_t words_ = 0;     // complete ones in this line; more than two count as two
  std::uint16_t keyword_ = 0;  // the bit of the line's first word; 0: it is none of ours
  bool greeted_ = false;       // the first line names the server, and no extension
  std::array<char, max_keyword> word_{};
};

namespace detail {

// The number that the rest of a word is; 0 when it is none.
constexpr std::uint32_t read_number(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (!ascii::is_digit(c)) return 0;
    const auto digit = static_cast<std::uint32_t>(c - '0');
    const bool fits = value < largest_number / 10;  // 4,294,967,290 and more are "or more"
    value = fits ? value * 10 + digit : largest_number;
  }
  return value;
}

}  // namespace detail

constexpr void capability_parser::end_word(capabilities& into) {
  const std::string_view w = word();
  const bool blank = size_ == 0;
  size_ = 0;
  if (blank || !greeted_) return;
  if (words_ == 0) {
    keyword_ = extension_keywords.bit(w);
    into.extensions = static_cast<std::uint16_t>(into.extensions | keyword_);
    into.others |= into.other_bit(w);
  } else if (keyword_ == bit(extension::auth)) {
    into.auth.add(w);
  } else if (keyword_ == bit(extension::size) && words_ == 1) {
    into.size_limit = detail::read_number(w);
  } else if (keyword_ == bit(extension::limits)) {
    take_limit(w, into);
  }
  if (words_ < 2) ++words_;
}

// RCPTMAX=100 or MAILMAX=5, and others that are no business of a submission.
constexpr void capability_parser::take_limit(std::string_view w, capabilities& into) {
  constexpr text::word_list names{"RCPTMAX MAILMAX RCPTDOMAINMAX"};
  std::size_t name = 0;
  while (name < w.size() && w[name] != '=') ++name;
  if (name == w.size()) return;
  const std::uint32_t limit = detail::read_number({w.data() + name + 1, w.size() - name - 1});
  switch (names.find({w.data(), name})) {
    case 0: into.max_recipients = limit; break;
    case 1: into.max_mails = limit; break;
    case 2: into.max_recipient_domains = limit; break;
    default: break;
  }
}

}  // namespace mailmote::smtp
