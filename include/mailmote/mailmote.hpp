// SPDX-License-Identifier: BSL-1.0
// mailmote.hpp: the client and everything it can be made of, but for TLS and ports.
//
// Knows:          which headers a program wants together.
// Does not know:  wolfSSL (tls/wolfssl.hpp), or any network (port/...).
// Bounds:         what a program does not name, its linker leaves out.
#pragma once

#include <mailmote/client.hpp>
#include <mailmote/envelope_of.hpp>
#include <mailmote/explain.hpp>
#include <mailmote/mime/message.hpp>
#include <mailmote/run.hpp>
#include <mailmote/sasl/cram_md5.hpp>
#include <mailmote/sasl/external.hpp>
#include <mailmote/sasl/login.hpp>
#include <mailmote/sasl/oauthbearer.hpp>
#include <mailmote/sasl/plain.hpp>
#include <mailmote/sasl/scram.hpp>
#include <mailmote/sasl/strongest.hpp>
#include <mailmote/sasl/xoauth2.hpp>
#include <mailmote/smtp/dsn.hpp>
#include <mailmote/smtp/other_parameters.hpp>
#include <mailmote/smtp/refusal.hpp>
#include <mailmote/smtp/require_tls.hpp>
#include <mailmote/text/stream_source.hpp>
#include <mailmote/text/text_source.hpp>
#include <mailmote/version.hpp>
