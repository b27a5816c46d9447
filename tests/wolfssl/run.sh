#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR [VERSION-OPTIONS...]: runs the tests of TLS, and the table of certificates, with
# builds of wolfSSL other than the machine's: lean.h and full.h, of the oldest and the newest release
# that we know, and one between. BUILD_DIR has the certificates (pki/). Ends with `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tests=$(dirname "$here")
build=$(cd "$1" && pwd)
shift
builds=("$@")
((${#builds[@]} > 0)) || builds=({5.5.4,5.7.2,5.9.2}-{lean,full})
optional=5.9.2 # of a release that Debian moves on from: its tarball may be gone
source "$here/builds.sh"

out=$build/wolfssl
passed=0
failed=0
verdict() { # verdict NAME SECONDS: of the command before
  if (($? == 0)); then
    ((++passed))
    echo "ok: $1 ($2 s)"
  else
    ((++failed))
    echo "NOT ok: $1 ($2 s)"
    tail -n 60 "$work/said"
  fi
}

# make_program NAME LIBRARIES SOURCE...: in $work, with the flags of the build in question.
make_program() {
  local name=$1 libraries=$2 source objects=()
  shift 2
  for source in "$@"; do objects+=("$work/$(basename "$source" .cpp).o"); done
  # shellcheck disable=SC2086  # flags are words
  printf '%s\n' "$@" | xargs -P "$(nproc)" -I {} sh -c '
    flags=$1 work=$2 source=$3
    g++ -std=c++20 -O0 -w $flags -c "$source" -o "$work/$(basename "$source" .cpp).o"
  ' sh "-DMAILMOTE_TEST_PKI=\"$build/pki\" -I$tests -I$tests/../include $flags" "$work" {} &&
    g++ "${objects[@]}" "$library" $libraries -lm -pthread -o "$work/$name"
}

run_suite() {
  make_program suite '' "$tests"/tls/*_test.cpp "$tests"/door/client_tls_test.cpp \
    "$tests/support/main.cpp" >"$work/said" 2>&1 &&
    timeout 250 "$work/suite" >"$work/said" 2>&1
}

run_certificates() {
  make_program verdicts '-lssl -lcrypto' "$tests"/certificates/*.cpp >"$work/said" 2>&1 &&
    "$tests/certificates/run.sh" "$work/verdicts" >"$work/said" 2>&1
}

for name in "${builds[@]}"; do
  work=$out/$name
  mkdir -p "$work"
  began=$SECONDS
  if ! folder=$(wolfssl_build "${name%-*}" "${name#*-}" 2>"$work/said"); then
    if [[ $name == $optional-* ]] && ! wolfssl_sources "$optional" >/dev/null 2>&1; then
      echo "not run: wolfSSL $name, as its sources are out of reach"
    else
      false
      verdict "wolfSSL $name is built" $((SECONDS - began))
    fi
    continue
  fi
  flags=$(<"$folder/flags") library=$folder/libwolfssl.a
  run_suite
  verdict "wolfSSL $name: the tests of TLS" $((SECONDS - began))
  sed -n 's/^\[doctest\] test cases:/  test cases:/p' "$work/said"
  began=$SECONDS
  run_certificates
  verdict "wolfSSL $name: the certificates" $((SECONDS - began))
  [[ ! -e $work/said ]] || tail -n 1 "$work/said" | sed 's/^/  certificates: /'
done

echo "$passed passed, $failed failed"
((failed == 0))
