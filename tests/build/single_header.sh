#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# single_header.sh fresh: single_include/mailmote.hpp is what the generator makes of the library.
# single_header.sh compiles COMPILER: it needs no other file of ours, compiles with each of its
# macros and with all, and two translation units that include it make one program.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $1 in
  fresh)
    "$root/single_include/generate.sh" >"$work/mailmote.hpp"
    cmp "$work/mailmote.hpp" "$root/single_include/mailmote.hpp" || {
      echo "The library has changed since the single header was made: run make single." >&2
      exit 1
    }
    echo "The single header is fresh."
    ;;
  compiles)
    compiler=$2
    cd "$work"
    cp "$root/single_include/mailmote.hpp" .
    printf '#include "mailmote.hpp"\n' >one.cpp
    printf '#include "mailmote.hpp"\n%s\n' \
      'int main() { return mailmote::version[0] == 0; }' >two.cpp
    compile() {
      "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror "$@"
    }

    # The macros of parts for other machines have their own tests, on their own machines.
    macros="-DMAILMOTE_WOLFSSL -DMAILMOTE_POSIX"
    for macro in $macros; do
      grep -q "^#ifdef ${macro#-D}$" mailmote.hpp || { echo "no part for $macro"; exit 1; }
    done
    for macro in "" $macros; do
      # An empty $macro is no argument.
      compile $macro -fsyntax-only -fno-exceptions -fno-rtti one.cpp
      echo "The single header compiles with ${macro:-no macro}."
    done
    compile $macros -c one.cpp
    compile $macros -c two.cpp
    "$compiler" one.o two.o $(pkg-config --libs wolfssl) -o both
    ./both
    echo "Two translation units that include it make one program."
    ;;
esac
