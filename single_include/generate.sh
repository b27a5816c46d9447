#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Prints the whole library as one header: `make single`. Each file is poured in once, where it is
# first needed; TLS and each port stand inside the macro that asks for them.
set -eu
cd "$(dirname "$0")/../include"

# The parts that everybody gets, and then each optional part as MACRO:file,file...
# A port that includes no system's headers is for everybody.
for_systems='lwip posix'
everybody=$(find mailmote -name '*.hpp' ! -path 'mailmote/tls/*' \
  ! -path 'mailmote/port/lwip*' ! -path 'mailmote/port/posix*' | sort | tr '\n' ' ')
optional=
join() { sort | tr '\n' ',' | sed 's/,$//'; }
tls=$(find mailmote/tls -name '*.hpp' ! -name tls_session.hpp | join)
[ -z "$tls" ] || optional="MAILMOTE_WOLFSSL:$tls"
for port in $for_systems; do  # posix.hpp and posix_address.hpp are one port, posix
  files=$(find mailmote/port -name "$port.hpp" -o -name "${port}_*.hpp" | join)
  optional="$optional MAILMOTE_$(echo "$port" | tr '[:lower:]' '[:upper:]'):$files"
done

awk -v everybody="mailmote/mailmote.hpp mailmote/tls/tls_session.hpp $everybody" \
    -v optional="$optional" '
  # Pours in what `path` includes, and then the file itself.
  function pour(path,    line, depth, text, target, previous) {
    if (path in poured) return
    poured[path] = 1
    previous = "#"
    depth = 0
    while ((getline line < path) > 0) {
      if (line ~ /^[ \t]*#[ \t]*(if|ifdef|ifndef)/) ++depth
      if (line ~ /^[ \t]*#[ \t]*endif/) --depth
      if (line ~ /^\/\/ SPDX-License-Identifier/ || line ~ /^#pragma once/) continue
      if (line ~ /^[ \t]*#[ \t]*include <mailmote\//) {
        target = line
        sub(/^[^<]*</, "", target)
        sub(/>.*/, "", target)
        pour(target)
        continue
      }
      if (in_core && depth == 0 && line ~ /^#include </) {
        standard[line] = 1
        continue
      }
      if (line == "" && (previous == "" || previous == "#")) continue
      text = text line "\n"
      previous = line
    }
    close(path)
    body = body "\n// ---- <" path "> ----\n\n" text
  }

  function print_sorted(set,    lines, n, i, j, line) {
    n = 0
    for (line in set) lines[++n] = line
    for (i = 2; i <= n; ++i) {
      line = lines[i]
      for (j = i - 1; j >= 1 && lines[j] > line; --j) lines[j + 1] = lines[j]
      lines[j + 1] = line
    }
    for (i = 1; i <= n; ++i) print lines[i]
  }

  BEGIN {
    in_core = 1
    n = split(everybody, paths, " ")
    for (i = 1; i <= n; ++i) pour(paths[i])
    core = body
    in_core = 0

    parts = split(optional, part, " ")
    for (i = 1; i <= parts; ++i) {
      macro = substr(part[i], 1, index(part[i], ":") - 1)
      macros = macros (i > 1 ? ", " : "") macro
      body = ""
      n = split(substr(part[i], length(macro) + 2), paths, ",")
      for (j = 1; j <= n; ++j) pour(paths[j])
      choices = choices "\n#ifdef " macro "\n" body "\n#endif  // " macro "\n"
    }

    print "// SPDX-License-Identifier: BSL-1.0"
    print "// mailmote.hpp: the whole library in one file, for projects that take one file."
    print "//"
    print "// Generated from include/mailmote/ by single_include/generate.sh; changes belong there."
    print "// Optional parts are asked for by macros, defined the same for the whole program:"
    print "// " macros "."
    print "#pragma once"
    print ""
    print_sorted(standard)
    printf "%s%s", core, choices
  }'
