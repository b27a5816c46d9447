// SPDX-License-Identifier: BSL-1.0
// recipients.cpp: reads one address a line.
#include "recipients.hpp"

#include <array>
#include <string_view>

#include <mailmote/text/address.hpp>

#include "composition.hpp"
#include "message_file.hpp"

namespace mailmote_send {
namespace {

using std::string_view;

string_view trimmed(string_view text) {
  constexpr string_view blanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_address(string_view text) {
  const mailmote::text::address_form form =
      mailmote::text::forward_path_form(read_mailbox(text).address);
  return form != mailmote::text::address_form::invalid;
}

}  // namespace

std::optional<complaint> read_recipients(options& chosen) {
  if (!chosen.to_file) return std::nullopt;
  const std::string name = *chosen.to_file == "-" ? "standard input" : *chosen.to_file;
  message_file file;
  const std::string unreadable = file.open(*chosen.to_file);
  if (!unreadable.empty()) return complaint{unreadable_file, unreadable};

  std::string all;
  std::array<char, 16'384> piece;
  (void)file.begin({.eight_bit = true});
  for (;;) {
    const mailmote::io_result result = file.read_some(piece);
    if (!result.ok()) break;
    all.append(piece.data(), result.count());
  }
  std::size_t number = 0;
  for (string_view rest = all; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    const string_view line = trimmed(rest.substr(0, rest.find('\n')));  // every line has its end
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    if (!is_address(line)) {
      return complaint{bad_string, name + ", line " + std::to_string(number) +
                                       ": no mail address that can be sent: " + std::string{line}};
    }
    chosen.to.emplace_back(line);
  }
  if (!chosen.to.empty() || !chosen.cc.empty() || !chosen.bcc.empty()) return std::nullopt;
  return complaint{usage, name + " names no recipient"};
}

}  // namespace mailmote_send
