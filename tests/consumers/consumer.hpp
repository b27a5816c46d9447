// SPDX-License-Identifier: BSL-1.0
// consumer.hpp: mailmote as this project has it, and what its two files do with it.
#pragma once

#ifdef CONSUMER_HAS_ONE_HEADER
#include "mailmote.hpp"
#else
#include <mailmote/mailmote.hpp>
#ifdef MAILMOTE_WOLFSSL
#include <mailmote/tls/wolfssl.hpp>
#endif
#endif

bool sends();  // a mail goes out, octet by octet as it should
