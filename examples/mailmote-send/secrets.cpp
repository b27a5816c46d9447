// SPDX-License-Identifier: BSL-1.0
// secrets.cpp: reads them from files, standard input or the environment.
#include "secrets.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <mailmote/text/ascii.hpp>

namespace mailmote_send {
namespace {

// Whether a password is wanted that nobody has named.
bool wants_password(const options& chosen) {
  switch (chosen.auth) {
    case login_choice::xoauth2:
    case login_choice::oauthbearer:
    case login_choice::external: return false;
    case login_choice::automatic: return !chosen.token_file && !chosen.certificate_file;
    default: return true;
  }
}

std::optional<complaint> read_password(options& chosen) {
  if (!chosen.user || chosen.password) return std::nullopt;
  if (chosen.password_file) {
    std::ifstream file{*chosen.password_file, std::ios::binary};
    if (!std::getline(file, chosen.password.emplace())) {
      return complaint{unreadable_file, "cannot read a password from " + *chosen.password_file};
    }
    if (chosen.password->ends_with('\r')) chosen.password->pop_back();
    return std::nullopt;
  }
  if (!wants_password(chosen)) return std::nullopt;
  const char* const from_environment = std::getenv("MAILMOTE_PASSWORD");
  if (from_environment == nullptr) {
    return complaint{usage, "--user needs a password: --pass, --pass-file or MAILMOTE_PASSWORD"};
  }
  chosen.password = from_environment;
  return std::nullopt;
}

std::optional<complaint> read_token(options& chosen) {
  if (!chosen.token_file) return std::nullopt;
  std::ifstream file;
  if (*chosen.token_file != "-") file.open(*chosen.token_file, std::ios::binary);
  std::istream& in = *chosen.token_file == "-" ? std::cin : file;
  std::string& token =
      chosen.token.emplace(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  token.erase(token.find_last_not_of(" \t\r\n") + 1);
  if (token.empty()) {
    return complaint{unreadable_file, "cannot read a token from " + *chosen.token_file};
  }
  if (std::all_of(token.begin(), token.end(), mailmote::ascii::is_printable)) return std::nullopt;
  return complaint{bad_string, "this is no token: " + *chosen.token_file};
}

// Whole; an empty file is none.
std::optional<complaint> read_pem(const std::optional<std::string>& path,
                                  std::optional<std::string>& pem) {
  if (!path) return std::nullopt;
  std::ifstream file{*path, std::ios::binary};
  pem.emplace(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  return pem->empty() ? std::optional{complaint{unreadable_file, "cannot read " + *path}}
                      : std::nullopt;
}

}  // namespace

std::optional<complaint> read_secrets(options& chosen) {
  if (auto wrong = read_password(chosen)) return wrong;
  if (auto wrong = read_token(chosen)) return wrong;
  if (auto wrong = read_pem(chosen.certificate_file, chosen.certificate)) return wrong;
  return read_pem(chosen.key_file, chosen.key);
}

}  // namespace mailmote_send
