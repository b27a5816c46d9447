#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD CXX: builds the benchmark's programs in BUILD/bench, and runs it. mailmote-send and the
# certificates are in BUILD already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
mkdir -p "$1/bench"
build=$(cd "$1" && pwd)
out=$build/bench

compile() { # compile PROGRAM OPTION...
  local program=$1
  shift
  "$CXX" -std=c++20 -O2 -DNDEBUG -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    "-I$root/include" "$here/$program.cpp" -o "$out/$program" "$@"
}
CXX=$2
read -ra wolfssl < <(pkg-config --cflags --libs wolfssl)
compile launch -static
compile sink -pthread -lssl -lcrypto
compile mailmote_peer "${wolfssl[@]}"
compile wolfssl_peer "${wolfssl[@]}"
compile curl_peer -lcurl
compile esmtp_peer -lesmtp -lssl
compile text_speed

"$here/run.py" "$build"
echo
echo 'A mail composed with one attachment:'
"$here/compose.sh" "$out" "$CXX"
