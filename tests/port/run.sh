#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR: the tests of the ports that are for lwIP and for Arduino. lwIP's raw API with both
# releases, with and without altcp; its sockets with the library of this distribution; a client of
# Arduino's real headers over this machine's sockets, and the sketch. Under ASan and UBSan. Ends with
# `N passed, N failed`.
set -uo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$tests/build/sources.sh"
mkdir -p "$1/ports"
out=$(cd "$1/ports" && pwd)
build=$(cd "$1" && pwd)
work=$out/sketch
source "$tests/support/demo_server.sh"
trap stop_server EXIT
arduino=/usr/share/arduino/hardware/arduino/avr/cores/arduino

passed=0
failed=0
sanitize=(-g1 -O1 -fsanitize=address,undefined -fno-sanitize-recover=all)
strict=("${CXX:-g++}" -std=c++20 "${sanitize[@]}" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  "-I$tests" "-I$tests/../include")

check() { # check NAME COMMAND...: what it said is shown when it fails
  local name=$1 said=$out/said began=$SECONDS
  shift
  if "$@" >"$said" 2>&1; then
    ((++passed))
    echo "ok - $name ($((SECONDS - began)) s)$(grep -a 'assertions:' "$said" | cut -d: -f2)"
  else
    ((++failed))
    echo "not ok - $name"
    tail -n 60 "$said"
  fi
}

# lwIP's own code is not held to UBSan: it shifts and casts as C always did.
raw() { # raw VERSION DEFINITION...
  local lwip work
  lwip=$(lwip_sources "$1") || return
  work=$out/$1$2
  shift
  mkdir -p "$work"
  {
    find "$lwip/src/core" -name '*.c' ! -path '*/ipv6/*'
    echo "$lwip/src/netif/ethernet.c"
  } | xargs -P "$(nproc)" -I {} sh -c '
    source=$1 work=$2
    shift 2
    exec cc -w "$@" -c "$source" -o "$work/$(basename "$source" .c).o"
  ' sh {} "$work" -g1 -O1 -fsanitize=address "-I$tests/lwip" "-I$lwip/src/include" "$@" || return
  "${strict[@]}" "$@" "-I$tests/lwip" -isystem "$lwip/src/include" \
    "$tests/lwip/raw_test.cpp" "$tests/support/main.cpp" "$work"/*.o -o "$work/suite" || return
  timeout 120 "$work/suite"
}

sockets() {
  "${strict[@]}" -isystem /usr/include/lwip "$tests/lwip/socket_test.cpp" "$tests/support/main.cpp" -llwip \
    -o "$out/sockets" || return
  timeout 120 "$out/sockets"
}

arduino_core() { # Arduino's own code, with our Arduino.h instead of the one that lies beside it
  local part
  for part in Print IPAddress; do
    g++ -w -g1 -fsanitize=address "-I$tests/arduino" "-I$arduino" -x c++ -c - -o "$out/$part.o" \
      <"$arduino/$part.cpp" || return
  done
}

arduino_client() {
  arduino_core || return
  "${strict[@]}" "-I$tests/arduino" -idirafter "$arduino" "$tests/arduino/client_test.cpp" \
    "$tests/support/main.cpp" "$out"/{Print,IPAddress}.o -o "$out/arduino" || return
  timeout 120 "$out/arduino"
}

# The sketch, as it stands, against a server. An Arduino's unsigned long has 32 bits.
sketch() {
  mkdir -p "$work"
  cp "$tests/../examples/arduino/alert/alert.ino" "$work"
  "${strict[@]}" -Wno-conversion "-I$work" "-I$tests/arduino" "-I$tests/../single_include" -idirafter "$arduino" \
    "$tests/arduino/sketch.cpp" "$out"/{Print,IPAddress}.o $(pkg-config --libs wolfssl) -o "$work/sketch" || return
  start_server --user mote17@example.test --pass correct-horse || return
  RELAY_PORT=$port RELAY_CA=$build/pki/ca.pem timeout 60 "$work/sketch" &&
     grep -q '^Subject: 94 degrees' "$work/mail/1.eml"
}

for version in 2.1.3 2.2.1; do
  for altcp in 0 1; do
    check "lwIP $version, raw API, LWIP_ALTCP=$altcp" raw "$version" "-DLWIP_ALTCP=$altcp"
  done
done
check "lwIP's sockets" sockets
check "Arduino's Client" arduino_client
check "the sketch for Arduino" sketch
echo "$passed passed, $failed failed"
((failed == 0))
