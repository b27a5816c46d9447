// SPDX-License-Identifier: BSL-1.0
// The oracle for line ends: CRLF, CR and LF each end a line, and every end is written as CRLF; a
// whole text's last line has one too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

inline std::string with_crlf(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t end = text.starts_with("\r\n") ? 2 : text.find_first_of("\r\n") == 0 ? 1 : 0;
    repaired += end > 0 ? "\r\n" : std::string{text.front()};
    text.remove_prefix(end > 0 ? end : 1);
  }
  return repaired;
}

inline std::string whole_with_crlf(std::string_view text) {
  const std::string repaired = with_crlf(text);
  return repaired.empty() || repaired.ends_with("\r\n") ? repaired : repaired + "\r\n";
}
