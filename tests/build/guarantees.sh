#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# guarantees.sh SUITE: each guarantee of the README names the test that holds it. Every test that is
# named there must be one of the program SUITE, and is run by it here, and passes.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
suite=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# | a guarantee | `the name of its test` |
sed -n '/<!-- guarantees: begin -->/,/<!-- guarantees: end -->/p' "$root/README.md" |
  grep '^|' | sed 1,2d | sed 's/^| .* | //; s/^`\(.*\)` |$/\1/' | sort -u >"$work/named"
[[ -s $work/named ]] || {
  echo 'The README guarantees nothing.'
  exit 1
}

# A comma would end a filter, and a question mark stands for it.
filters=$(tr ',' '?' <"$work/named" | paste -sd,)
timeout 250 "$suite" --no-colors=true --duration=true --test-case="$filters" >"$work/said" || {
  cat "$work/said"
  exit 1
}
sed -n 's/^[0-9.]* s: //p' "$work/said" | sort >"$work/ran"
diff "$work/named" "$work/ran" >"$work/difference" || {
  echo 'Named in the README (<), and run (>):'
  cat "$work/difference"
  exit 1
}
echo "$(wc -l <"$work/named") tests hold the README's guarantees."
