# SPDX-License-Identifier: BSL-1.0
# A delivered mail, and what every server puts on top of it: lines of its envelope, and one Received
# or more with the lines that it goes on for. Sourced by run.sh.

delivered() { find "$mailbox/new" -type f; }

# As it was sent, but that lines end in LF.
message_in() {
  local prepended
  prepended=$(awk -v hops="${received_lines-1}" '
    NR <= 3 && /^(Return-[Pp]ath|X-Original-To|Delivered-To|Envelope-to): / { lines = NR; next }
    NR == lines + 1 && /^Received: from / && received < hops { received++; lines = NR; next }
    NR == lines + 1 && received && /^\t/ { lines = NR; next }
    { exit }
    END { print lines + 0 }' "$1")
  tail -n "+$((prepended + 1))" "$1"
}

reverse_path_of() { sed -n 's/^Return-[Pp]ath: <\(.*\)>$/\1/p;3q' "$1"; }

recipient_of() { sed -n 's/^\(Delivered-To\|Envelope-to\): //p;3q' "$1"; }
