// SPDX-License-Identifier: BSL-1.0
// parameters.cpp: reads KEYWORD:TEXT, and notes which keywords are to be looked for.
#include "parameters.hpp"

#include <algorithm>

namespace mailmote_send {
namespace {

using mailmote::dsn_notify;
using mailmote::errc;
using mailmote::parameter_of;
using std::string_view;

mailmote::dsn_options dsn_of(const options& chosen) {
  const bool may_be_told =
      chosen.notify != dsn_notify::unsaid && chosen.notify != dsn_notify::never;
  return {.notify = chosen.notify,
          .returns = chosen.returns,
          .envelope_id = chosen.envelope_id,
          .original_recipients = may_be_told};
}

mailmote::esmtp_parameter read(string_view given, parameter_of of) {
  const std::size_t colon = given.find(':');
  return {.keyword = given.substr(0, colon), .text = given.substr(colon + 1), .of = of};
}

std::vector<mailmote::esmtp_parameter> read_all(const options& chosen) {
  std::vector<mailmote::esmtp_parameter> all;
  for (const std::string& given : chosen.mail_parameters) {
    all.push_back(read(given, parameter_of::mail));
  }
  for (const std::string& given : chosen.rcpt_parameters) {
    all.push_back(read(given, parameter_of::rcpt));
  }
  return all;
}

// Those that mailmote does not know by itself, each once.
std::string extensions_of(const std::vector<mailmote::esmtp_parameter>& list) {
  std::string words;
  for (const mailmote::esmtp_parameter& one : list) {
    if (mailmote::smtp::capabilities{.other_keywords = words}.knows(one.keyword)) continue;
    if (!words.empty()) words += ' ';
    words += one.keyword;
  }
  return words;
}

// Whether it could not be sent even if it were the only one.
bool is_unfit(string_view given) {
  const mailmote::esmtp_parameter one = read(given, parameter_of::mail);
  const mailmote::settings with{.other_extensions = one.keyword};
  return mailmote::other_parameters{{&one, 1}}.check(with, {}) != errc::none;
}

}  // namespace

parameters::parameters(const options& chosen)
    : chosen_{chosen},
      list_{read_all(chosen)},
      extensions_{extensions_of(list_)},
      report_{dsn_of(chosen)},
      others_{list_},
      all_{view{used_, chosen.requires_tls ? std::size_t{3} : std::size_t{2}}} {}

string_view parameters::fault() const {
  for (const auto* const given : {&chosen_.mail_parameters, &chosen_.rcpt_parameters}) {
    const auto found = std::find_if(given->begin(), given->end(), is_unfit);
    if (found != given->end()) return *found;
  }
  return report_.check({}, {}) == errc::none ? string_view{extensions_} : chosen_.envelope_id;
}

}  // namespace mailmote_send
