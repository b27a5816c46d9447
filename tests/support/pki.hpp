// SPDX-License-Identifier: BSL-1.0
// pki.hpp: the certificates that pki.sh has made for the tests.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace support {

inline std::string pki(std::string_view file) {
  return std::string{MAILMOTE_TEST_PKI "/"}.append(file);
}

inline std::string read_file(const std::string& path) {
  std::string text;
  if (std::FILE* file = std::fopen(path.c_str(), "rb")) {
    char piece[4096];
    while (const std::size_t n = std::fread(piece, 1, sizeof piece, file)) text.append(piece, n);
    std::fclose(file);
  }
  return text;
}

}  // namespace support
