#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh COMPILER: takes mailmote into a small project in every way that the README names, with TLS and
# without, builds it and runs it.
set -euo pipefail
compiler=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# check SENTENCE COMMAND...
check() {
  local sentence=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    ((++passed))
    echo "ok: $sentence"
  else
    ((++failed))
    echo "not ok: $sentence"
    cat "$work/said"
  fi
}

# project WAY OPTION...
project() {
  rm -rf "$work/build"
  cmake -S "$here" -B "$work/build" -DCMAKE_CXX_COMPILER="$compiler" -DWAY="$1" "${@:2}" &&
    cmake --build "$work/build" && "$work/build/consumer"
}

# compile FLAG...: both files, without CMake.
compile() {
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    "$here/main.cpp" "$here/sends.cpp" "$@" -o "$work/consumer" && "$work/consumer"
}

one_header() {
  mkdir -p "$work/copied"
  cp "$here"/*.[ch]pp "$root/single_include/mailmote.hpp" "$work/copied"
  (cd "$work/copied" && "$compiler" -std=c++20 -DCONSUMER_HAS_ONE_HEADER main.cpp sends.cpp "$@" \
    -o consumer && ./consumer)
}

# A project whose wolfSSL is nowhere is told so.
without_wolfssl() {
  ! project find_package -DCMAKE_PREFIX_PATH="$work/moved" -DWITH_TLS=ON \
    -DCMAKE_DISABLE_FIND_PACKAGE_wolfssl=ON -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON &&
    grep -q "component wolfssl needs" "$work/said"
}

install_it() {
  cmake -S "$root" -B "$work/mailmote" -DCMAKE_CXX_COMPILER="$compiler" -DMAILMOTE_BUILD_TESTS=OFF \
    -DMAILMOTE_BUILD_EXAMPLES=OFF -DMAILMOTE_WOLFSSL=OFF &&
    cmake --install "$work/mailmote" --prefix "$work/installed" && mv "$work/installed" "$work/moved"
}

check 'it installs, without wolfSSL or tests, and can be moved' install_it
export PKG_CONFIG_PATH=$work/moved/share/pkgconfig
for tls in OFF ON; do
  with="with TLS $tls"
  check "find_package, $with" project find_package -DWITH_TLS=$tls \
    -DCMAKE_PREFIX_PATH="$work/moved"
  check "add_subdirectory, $with" project add_subdirectory -DWITH_TLS=$tls -DMAILMOTE="$root"
  check "FetchContent, $with" project FetchContent -DWITH_TLS=$tls -DMAILMOTE="$root"
done
check 'find_package without wolfSSL says what is missing' without_wolfssl
# shellcheck disable=SC2046  # flags are words
{
  check 'pkg-config, with TLS OFF' compile $(pkg-config --cflags mailmote)
  check 'pkg-config, with TLS ON' compile -DMAILMOTE_WOLFSSL \
    $(pkg-config --cflags --libs mailmote-wolfssl)
  check 'a folder of headers, with TLS OFF' compile -I"$root/include"
  check 'one header beside two files, with TLS OFF' one_header
  check 'one header beside two files, with TLS ON' one_header -DMAILMOTE_WOLFSSL \
    $(pkg-config --libs wolfssl)
}

echo "$passed passed, $failed failed"
((failed == 0))
