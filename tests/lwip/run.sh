#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR: the tests of the port for lwIP's raw API, with both releases, with and without
# altcp, under ASan and UBSan. Ends with `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$(dirname "$here")
source "$tests/build/sources.sh"
mkdir -p "$1/lwip"
out=$(cd "$1/lwip" && pwd)

passed=0
failed=0
sanitize=(-g1 -O1 -fsanitize=address,undefined -fno-sanitize-recover=all)

# lwIP's own code is not held to UBSan: it shifts and casts as C always did.
make_suite() { # make_suite FOLDER SOURCES DEFINITION...
  local work=$1 lwip=$2 objects=()
  shift 2
  mkdir -p "$work"
  local includes=("-I$here" "-I$lwip/src/include")
  {
    find "$lwip/src/core" -name '*.c' ! -path '*/ipv6/*'
    echo "$lwip/src/netif/ethernet.c"
  } | xargs -P "$(nproc)" -I {} sh -c '
    source=$1 work=$2
    shift 2
    exec cc -w "$@" -c "$source" -o "$work/$(basename "$source" .c).o"
  ' sh {} "$work" -g1 -O1 -fsanitize=address "${includes[@]}" "$@" || return
  objects=("$work"/*.o)
  g++ -std=c++20 "${sanitize[@]}" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror "$@" \
    "-I$tests" "-I$tests/../include" -I"$here" -isystem "$lwip/src/include" \
    "$here/lwip_test.cpp" "$tests/support/main.cpp" "${objects[@]}" -o "$work/suite"
}

for version in 2.1.3 2.2.1; do
  for altcp in 0 1; do
    name="lwIP $version, LWIP_ALTCP=$altcp"
    work=$out/$version-$altcp
    mkdir -p "$work"
    began=$SECONDS
    if lwip=$(lwip_sources "$version") &&
      make_suite "$work" "$lwip" "-DLWIP_ALTCP=$altcp" >"$work/said" 2>&1 &&
      timeout 120 "$work/suite" >"$work/said" 2>&1; then
      ((++passed))
      echo "ok - $name ($((SECONDS - began)) s): $(grep -a 'test cases' "$work/said")"
    else
      ((++failed))
      echo "not ok - $name"
      tail -n 60 "$work/said"
    fi
  done
done
echo "$passed passed, $failed failed"
((failed == 0))
