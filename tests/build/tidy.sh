#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# tidy.sh JOBS: clang-tidy over all headers, and over the programs that make the templates real. Those
# for lwIP need its sources, and are left out.
set -eu
jobs=$1
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find include -name '*.hpp' ! -name 'lwip*' | sed 's|^include/\(.*\)|#include <\1>|' |
  sort >"$work/every_header.cpp"

# A line a program, with what is said to the compiler; the last option keeps it from telling how many
# warnings there were in the headers of others.
{
  echo "--config-file=.clang-tidy $work/every_header.cpp -- -fno-exceptions -fno-rtti"
  {
    find examples tests/certificates tests/fuzz tests/support -name '*.cpp' ! -path 'examples/firmware/*'
    echo tests/mime/mime_composer.cpp
  } | sort | sed "s|\$| -- -Itests '-DMAILMOTE_TEST_PKI=\"pki\"'|"
} | sed 's|$| -std=c++20 -Iinclude -fno-caret-diagnostics|' |
  xargs -P "$jobs" -L 1 clang-tidy-14 --quiet
echo "clang-tidy has nothing to say."
