/* SPDX-License-Identifier: BSL-1.0 */
/* wolfSSL as a client on a Cortex-M with 64 KB of RAM: TLS 1.2 and 1.3, RSA and P-256. Each option
 * says why it is here; what is not here is as wolfSSL has it. */
#pragma once

/* The device: one task, no files, no sockets. */
#define SINGLE_THREADED  /* no locks */
#define WOLFSSL_USER_IO  /* mailmote moves the octets */
#define WOLFSSL_NO_SOCK  /* there are no headers of sockets, which 5.9 would include */
#define NO_FILESYSTEM    /* anchors stand in flash */
#define NO_WRITEV        /* there is no writev(2) */
#define NO_MAIN_DRIVER   /* no main() in the library */
#define NO_WOLFSSL_DIR   /* no folders of anchors */
#define NO_DEV_RANDOM    /* no /dev/random ... */
#define CUSTOM_RAND_GENERATE_SEED board_seed /* ... but the board's own entropy; see board.cpp */
int board_seed(unsigned char* octets, unsigned int size);

/* Time: mailmote judges dates itself, by set_time, but wolfSSL asks time(), in board.cpp, too. */
#define USER_TICKS             /* LowResTimer() and TimeNowInMilliseconds() are ours */

/* Memory: what is large comes from the heap, as a stack of 6 KB is enough then. */
#define WOLFSSL_SMALL_STACK    /* without it ECDSA alone takes 19 KB of stack */
#define XMALLOC_OVERRIDE       /* so that the board can count what is taken */
#include <stddef.h>
void* board_allocate(size_t size);
void* board_reallocate(void* block, size_t size);
void board_release(void* block);
#define XMALLOC(size, heap, type) ((void)(heap), board_allocate(size))
#define XREALLOC(block, size, heap, type) ((void)(heap), board_reallocate(block, size))
#define XFREE(block, heap, type) ((void)(heap), board_release(block))

/* Arithmetic of large numbers: one small implementation, with Cortex-M assembly. */
#define WOLFSSL_SP_MATH_ALL        /* sp_int, for any size of key */
#define SP_WORD_SIZE 32            /* the processor's */
#define SP_INT_BITS 4096           /* RSA keys up to 4096 bits in the chain */
#define WOLFSSL_SP_SMALL           /* loops instead of unrolled code */
#define WOLFSSL_HAVE_SP_ECC        /* P-256 of its own: a third of the heap */
#define WOLFSSL_HAVE_SP_RSA        /* RSA-2048 and 3072 of their own, for the same reason */
#define WOLFSSL_SP_ASM             /* multiplication in assembly ... */
#define WOLFSSL_SP_ARM_CORTEX_M_ASM /* ... of ARMv7-M: a handshake takes a tenth of the time */

/* Public keys: those that mail servers have. */
#define HAVE_ECC                   /* ECDHE and ECDSA with P-256 */
#define ECC_TIMING_RESISTANT       /* a key does not show in the time that it takes */
#define TFM_TIMING_RESISTANT       /* the same, for RSA */
#define WC_RSA_BLINDING            /* the same */
#define WC_RSA_PSS                 /* TLS 1.3 signs by RSA-PSS */
#define NO_DH                      /* finite fields: slow, and no longer needed */
#define NO_DSA                     /* nobody has such a key */

/* Ciphers and hashes: AES-GCM with SHA-256, which every server has. */
#define HAVE_AESGCM                /* the only mode of AES here */
#define GCM_TABLE_4BIT             /* 1 KB of RAM more than GCM_SMALL; a tenth of the time for a mail */
#define WOLFSSL_AES_SMALL_TABLES   /* 1 KB of tables, not 9 */
#define NO_AES_CBC                 /* suites of TLS 1.2 that mailmote would refuse */
#define USE_SLOW_SHA256            /* 2 KB smaller, and still faster than the network */
#define NO_SHA                     /* broken, as are the next four */
#define NO_MD4
#define NO_MD5
#define NO_DES3
#define NO_RC4
#define NO_PSK                     /* no shared keys */
#define NO_PWDBASED                /* no encrypted private keys */

/* TLS: a client's half. */
#define NO_WOLFSSL_SERVER          /* half of the library */
#define NO_OLD_TLS                 /* TLS 1.0 and 1.1 */
#define WOLFSSL_TLS13              /* TLS 1.3, which needs the next three */
#define HAVE_HKDF
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_EXTENDED_MASTER       /* RFC 7627, for TLS 1.2 */
#define HAVE_SNI                   /* one address may be many servers */
#define HAVE_MAX_FRAGMENT          /* RFC 6066: a server may be asked for small records */
#define NO_SESSION_CACHE           /* the library's own cache of sessions, in static RAM */
#define WOLFSSL_NO_CLIENT_AUTH     /* no client certificates */

/* Certificates: mailmote's checks need these. */
#define WOLFSSL_ALWAYS_VERIFY_CB   /* the callback sees certificates that are good, too */
#define WOLFSSL_ALT_NAMES          /* subjectAltName */

#define NO_ERROR_STRINGS           /* 20 KB of words; mailmote names errors itself */
