// SPDX-License-Identifier: BSL-1.0
// engine.cpp's program, which also names each parameter of MAIL and RCPT there is.
#include <mailmote/sasl/plain.hpp>
#include <mailmote/smtp/dsn.hpp>
#include <mailmote/smtp/other_parameters.hpp>
#include <mailmote/smtp/parameters.hpp>
#include <mailmote/smtp/require_tls.hpp>

#include "stream.hpp"

constinit board_stream tcp;
constinit mailmote::sasl::plain plain{"mote17@example.org", "password"};
constexpr auto login = &plain;
void connect() { board_connect(587); }

constinit const mailmote::dsn report{{.notify = mailmote::dsn_notify::failure,
                                      .returns = mailmote::dsn_return::headers,
                                      .envelope_id = "alert 17",
                                      .original_recipients = true}};
constinit const mailmote::require_tls secret_all_the_way;
constexpr mailmote::esmtp_parameter wishes[] = {{.keyword = "DELIVERBY", .text = "BY=120;R"}};
constinit const mailmote::other_parameters deadline{wishes};
constinit const mailmote::parameters all{report, secret_all_the_way, deadline};

#define PARAMETERS &all
#include "cleartext_client.hpp"
