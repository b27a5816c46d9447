#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# planted.sh COMPILER: plants one bug at a time in a copy of the headers, and fails unless the swept
# dialogues find it. Closes with `N caught, N survived`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
compiler=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

caught=0
survived=0
plant() {  # plant NAME FILE OLD NEW: OLD stands in FILE once
  local copy=$work/include header=$work/include/mailmote/$2
  rm -rf "$copy"
  cp -r "$root/include" "$copy"
  test "$(grep -cF -- "$3" "$header")" = 1 || { echo "no place for: $1"; exit 1; }
  OLD=$3 NEW=$4 awk '
    at = index($0, ENVIRON["OLD"]) {
      $0 = substr($0, 1, at - 1) ENVIRON["NEW"] substr($0, at + length(ENVIRON["OLD"]))
    }
    { print }' "$root/include/mailmote/$2" >"$header"
  "$compiler" -std=c++20 -O1 -DDOCTEST_CONFIG_IMPLEMENT_WITH_MAIN -I"$copy" \
    "$root"/tests/smtp/session_test.cpp -c -o "$work/session.o"
  "$compiler" -std=c++20 -O1 -I"$copy" "$root"/tests/support/dialogue.cpp -c -o "$work/dialogue.o"
  "$compiler" "$work/session.o" "$work/dialogue.o" -o "$work/suite"
  # A doctest run that found something says so; one that could not run does not count.
  timeout 120 "$work/suite" >"$work/log" || true
  if grep -q 'Status: FAILURE' "$work/log"; then
    caught=$((caught + 1))
    echo "caught: $1: $(grep 'test cases:' "$work/log")"
  else
    survived=$((survived + 1))
    echo "SURVIVED: $1"
  fi
}

plant 'a code has two digits' smtp/reply.hpp 'place::code && digits_ < 3' 'place::code && digits_ < 2'
plant 'the last line keeps one octet of its end' smtp/dot_stuffing.hpp 'remove_prefix(2)' \
  'remove_prefix(1)'
plant 'a dot is stuffed a line late' smtp/dot_stuffing.hpp \
  'place place_ = place::line_start;' 'place place_ = place::in_line;'

echo "$caught caught, $survived survived"
test "$survived" -eq 0
