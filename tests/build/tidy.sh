#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# tidy.sh JOBS: clang-tidy over all headers, and over the programs that make the templates real. Those
# for lwIP need its sources, and are left out.
set -eu
jobs=$1
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tidy="clang-tidy-14 --quiet"

find include -name '*.hpp' ! -name 'lwip*' | sed 's|^include/\(.*\)|#include <\1>|' |
  sort >"$work/every_header.cpp"
$tidy --config-file=.clang-tidy "$work/every_header.cpp" -- -std=c++20 -Iinclude -fno-exceptions -fno-rtti

{
  find examples tests/certificates tests/fuzz tests/support -name '*.cpp' ! -path 'examples/firmware/*'
  echo tests/mime/mime_composer.cpp
} | sort | xargs -P "$jobs" -I {} $tidy {} -- -std=c++20 -Iinclude -Itests '-DMAILMOTE_TEST_PKI="pki"'
echo "clang-tidy has nothing to say."
