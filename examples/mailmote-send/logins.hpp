// SPDX-License-Identifier: BSL-1.0
// logins.hpp: the login that the command line asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/mailmote.hpp>
#include <mailmote/sasl/scram.hpp>
#include <mailmote/tls/wolfssl_hash.hpp>
#include <mailmote/tls/wolfssl_random.hpp>

#include "binding.hpp"
#include "bound_login.hpp"
#include "options.hpp"

namespace mailmote_send {

// A user name or password, as the command line gives it.
mailmote::sasl::credential credential_of(const std::optional<std::string>& text,
                                         const options& chosen);

// Why the user name or the password cannot be sent, in words.
std::string fault_of_login(mailmote::errc bad, const options& chosen);

// All of them, though one is used. Refers to `chosen` and `tls`, which must outlive it.
class logins {
 public:
  logins(const options& chosen, mailmote::wolfssl::bindable_session& tls);
  logins(const logins&) = delete;
  logins& operator=(const logins&) = delete;
  ~logins() { random_.close(); }

  // Null where no secret was given.
  mailmote::sasl::mechanism* chosen();

 private:
  using sha_1 = mailmote::wolfssl::sha_1;
  using sha_256 = mailmote::wolfssl::sha_256;
  using credential = mailmote::sasl::credential;

  struct any_of final : mailmote::sasl::choice {
    explicit any_of(const std::vector<mailmote::sasl::mechanism*>& list)
        : choice{list.data(), list.size()} {}
  };

  std::vector<mailmote::sasl::mechanism*> given();

  const options& chosen_;
  const credential user_, password_;
  const std::string_view token_;
  best_binding binding_;
  mailmote::wolfssl::random random_{};

  mailmote::sasl::plain plain_{user_, password_};
  mailmote::sasl::login login_{user_, password_};
  mailmote::sasl::cram_md5<mailmote::wolfssl::md5> cram_md5_{user_, password_};
  mailmote::sasl::scram<sha_1> scram_sha_1_{user_, password_, random_};
  mailmote::sasl::scram<sha_256> scram_sha_256_{user_, password_, random_};
  mailmote::sasl::scram<sha_1> bindable_sha_1_{user_, password_, random_, {.binding = &binding_}};
  mailmote::sasl::scram<sha_256> bindable_sha_256_{
      user_, password_, random_, {.binding = &binding_}};
  bound_login scram_sha_256_plus_{bindable_sha_256_};
  mailmote::sasl::xoauth2 xoauth2_{user_, token_};
  mailmote::sasl::oauthbearer oauthbearer_{user_, token_, chosen_.host};
  mailmote::sasl::external external_;

  const std::vector<mailmote::sasl::mechanism*> given_;  // those that there are secrets for
  any_of strongest_{given_};
};

}  // namespace mailmote_send
