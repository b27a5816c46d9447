#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# gsasl.sh BUILD_DIR: lets GNU SASL judge our logins (gsasl.cpp), bound to TLS and not; and those of
# mailmote-send. BUILD_DIR has that, and the certificates (pki/). Ends with `N passed, N failed`, twice.
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

passed=0 failed=0
# sends SENTENCE TLS OFFER EXIT_CODE VERDICT PASSWORD OPTION...
sends() {
  local port server verdict code=0
  exec {server}< <(timeout 60 "$work/gsasl" "$build/pki" "$2" "$3")
  read -r port <&"$server"
  printf 'Subject: hot\r\n\r\n84 C\r\n' | MAILMOTE_PASSWORD=$6 timeout 60 "$build/mailmote-send" \
    --host 127.0.0.1 --port "$port" --tls implicit --ca "$build/pki/ca.pem" \
    --user mote17@example.test --from mote17@example.test --to ops@example.test --verbose \
    "${@:7}" >"$work/said" 2>&1 || code=$?
  read -r verdict <&"$server"
  exec {server}<&-
  if [[ $code == "$4" && $verdict == "$5" ]] && ! grep -qF "$6" "$work/said"; then
    ((++passed))
    echo "ok: $1"
  else
    ((++failed))
    echo "NOT ok: $1: exit code $code, $verdict" && sed 's/^/  /' "$work/said"
  fi
}
both='SCRAM-SHA-256 SCRAM-SHA-256-PLUS'
right='correct horse battery staple'
bound='SCRAM-SHA-256-PLUS let in "mote17@example.test"'
sends 'mailmote-send --auth scram-sha-256-plus is let in' 1.3 "$both" 0 "$bound" "$right" \
  --auth scram-sha-256-plus
sends 'mailmote-send --auth auto takes that login itself' 1.3 "$both" 0 "$bound" "$right"
sends 'mailmote-send --auth scram-sha-256-plus is refused with a wrong password' 1.3 "$both" 77 \
  'SCRAM-SHA-256-PLUS let in ""' 'wrong horse' --auth scram-sha-256-plus
sends 'mailmote-send binds by the certificate over TLS 1.2, which GNU SASL does not know' 1.2 "$both" \
  77 'SCRAM-SHA-256-PLUS let in ""' "$right" --auth scram-sha-256-plus
sends 'mailmote-send --auth scram-sha-256 is let in over TLS 1.2' 1.2 "$both" 0 \
  'SCRAM-SHA-256 let in "mote17@example.test"' "$right" --auth scram-sha-256
echo "$passed passed, $failed failed"
((failed == 0))
