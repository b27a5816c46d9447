// SPDX-License-Identifier: BSL-1.0
// scram_keys.cpp: derives SCRAM's keys, and writes them down.
#include "scram_keys.hpp"

#include <span>
#include <string_view>

#include <mailmote/sasl/scram_keys.hpp>
#include <mailmote/text/base64.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>

#include "logins.hpp"

namespace mailmote_send {
namespace {

using mailmote::errc;

std::optional<std::string> read_base64(std::string_view text) {
  std::string octets;
  mailmote::text::base64_decoder decoder;
  for (const char c : text) {
    char octet = 0;
    const int n = decoder.decode(c, octet);
    if (n < 0) return std::nullopt;
    if (n > 0) octets += octet;
  }
  const bool fits = !octets.empty() && octets.size() <= mailmote::sasl::max_scram_salt;
  return fits && decoder.complete() ? std::optional{octets} : std::nullopt;
}

// '\x5B', ... in lines of at most 100 columns.
std::string list(std::span<const char> octets) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::size_t octets_a_line = 11;
  std::string text;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) text += i % octets_a_line == 0 ? ",\n         " : ", ";
    const auto octet = static_cast<unsigned char>(octets[i]);
    text += {'\'', '\\', 'x', digits[octet >> 4], digits[octet & 15], '\''};
  }
  return text;
}

template <class Hash>
std::string definition(std::string_view mechanism, std::string_view hash, const options& chosen,
                       std::string_view salt) {
  const auto keys =
      mailmote::sasl::scram_keys<Hash>::derive(*chosen.password, salt, chosen.iterations);
  std::string text = "// " + std::string{mechanism} + " as " + *chosen.user +
                     ", where the server has this salt and count. As secret as the password.\n";
  text += "constexpr mailmote::sasl::scram_keys<mailmote::wolfssl::" + std::string{hash} +
          "> login_keys{\n    .salt =\n        {" + list(salt) +
          "},\n    .salt_size = " + std::to_string(salt.size()) +
          ",\n    .iterations = " + std::to_string(keys.iterations) +
          ",\n    .client_key =\n        {" + list(keys.client_key) +
          "},\n    .server_key =\n        {" + list(keys.server_key) + "}};\n";
  return text;
}

}  // namespace

std::optional<complaint> derive_scram_keys(const options& chosen, std::string& text) {
  const auto salt = read_base64(*chosen.salt);
  if (!salt) return complaint{usage, "--salt needs 1 to 64 octets in base64"};
  errc bad = credential_of(chosen.user, chosen).check_needed(errc::bad_username);
  if (bad == errc::none) {
    bad = credential_of(chosen.password, chosen).check_needed(errc::bad_password);
  }
  if (bad != errc::none) return complaint{bad_string, fault_of_login(bad, chosen)};
  text = chosen.auth == login_choice::scram_sha_1
             ? definition<mailmote::wolfssl::sha_1>("SCRAM-SHA-1", "sha_1", chosen, *salt)
             : definition<mailmote::wolfssl::sha_256>("SCRAM-SHA-256", "sha_256", chosen, *salt);
  return std::nullopt;
}

}  // namespace mailmote_send
