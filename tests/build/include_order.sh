#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Holds every #include line of the library to the order of its rooms, and to the light part of the
# standard library.
set -eu
cd "$(dirname "$0")/../../include/mailmote"

find . -name '*.hpp' | sed 's|^\./||' | sort | xargs awk '
  BEGIN {
    # room: what its files may include, as prefixes of paths below mailmote/ (@ is the ground)
    allowed["ground"] = "@"
    allowed["text"]   = "@ text/"
    allowed["sasl"]   = "@ text/ sasl/"
    allowed["smtp"]   = "@ text/ smtp/ sasl/mechanism.hpp"
    allowed["mime"]   = "@ text/ mime/"
    allowed["tls"]    = "@ text/ tls/"
    allowed["door"]   = "@ text/ sasl/ smtp/ mime/ tls/tls_session.hpp #"
    allowed["port"]   = "@ port/"

    split("client.hpp envelope_of.hpp run.hpp mailmote.hpp", names, " ")
    for (i in names) door[names[i]] = 1

    split("algorithm array bit concepts cstddef cstdint cstring initializer_list iterator limits " \
          "ranges span string_view type_traits utility", names, " ")
    for (i in names) light[names[i]] = 1
  }

  function room(path) {
    if (index(path, "/")) return substr(path, 1, index(path, "/") - 1)
    return path in door ? "door" : "ground"
  }

  function may_include(path, target,    words, n, i) {
    n = split(allowed[room(path)], words, " ")
    for (i = 1; i <= n; ++i) {
      if (words[i] == "@" && room(target) == "ground") return 1
      if (words[i] == "#" && room(target) == "door") return 1
      if (index(target, words[i]) == 1) return 1
    }
    return 0
  }

  function broken(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
    ++faults
  }

  FNR == 1 { ++files; if (!(room(FILENAME) in allowed)) broken("a room that the house does not have") }

  /^[ \t]*#[ \t]*include/ {
    ++lines
    if (!match($0, /<[^>]*>/)) { broken("not in angle brackets"); next }
    target = substr($0, RSTART + 1, RLENGTH - 2)
    if (sub(/^mailmote\//, "", target)) {
      if (!may_include(FILENAME, target)) broken(room(FILENAME) "/ must not know this")
    } else if (target ~ /^wolfssl\//) {
      if (FILENAME != "tls/wolfssl_build.hpp") broken("only tls/wolfssl_build.hpp includes wolfSSL")
    } else if (!(target in light) && room(FILENAME) != "port") {
      broken("not of the light part of the standard library")
    }
  }

  END {
    printf "%d include lines in %d files, %d out of order\n", lines, files, faults
    exit faults > 0
  }'
