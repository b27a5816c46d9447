#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# wolfssl_options.sh COMPILER: a wolfSSL that lacks what the checks need, or leaves out checks of its
# own, is refused when a program is compiled, and the message names the option.
set -eu
compiler=$1
tests=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

compiles() {
  echo '#include <mailmote/tls/wolfssl.hpp>' |
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

echo "$passed passed, $failed failed"
test $failed -eq 0
