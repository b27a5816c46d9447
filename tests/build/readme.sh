#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# readme.sh shows: a block of the README that names a file of examples/ shows that file.
# readme.sh compiles COMPILER: every C++ block of the README compiles, after the declarations of the
# file that it names, if it names one.
#
# A block is named by the line before it: <!-- shows FILE --> or <!-- compiles after FILE -->.
set -eu
verb=$1
compiler=${2:-}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each block becomes N.cpp, and the word and the file of its name N.word and N.file.
awk -v work="$work" '
  /^<!-- (shows|compiles after) .* -->$/ { word = $2; file = $(NF - 1); next }
  /^```cpp$/ { within = 1; ++n; out = work "/" n; print word >(out ".word"); print file >(out ".file"); next }
  /^```$/ { within = 0 }
  within { print >(out ".cpp") }
  { word = file = "" }
' "$root/README.md"

blocks=0
faults=0
for block in "$work"/*.cpp; do
  name=${block%.cpp}
  word=$(cat "$name.word")
  file=$(cat "$name.file")
  case $verb in
    shows)
      [ "$word" = shows ] || continue
      # The file without its first comment.
      awk '!/^\/\// { begun = 1 } begun' "$root/$file" >"$name.expected"
      diff -u "$name.expected" "$block" || {
        echo "The README does not show $file as it is." >&2
        faults=$((faults + 1))
      }
      ;;
    compiles)
      before=/dev/null
      [ "$word" != compiles ] || before=$root/$file
      "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only \
        -I"$root/include" -include "$before" "$block" || faults=$((faults + 1))
      ;;
  esac
  blocks=$((blocks + 1))
done

echo "$blocks blocks, $faults that are not right"
test "$blocks" -gt 0 && test "$faults" -eq 0
