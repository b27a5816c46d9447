#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# compose.sh DIR CXX: how fast attachments of 10 and 100 MB are composed, beside base64(1) and, where node
# and npm are there, nodemailer in the same run. Fails when the larger one takes more memory, and
# judges nothing else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
"$2" -std=c++20 -O2 -DNDEBUG -I"$here/../../include" "$here/compose.cpp" -o compose
has_nodemailer() {
  command -v node >/dev/null || return 1
  [[ -d node_modules/nodemailer ]] ||
    npm install --silent --no-save --prefix . nodemailer >/dev/null 2>&1
}
nodemailer=
has_nodemailer && nodemailer=yes
[[ -n $nodemailer ]] || echo 'nodemailer   is not here: it needs node, npm and their registry'
noise=512 # KB, that two runs of one program differ by
memory() { sed -n 's/.*, \([0-9]*\) KB of memory$/\1/p' "said_$1"; }
for _ in 1 2 3; do
  for megabytes in 10 100; do
    ./compose "$megabytes" | tee "said_$megabytes"
    [[ -z $nodemailer ]] || NODE_PATH=$PWD/node_modules node "$here/compose.js" "$megabytes"
    head -c "${megabytes}000000" /dev/zero >zeros
    began=$EPOCHREALTIME
    base64 -w 76 zeros >/dev/null
    awk -v n="$megabytes" -v a="$began" -v b="$EPOCHREALTIME" \
      'BEGIN { printf "base64 -w 76 %3d MB %6.0f MB/s\n", n, n / (b - a) }'
  done
  small=$(memory 10) large=$(memory 100)
  ((large < small + noise)) || {
    echo "100 MB take $large KB of memory, and 10 MB $small"
    exit 1
  }
done
rm -f zeros said_*
