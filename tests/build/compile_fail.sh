#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# compile_fail.sh COMPILER: what must not compile does not, and the message names what is missing: a
# list of recipients that would dangle (recipient_list.cpp, where nothing else is wrong with the
# file), and clients without what they need (misuse.cpp).
set -eu
compiler=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
last_case=9

compile() { "$compiler" -std=c++20 -Wall -Wextra -I"$here/../../include" "$@"; }

passed=0
failed=0
judge() {  # judge VERDICT SENTENCE
  if [ "$1" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok: $2"
  else
    failed=$((failed + 1))
    echo "not ok: $2"
    cat "$work/said"
  fi
}

verdict=0
{ compile -DCASE=0 "$here/recipient_list.cpp" -o "$work/taken" && "$work/taken"; } \
  >"$work/said" 2>&1 || verdict=1
judge $verdict "what outlives the mail is taken"

case=1
while [ $case -le $last_case ]; do
  line=$(grep -A1 "CASE == $case\$" "$here/recipient_list.cpp" | sed -n 's/.*refused{\(.*\)};/\1/p')
  verdict=0
  if compile -DCASE=$case -fsyntax-only "$here/recipient_list.cpp" >"$work/said" 2>&1; then
    verdict=1
  fi
  # Only this line is wrong, and because of this type.
  number=$(grep -n -A1 "CASE == $case\$" "$here/recipient_list.cpp" | sed -n '2s/-.*//p')
  errors=$(grep 'recipient_list.cpp:[0-9]*:.*error:' "$work/said" |
    grep -v "recipient_list.cpp:$number:" || true)
  [ -z "$errors" ] || verdict=1
  grep -q "recipient_list\.cpp:$number:.*error:" "$work/said" || verdict=1
  grep -q "recipient_list[^.]" "$work/said" || verdict=1
  judge $verdict "$line is refused"
  case=$((case + 1))
done

# What each case of misuse.cpp is, and the words that must be in the message, stand beside it.
misuse=$here/misuse.cpp
verdict=0
compile -DCASE=0 -fsyntax-only "$misuse" >"$work/said" 2>&1 || verdict=1
judge $verdict "a client with all that it needs is taken"
sed -n 's|^#elif CASE == \([0-9]*\) *// \(.*\): \(.*\)|\1:\2:\3|p' "$misuse" >"$work/cases"
while IFS=: read -r case what words; do
  verdict=0
  if compile -DCASE="$case" -fsyntax-only "$misuse" >"$work/said" 2>&1; then verdict=1; fi
  # What our own text of the contract says counts for nothing.
  grep -v 'has read_some and write_some' "$work/said" >"$work/own" || true
  for word in $words; do grep -q "$word" "$work/own" || verdict=1; done
  judge $verdict "$what is refused, and the message says: $words"
done <"$work/cases"
[ "$passed" -ge 20 ]

echo "$passed passed, $failed failed"
test $failed -eq 0
