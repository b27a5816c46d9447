// SPDX-License-Identifier: BSL-1.0
// full.h: a wolfSSL with nearly everything in it, old and dangerous things too, as a distribution
// builds it; but without the unsafe defaults and the tolerance for odd chains of Debian's.
#pragma once

#define OPENSSL_EXTRA
#define OPENSSL_ALL
#define WOLFSSL_ALWAYS_VERIFY_CB
#define WOLFSSL_ALWAYS_KEEP_SNI
#define KEEP_PEER_CERT
#define WOLFSSL_CERT_EXT
#define WOLFSSL_CERT_GEN
#define WOLFSSL_CERT_REQ
#define WOLFSSL_KEY_GEN
#define WOLFSSL_ALT_NAMES

#define WOLFSSL_SP_MATH_ALL
#define SP_INT_BITS 8192
#define HAVE_ECC
#define HAVE_ALL_CURVES
#define ECC_TIMING_RESISTANT
#define TFM_TIMING_RESISTANT
#define HAVE_CURVE25519
#define HAVE_ED25519
#define WC_RSA_PSS
#define WC_RSA_BLINDING
#define HAVE_DH
#define HAVE_FFDHE_2048
#define HAVE_ANON
#define HAVE_AESGCM
#define HAVE_AESCCM
#define HAVE_AES_ECB
#define WOLFSSL_AES_DIRECT
#define WOLFSSL_AES_COUNTER
#define HAVE_CHACHA
#define HAVE_POLY1305
#define WOLFSSL_SHA224
#define WOLFSSL_SHA384
#define WOLFSSL_SHA512
#define WOLFSSL_SHA3

#define WOLFSSL_TLS13
#define WOLFSSL_ALLOW_TLSV10
#define HAVE_HKDF
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_EXTENDED_MASTER
#define HAVE_KEYING_MATERIAL
#define HAVE_SNI
#define HAVE_ALPN
#define HAVE_MAX_FRAGMENT
#define HAVE_SESSION_TICKET
#define HAVE_ENCRYPT_THEN_MAC
#define HAVE_EX_DATA
#define HAVE_CRL
#define WOLFSSL_POST_HANDSHAKE_AUTH
