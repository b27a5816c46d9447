// SPDX-License-Identifier: BSL-1.0
// wolfssl_build.hpp: wolfSSL's headers, of a build that is fit for us.
//
// Knows:          which options of wolfSSL our checks need, and which leave out checks of its own.
// Does not know:  what is done with it. No other file includes <wolfssl/...>.
// Bounds:         what is not fit does not compile.
#pragma once

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/hash.h>
#ifndef NO_MD5
#include <wolfssl/wolfcrypt/md5.h>
#endif
#include <wolfssl/wolfcrypt/random.h>
#ifndef NO_SHA
#include <wolfssl/wolfcrypt/sha.h>
#endif
#include <wolfssl/wolfcrypt/sha256.h>

#ifndef WOLFSSL_ALWAYS_VERIFY_CB
#error "mailmote needs wolfSSL with WOLFSSL_ALWAYS_VERIFY_CB, to judge names and dates"
#endif
#ifndef HAVE_TLS_EXTENSIONS
#error "mailmote needs wolfSSL with HAVE_TLS_EXTENSIONS, to say which curves it can do"
#endif
#ifndef WOLFSSL_PEM_TO_DER
#error "mailmote needs wolfSSL with WOLFSSL_PEM_TO_DER (without WOLFSSL_NO_PEM), to read anchors"
#endif
#ifdef NO_WOLFSSL_CLIENT
#error "mailmote needs wolfSSL without NO_WOLFSSL_CLIENT: it is a client"
#endif
#ifdef WOLFSSL_NO_ASN_STRICT
#error "mailmote needs wolfSSL without WOLFSSL_NO_ASN_STRICT: critical extensions must be known"
#endif
#ifdef IGNORE_NAME_CONSTRAINTS
#error "mailmote needs wolfSSL without IGNORE_NAME_CONSTRAINTS: a CA must keep to its own names"
#endif
#if defined(IGNORE_KEY_EXTENSIONS) || defined(ALLOW_INVALID_CERTSIGN)
#error "mailmote needs wolfSSL without IGNORE_KEY_EXTENSIONS, ALLOW_INVALID_CERTSIGN: a CA signs"
#endif
#ifdef WOLFSSL_NO_TRUSTED_CERTS_VERIFY
#error "mailmote needs wolfSSL without WOLFSSL_NO_TRUSTED_CERTS_VERIFY: a name is no signature"
#endif
