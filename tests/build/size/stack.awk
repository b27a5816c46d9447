# SPDX-License-Identifier: BSL-1.0
# Reads gcc's -fcallgraph-info=su and prints the deepest stack below (and with) poll_once: octets,
# and the path. A function that nobody calls by name may be what any virtual call reaches; one that
# is handed to wolfSSL, and so has WOLFSSL in its signature, what wolfSSL may call back.
# Functions of libc and of wolfSSL count as nothing.

function bare(title) { sub(/^.*:/, "", title); return title }

/^node:/ {
  split($0, part, "\"")
  if (match($0, /[0-9]+ bytes \([a-z,]*\)/)) {
    frame[bare(part[2])] = substr($0, RSTART, RLENGTH) + 0
    if ($0 ~ /bytes \([a-z,]*dynamic[^a-z]*\)/ && $0 !~ /bounded/) unbounded = bare(part[2])
  }
}

/^edge:/ {
  split($0, part, "\"")
  from = bare(part[2])
  to = bare(part[4])
  calls[from] = calls[from] " " to
  called[to] = 1
}

function depth(f,    below, deepest, n, i, next_one, names) {
  if (f in known) return known[f]
  if (f in under_way) return 0
  under_way[f] = 1
  deepest = 0
  if (f == "__indirect_call") {
    n = split(nameless, names, " ")
  } else {
    n = split(f ~ /^wolfSSL_(connect|read|write|shutdown)$/ ? callbacks : calls[f], names, " ")
  }
  for (i = 1; i <= n; ++i) {
    below = depth(names[i])
    if (below > deepest) {
      deepest = below
      next_one = names[i]
    }
  }
  delete under_way[f]
  onward[f] = next_one
  return known[f] = frame[f] + deepest
}

END {
  if (!("poll_once" in frame)) { print "stack.awk: no poll_once" > "/dev/stderr"; exit 1 }
  if (unbounded) { print "stack.awk: no bound for " unbounded > "/dev/stderr"; exit 1 }
  for (f in frame) {
    if (f in called || f == "main" || f == "poll_once") continue
    if (f ~ /WOLFSSL/) callbacks = callbacks " " f
    else nameless = nameless " " f
  }
  print depth("poll_once")
  for (f = "poll_once"; f; f = onward[f]) printf "%6d  %s\n", frame[f], f
}
