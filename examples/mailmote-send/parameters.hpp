// SPDX-License-Identifier: BSL-1.0
// parameters.hpp: what the command line adds to MAIL and RCPT.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/smtp/dsn.hpp>
#include <mailmote/smtp/other_parameters.hpp>
#include <mailmote/smtp/require_tls.hpp>

#include "options.hpp"

namespace mailmote_send {

// Refers to `options`, which must outlive it. None of it is optional: a server that lacks an
// extension gets no mail.
class parameters {
 public:
  explicit parameters(const options& chosen);
  parameters(const parameters&) = delete;
  parameters& operator=(const parameters&) = delete;

  const mailmote::esmtp_parameters* all() const { return &all_; }
  std::string_view extensions() const { return extensions_; }  // which settings have to list

  // What the options have that cannot be sent.
  std::string_view fault() const;

 private:
  using view = mailmote::parameter_list::view;

  const options& chosen_;
  const std::vector<mailmote::esmtp_parameter> list_;
  const std::string extensions_;
  const mailmote::dsn report_;
  const mailmote::other_parameters others_;
  const mailmote::require_tls safe_{};
  const mailmote::esmtp_parameters* const used_[3] = {&report_, &others_, &safe_};
  const mailmote::parameter_list all_;
};

}  // namespace mailmote_send
