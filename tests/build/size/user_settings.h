/* SPDX-License-Identifier: BSL-1.0 */
/* wolfSSL's options on a small device. Only its headers are used: the library is not measured. */
#pragma once

#define SINGLE_THREADED
#define WOLFSSL_USER_IO
#define NO_FILESYSTEM
#define NO_WRITEV
#define NO_DEV_RANDOM
#define NO_ERROR_STRINGS
#define NO_WOLFSSL_SERVER
#define NO_WOLFSSL_DIR
#define NO_MAIN_DRIVER
#define NO_SESSION_CACHE
#define NO_OLD_TLS
#define NO_PSK
#define NO_PWDBASED
#define NO_DH
#define NO_DSA
#define NO_DES3
#define NO_RC4
#define NO_MD4
#define NO_MD5
#define NO_SHA
#define WOLFSSL_SMALL_STACK
#define WOLFSSL_ALWAYS_VERIFY_CB
#define WOLFSSL_ALT_NAMES
#define WOLFSSL_TLS13
#define WOLFSSL_SP_MATH_ALL
#define SP_INT_BITS 4096
#define HAVE_ECC
#define ECC_TIMING_RESISTANT
#define WC_RSA_PSS
#define WC_RSA_BLINDING
#define HAVE_AESGCM
#define HAVE_HKDF
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_EXTENDED_MASTER
#define HAVE_SNI
