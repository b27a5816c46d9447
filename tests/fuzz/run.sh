#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# run.sh DIR RUNS: builds each fuzz target in DIR with clang++ and lets libFuzzer try RUNS inputs, the
# same in every run. Ends with `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
# libFuzzer's choices depend on where the program lies; here that is always the same place.
fixed=
! setarch -R true 2>/dev/null || fixed='setarch -R'
passed=0
failed=0
for target in "$here"/*_fuzz.cpp; do
  name=$(basename "$target" .cpp)
  began=$SECONDS
  if clang++ -std=c++20 -O1 -g1 -I"$here/../../include" -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
    -Werror -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all "$target" -o "$1/$name" &&
    (cd "$1" && $fixed "./$name" -seed=1 -runs="$2" -max_len=400 -verbosity=0 -print_final_stats=1) \
      >"$1/$name.log" 2>&1; then
    ((++passed))
    echo "ok - $name: $2 inputs ($((SECONDS - began)) s)"
  else
    ((++failed))
    echo "not ok - $name"
    tail -n 40 "$1/$name.log"
  fi
done
echo "$passed passed, $failed failed"
((passed > 0 && failed == 0))
