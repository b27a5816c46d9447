# SPDX-License-Identifier: BSL-1.0
# A delivered mail, and what every server puts on top of it: lines of its envelope, and one Received
# or more with the lines that it goes on for. Sourced by run.sh.

delivered() { find "$mailbox/new" -type f; }

# A line for each recipient of each delivered mail: FILE OCTETS <REVERSE-PATH> RECIPIENT. The message
# begins behind so many octets. A file may have many recipients: `Envelope-to: a,` and ` b` below it.
envelopes() {
  find "${1-$mailbox/new}" -type f -exec awk -v hops="${received_lines-1}" '
    function end_file() { for (i = 1; i <= recipients; i++) print file, octets, path, to[i] }
    function is_on_top() {
      if (!received && /^(Return-[Pp]ath|X-Original-To|Delivered-To|Envelope-to): /) return 1
      if (/^Received: from / && received < hops) return ++received
      return (received && /^\t/) || (!received && is_list && /^ /)
    }
    FNR == 1 {
      end_file()
      file = FILENAME
      path = "<>" # some leave it out
      octets = recipients = received = is_list = 0
    }
    !is_on_top() { nextfile }
    { octets += length($0) + 1 }
    received { next }
    $1 ~ /^Return-[Pp]ath:$/ { path = $2 }
    { is_list = $1 == "Envelope-to:" || (is_list && /^ /) }
    is_list || $1 == "Delivered-To:" { to[++recipients] = $NF; sub(/,$/, "", to[recipients]) }
    END { end_file() }' {} +
}

# As it was sent, but that lines end in LF.
message_in() {
  local octets
  octets=$(envelopes "$1" | awk 'NR == 1 { print $2 }')
  tail -c "+$((octets + 1))" "$1"
}
