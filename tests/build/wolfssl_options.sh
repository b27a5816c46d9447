#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# wolfssl_options.sh COMPILER: a wolfSSL that lacks what the checks need, or leaves out checks of its
# own, is refused when a program is compiled, and the message names the option. So is one that lacks
# what a login needs, but only in a program that uses it.
set -eu
compiler=$1
tests=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# compiles [STATEMENT]: with everything that is made of wolfSSL included.
compiles() {
  {
    for header in '' _binding _hash _random; do
      echo "#include <mailmote/tls/wolfssl$header.hpp>"
    done
    echo '#include <mailmote/sasl/hmac.hpp>'
    echo 'using namespace mailmote;'
    echo "void use() { ${1-} }"
  } |
    "$compiler" -std=c++20 -fsyntax-only -DWOLFSSL_USER_SETTINGS -I"$work" -I"$tests/../include" \
      -x c++ - >"$work/said" 2>&1
}

# refuses OPTION SENTENCE: with the settings as they now are.
refuses() {
  if ! compiles && grep -q "error.*mailmote needs wolfSSL.*$1" "$work/said"; then
    passed=$((passed + 1))
    echo "ok: $2 $1 is refused by name"
  else
    failed=$((failed + 1))
    echo "not ok: $2 $1"
    cat "$work/said"
  fi
}

# refuses_use STATEMENT SENTENCE: with the settings as they now are, which are fit for all else.
refuses_use() {
  if compiles && ! compiles "$1" && grep -q "error.*$2" "$work/said"; then
    passed=$((passed + 1))
    echo "ok: $1: $2"
  else
    failed=$((failed + 1))
    echo "not ok: $1: $2"
    cat "$work/said"
  fi
}

# takes_use STATEMENT: with the settings as they now are.
takes_use() {
  if compiles "$1"; then
    passed=$((passed + 1))
    echo "ok: $1 is taken"
  else
    failed=$((failed + 1))
    echo "not ok: $1"
    cat "$work/said"
  fi
}

lean=$tests/wolfssl/lean.h
cp "$lean" "$work/user_settings.h"
compiles || {
  cat "$work/said"
  echo 'a lean build is refused, though nothing is wrong with it'
  exit 1
}
for option in WOLFSSL_ALWAYS_VERIFY_CB HAVE_TLS_EXTENSIONS; do
  grep -v "define $option\$" "$lean" >"$work/user_settings.h"
  refuses $option 'a build without'
done
for option in WOLFSSL_NO_PEM NO_WOLFSSL_CLIENT WOLFSSL_NO_ASN_STRICT IGNORE_NAME_CONSTRAINTS \
  IGNORE_KEY_EXTENSIONS ALLOW_INVALID_CERTSIGN WOLFSSL_NO_TRUSTED_CERTS_VERIFY; do
  { cat "$lean" && echo "#define $option"; } >"$work/user_settings.h"
  refuses $option 'a build with'
done

md5='wolfssl::md5 hash;'
sha_1='sasl::hmac<wolfssl::sha_1> key;'
sha_256='sasl::hmac<wolfssl::sha_256> key;'
exporter='wolfssl::context trust{{}}; wolfssl::bindable_session session{trust};
  wolfssl::channel_binding binding{session};'

cp "$lean" "$work/user_settings.h"
refuses_use "$md5" 'CRAM-MD5 and md5 need wolfSSL without NO_MD5'
refuses_use "$sha_1" 'SCRAM-SHA-1 and sha_1 need wolfSSL without NO_SHA'
refuses_use "$exporter" 'tls-exporter needs wolfSSL with HAVE_KEYING_MATERIAL'
takes_use "$sha_256"
takes_use 'wolfssl::context trust{{}}; wolfssl::bindable_session session{trust};
  wolfssl::server_end_point binding{session}; wolfssl::random random;'

{ cat "$lean" && echo "#define HAVE_KEYING_MATERIAL"; } | grep -v 'NO_MD5\|NO_SHA$' >"$work/user_settings.h"
takes_use "$md5"
takes_use "$sha_1"
takes_use "$exporter"

{
  cat "$lean"
  for option in NO_SHA256 WOLFSSL_SHA512 WOLFSSL_SHA384 'CUSTOM_RAND_GENERATE_BLOCK octets_of_a_chip'; do
    echo "#define $option"
  done
} >"$work/user_settings.h"
refuses_use "$sha_256" 'SCRAM-SHA-256 and sha_256 need wolfSSL without NO_SHA256'

# What makes a hash more than its octets.
for option in WOLFSSL_SMALL_STACK_CACHE WOLFSSL_HASH_KEEP; do
  { cat "$lean" && echo "#define $option"; } >"$work/user_settings.h"
  refuses_use "$sha_256" "logins need wolfSSL's hashes in software.*$option"
done

echo "$passed passed, $failed failed"
test $failed -eq 0
