// SPDX-License-Identifier: BSL-1.0
// What the README's alert with parameters is sent by: declared here, so that its block can be compiled.
#pragma once

#include <string_view>

#include <mailmote/mailmote.hpp>
#include <mailmote/port/posix.hpp>

extern mailmote::client<mailmote::posix::tcp_stream, mailmote::no_tls> smtp;
extern mailmote::text_source alert;
extern const std::string_view ops_team[3];
void check(mailmote::errc error);
