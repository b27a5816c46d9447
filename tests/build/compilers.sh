#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# compilers.sh BUILD_DIR JOBS: the engine's tests in dialects and on targets other than those of `make
# test`, which runs everything with g++ and clang++ under ASan and UBSan. JOBS of them at a time, the
# longest first; a line each, and `N passed, N failed`.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1/compilers"
work=$(cd "$1/compilers" && pwd)
jobs=$2
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
count=0

# judge SENTENCE FOLDER COMMAND...: a line, and what was said where it fails.
judge() {
  local sentence=$1 folder=$2 began=$SECONDS
  mkdir -p "$folder"
  if "${@:3}" >"$folder/said" 2>&1; then
    echo "ok: $sentence ($((SECONDS - began)) s)$(sed -n 's/^= /, /p' "$folder/said")"
  else
    printf '%s\n' "NOT ok: $sentence" "$(tail -n 40 "$folder/said")"
  fi
}

# check SENTENCE COMMAND...: as one of several. The command may use $folder as it likes.
check() {
  local folder=$work/$((++count))
  while (($(jobs -pr | wc -l) >= jobs)); do wait -n; done
  judge "$1" "$folder" "${@:2}" | tee "$folder.verdict" &
}

# What needs neither wolfSSL nor sockets.
engine=("$root"/tests/{ground,text,sasl,smtp,mime}/*_test.cpp
  "$root"/tests/door/{client_bounds,run}_test.cpp
  "$root"/tests/tls/{certificate,explanation,handshake_guard,record_outlet,server_identity}_test.cpp
  "$root"/tests/support/{main,dialogue}.cpp)
# Hash functions are wolfCrypt's, which is not to be had for 32 bits.
mapfile -t engine < <(grep -LE 'wolf(ssl|crypt)_hash' "${engine[@]}")

# runs COMPILER FLAG...: the engine's tests.
runs() {
  # shellcheck disable=SC2086  # flags are words
  "$1" -O1 $warnings "-I$root/include" "-I$root/tests" "-DMAILMOTE_TEST_PKI=\"$work/pki\"" "${@:2}" \
    "${engine[@]}" -o "$folder/suite" && timeout 600 "$folder/suite" &&
    sed -n 's/^\[doctest\] test cases: *\([0-9]*\).*/= \1 test cases/p' "$folder/said"
}

# The headers, without ports and wolfSSL.
portable() {
  cd "$root/include" && find mailmote -name '*.hpp' ! -path '*/port/*' ! -name 'wolfssl*.hpp' |
    sort | sed 's/.*/#include <&>/'
}

# fits CORE FLAG...: every portable header is read for a Cortex-M, and a whole client with a composed
# mail compiles for it; nothing throws, and nothing runs before main.
fits() {
  local object=$folder/engine.o
  local flags="-std=c++20 -Os -mthumb -mcpu=$* -fno-exceptions -fno-rtti -fno-threadsafe-statics
    -ffunction-sections $warnings -I$root/include -I$root/tests/build/size"
  # shellcheck disable=SC2086  # flags are words
  portable | arm-none-eabi-g++ $flags -fsyntax-only -x c++ - || return
  # shellcheck disable=SC2086
  arm-none-eabi-g++ $flags -c "$root/tests/build/size/mime.cpp" -o "$object" || return
  ! arm-none-eabi-nm "$object" | grep -E '__throw_|__cxa_|_GLOBAL__sub_I' || return
  arm-none-eabi-size "$object" | awk 'NR == 2 { print "= " $1 " octets of text" }'
}

# RISC-V has no C++ library here; ARM's headers say the same of the language.
parses() {
  local include
  include=$(echo | arm-none-eabi-g++ -E -x c++ -v - 2>&1 |
    sed -n '/^#include </,/^End/s/^ \(.*\)/-isystem \1/p' | grep -v 'gcc/.*include-fixed')
  # shellcheck disable=SC2086  # flags are words
  portable | clang++ --target=riscv32-unknown-elf -march=rv32imac -std=c++20 -fsyntax-only \
    -fno-exceptions -fno-rtti -nostdinc++ -Wall -Wextra -Wconversion -Wshadow -Werror $include \
    -I"$root/include" -x c++ -
}

rm -rf "${work:?}"/*
"$root/tests/support/pki.sh" "$work/pki" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
no_exceptions=-DDOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS
check 'g++, 32 bits' runs g++ -std=c++20 -m32
check 'clang++, 32 bits' runs clang++ -std=c++20 -m32
check 'g++, C++23, char is unsigned' runs g++ -std=c++23 -funsigned-char
check 'clang++, C++23, char is unsigned' runs clang++ -std=c++2b -funsigned-char
check 'g++, no exceptions, no RTTI' runs g++ -std=c++20 -fno-exceptions -fno-rtti $no_exceptions
check 'clang++, no exceptions, no RTTI' \
  runs clang++ -std=c++20 -fno-exceptions -fno-rtti $no_exceptions
check 'Cortex-M0+' fits cortex-m0plus
check 'Cortex-M3' fits cortex-m3
check 'Cortex-M4, with its FPU' fits cortex-m4 -mfloat-abi=hard
check 'Cortex-M7' fits cortex-m7
check 'RISC-V, 32 bits, by clang++: syntax only' parses
wait

passed=$(cat "$work"/*.verdict | grep -c '^ok: ')
echo "$passed passed, $((count - passed)) failed"
((passed == count))
