#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh PROGRAM: holds the verdicts of PROGRAM, certificate_verdicts with some build of wolfSSL, to
# expected.txt and to what `openssl verify` says of the same certificates in the same run. Prints the
# table, and `N passed, N failed`.
#
# The root's dot behind a host is the caller's way of writing (RFC 9525 knows none), so OpenSSL is
# asked for the host without it. 112 bits are asked for, as OpenSSL's own client on Debian does; and
# an anchor is whoever the caller names, whoever signed it: -partial_chain.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/make.sh" "$work/shown" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
timeout 250 "$1" "$work/shown" "$here/expected.txt" >"$work/verdicts" || exit

# openssl_says SHOWN HOST ANCHOR AT: accepts or refuses
openssl_says() {
  local shown=$work/shown/$1.pem host=${2%.} who=-verify_hostname
  [[ ! $host =~ ^[0-9.]+$|: ]] || who=-verify_ip
  if openssl verify -attime $((($4 - 1970) * 31556952 + 15000000)) -auth_level 2 \
    -purpose sslserver -partial_chain -no-CApath -no-CAstore -CAfile "$work/shown/$3.pem" \
    -untrusted "$shown" "$who" "$host" "$shown" >"$work/said" 2>&1; then
    echo accepts
  else
    echo refuses
  fi
}

passed=0
failed=0
printf '%-6s %-21s %-27s %-11s %-4s %-19s %-19s %-19s %-8s %s\n' '' shown host anchor at \
  'pipe, TLS 1.2' 'pipe, TLS 1.3' loopback openssl 'why they differ'
while read -r shown host anchor at ours openssl why; do
  read -r -u 3 pipe_1_2 pipe_1_3 loopback
  says=$(openssl_says "$shown" "$host" "$anchor" "$at")
  wrong=
  trusts=no
  for got in "$pipe_1_2" "$pipe_1_3" "$loopback"; do
    [[ "|$ours|" == *"|$got|"* ]] || wrong+=" expected $ours;"
    [[ $got != trusted ]] || trusts=yes
  done
  [[ $says == "$openssl" ]] || wrong+=" OpenSSL was expected otherwise: $(tail -n 1 "$work/said");"
  [[ $trusts == no || $says == accepts ]] || wrong+=' ACCEPTED WHAT OPENSSL REFUSES;'
  [[ $says == refuses || $ours == trusted || -n $why ]] || wrong+=' a difference without a reason;'
  if [[ -z $wrong ]]; then ((++passed)); else ((++failed)); fi
  printf '%-6s %-21s %-27s %-11s %-4s %-19s %-19s %-19s %-8s %s\n' "${wrong:+WRONG}" "$shown" \
    "$host" "$anchor" "$at" "$pipe_1_2" "$pipe_1_3" "$loopback" "$says" "${wrong:-$why}"
done < <(grep -v '^#' "$here/expected.txt" | grep .) 3<"$work/verdicts"

# What is made and named by no line is at least a part of something that is.
parts='leaf leaf_signs look_alike other_ca'
for chain in "$work"/shown/*.key; do
  name=$(basename "$chain" .key)
  [[ -e $work/shown/$name.chain || " $parts " == *" $name "* ]] && continue
  grep -qE "^$name |^[^#]+ $name " "$here/expected.txt" || {
    ((++failed))
    echo "WRONG  $name is made for nothing"
  }
done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 100))
