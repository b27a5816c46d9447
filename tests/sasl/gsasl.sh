#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# gsasl.sh BUILD_DIR: lets GNU SASL judge our logins (gsasl.cpp), bound to TLS and not. BUILD_DIR has
# the certificates (pki/). Ends with `N passed, N failed`.
set -euo pipefail
tests=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { # compile SOURCE FLAG...: OpenSSL's headers and wolfSSL's must not meet
  "${CXX:-g++}" -std=c++20 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    "-I$tests" "-I$tests/../include" "${@:2}" -c "$tests/$1" -o "$work/$(basename "$1" .cpp).o"
}

# shellcheck disable=SC2046  # flags are words
compile certificates/openssl_server.cpp
compile sasl/gsasl.cpp $(pkg-config --cflags libgsasl wolfssl)
"${CXX:-g++}" "$work"/*.o $(pkg-config --libs libgsasl wolfssl openssl) -o "$work/gsasl"
timeout 120 "$work/gsasl" "$build/pki"
