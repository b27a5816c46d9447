#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# run.sh DIR CXX: how fast a 100 MB attachment is composed, beside nodemailer and base64(1) in the same
# run. Prints, and judges nothing. Needs node and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
"$2" -std=c++20 -O2 -DNDEBUG -I"$here/../../include" "$here/compose.cpp" -o compose
[[ -d node_modules/nodemailer ]] || npm install --silent --no-save --prefix . nodemailer >/dev/null
for _ in 1 2 3; do
  ./compose
  NODE_PATH=$PWD/node_modules node "$here/compose.js"
  head -c 100000000 /dev/zero >zeros
  began=$EPOCHREALTIME
  base64 -w 76 zeros >/dev/null
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "base64 -w 76 %5.0f MB/s\n", 100 / (b - a) }'
done
rm -f zeros
