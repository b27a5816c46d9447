// SPDX-License-Identifier: BSL-1.0
// lean.h: a wolfSSL as a device would have it; but with the server's half, which our tests play.
#pragma once

#define SINGLE_THREADED
#define WOLFSSL_USER_IO
#define NO_FILESYSTEM
#define WOLFSSL_GETRANDOM // as there are no files to read random numbers from
#define HAVE_GETRANDOM
#define NO_WRITEV
#define NO_ERROR_STRINGS
#define WOLFSSL_SMALL_STACK

#define WOLFSSL_SP_MATH_ALL
#define SP_INT_BITS 4096
#define HAVE_ECC
#define ECC_TIMING_RESISTANT
#define TFM_TIMING_RESISTANT
#define WC_RSA_PSS
#define WC_RSA_BLINDING
#define HAVE_AESGCM
#define GCM_SMALL
#define WOLFSSL_AES_SMALL_TABLES
#define USE_SLOW_SHA256
#define NO_DH
#define NO_SHA
#define NO_MD5
#define NO_MD4
#define NO_DES3
#define NO_RC4
#define NO_DSA
#define NO_PSK
#define NO_PWDBASED

#define NO_OLD_TLS
#define WOLFSSL_TLS13
#define HAVE_HKDF
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_EXTENDED_MASTER
#define HAVE_SNI
#define NO_SESSION_CACHE
#define WOLFSSL_ALT_NAMES
#define WOLFSSL_ALWAYS_VERIFY_CB
