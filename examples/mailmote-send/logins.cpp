// SPDX-License-Identifier: BSL-1.0
// logins.cpp: which of all the logins is used.
#include "logins.hpp"

namespace mailmote_send {
namespace {

std::string_view view(const std::optional<std::string>& text) {
  return text ? std::string_view{*text} : std::string_view{};
}

// Only where nothing else is wanted is a user name who to act as: a certificate has a name already.
std::string_view authorization(const options& chosen) {
  return chosen.auth == login_choice::external ? view(chosen.user) : std::string_view{};
}

}  // namespace

mailmote::sasl::credential credential_of(const std::optional<std::string>& text,
                                         const options& chosen) {
  return chosen.prepared ? mailmote::sasl::prepared(view(text))
                         : mailmote::sasl::credential{view(text)};
}

std::string fault_of_login(mailmote::errc bad, const options& chosen) {
  std::string text{mailmote::explain(bad)};
  if (bad != mailmote::errc::needs_saslprep) return text;
  const bool is_name = mailmote::ascii::has_non_ascii(view(chosen.user));
  return text + (is_name ? ": the user name" : ": the password") + " (is it --prepared?)";
}

logins::logins(const options& chosen, mailmote::wolfssl::bindable_session& tls)
    : chosen_{chosen},
      user_{credential_of(chosen.user, chosen)},
      password_{credential_of(chosen.password, chosen)},
      token_{view(chosen.token)},
      binding_{tls},
      external_{authorization(chosen)},
      given_{given()} {}

mailmote::sasl::mechanism* logins::chosen() {
  switch (chosen_.auth) {
    case login_choice::automatic: break;
    case login_choice::plain: return &plain_;
    case login_choice::login: return &login_;
    case login_choice::cram_md5: return &cram_md5_;
    case login_choice::scram_sha_1: return &scram_sha_1_;
    case login_choice::scram_sha_256: return &scram_sha_256_;
    case login_choice::scram_sha_256_plus: return &scram_sha_256_plus_;
    case login_choice::xoauth2: return &xoauth2_;
    case login_choice::oauthbearer: return &oauthbearer_;
    case login_choice::external: return &external_;
  }
  return given_.empty() ? nullptr : &strongest_;
}

std::vector<mailmote::sasl::mechanism*> logins::given() {
  std::vector<mailmote::sasl::mechanism*> all;
  if (chosen_.certificate_file) all.push_back(&external_);
  if (chosen_.token) all.insert(all.end(), {&oauthbearer_, &xoauth2_});
  if (chosen_.password) {
    all.insert(all.end(), {&bindable_sha_256_, &bindable_sha_1_, &cram_md5_, &plain_, &login_});
  }
  return all;
}

}  // namespace mailmote_send
