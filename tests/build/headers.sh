#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# headers.sh COMPILER: each public header compiles alone, and included twice, without exceptions,
# RTTI or a warning. Those of lwIP's ports are compiled where lwIP is, by tests/lwip.
set -eu
compiler=$1
cd "$(dirname "$0")/../../include"

faults=0
headers=$(find mailmote -name '*.hpp' ! -path '*/port/lwip*' | sort)
for header in $headers; do
  printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
    "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
      -fno-exceptions -fno-rtti -I. -x c++ - || {
    echo "$header does not compile alone" >&2
    faults=$((faults + 1))
  }
done
echo "$(echo "$headers" | wc -l) headers, $faults that do not compile"
test "$faults" -eq 0
