# SPDX-License-Identifier: BSL-1.0
# In how few round trips each server takes a mail, and what comes of it where something is refused: a
# table. Sourced by run.sh.
#
# What a server does that it must not is a flaw of its $flaws, and asserted too, so that the README, which
# tells of it, stays true:
#
#   reads_refused_chunk    before the login, BDAT is refused and its octets are read as commands
#   falls_over_next_mail   it crashes over a mail that follows another without waiting for its reply
#   forgets_envelope       its notifications tell neither the envelope's id nor the original recipient

has_flaw() { [[ " $flaws " == *" $1 "* ]]; }

# Until the message has its reply. Three come before the first command: TCP's, the greeting, the one of
# TLS 1.3. The message is not in the transcript.
round_trips() {
  awk '
    /^C: / && !speaks { speaks = 1; if (!/^C: QUIT/) trips++ }
    /^S: / { speaks = /^S: 354/; trips += speaks }
    END { print trips + 3 }' "$work/out"
}

# takes FEW MANY OPTION...: with the recipients of the README's table; MANY without PIPELINING.
takes() {
  local expected=$1 message=DATA
  [[ $pipelining == yes ]] || expected=$2
  shift 2
  [[ $chunking == no || " $* " != *' --chunking '* ]] || message=BDAT
  send starttls --to ops@example.test --to night@example.test --to ops1@example.test --auth plain \
    --body "$work/mails/small.sent" --verbose "$@"
  exits 0
  heard "EHLO STARTTLS EHLO AUTH MAIL RCPT*3 $message QUIT"
  [[ $(round_trips) == "$expected" ]] || complain "round trips: $(round_trips), not $expected"
  arrived small ops@example.test night@example.test ops1@example.test
  shows "$expected, $message"
}

# takes_in_chunks FEW OPTION...: one more where there is no CHUNKING.
takes_in_chunks() {
  local few=$1
  [[ $chunking == yes ]] || ((++few))
  takes "$few" 13 --chunking "${@:2}"
}

# refuses_login OPTION...: what follows a wrong password at once is refused too.
refuses_login() {
  local message=DATA secret='wrong horse'
  [[ $chunking == no || $* != *--chunking* ]] || message=BDAT
  send starttls --to ops@example.test --body "$work/mails/small.sent" --auth plain \
    --pipeline-auth "$@"
  exits 77
  says '^mailmote-send: not delivered: the user name or password is wrong'
  nothing_arrived
  if [[ $pipelining == no ]]; then
    heard 'EHLO STARTTLS EHLO AUTH QUIT'
    return
  fi
  says 'ops@example\.test: refused \(5[0-9][0-9]\)$'
  if [[ $message == BDAT ]] && has_flaw reads_refused_chunk; then
    [[ $(server_lines | sed '1,/^BDAT /d' | head -n 1) != QUIT ]] ||
      complain 'the chunk was not read as commands'
    shows 'READS ON'
  else
    heard "EHLO STARTTLS EHLO AUTH MAIL RCPT $message QUIT"
  fi
}

# Mails right behind each other. Whatever becomes of them is told.
follows() {
  local count=3
  ! has_flaw falls_over_next_mail || count=10 # it falls only if it has not answered yet
  send starttls --count "$count" --to ops@example.test --body "$work/mails/small.sent" "$@"
  if has_flaw falls_over_next_mail; then
    exits 74
    says '^mailmote-send: fate unknown: the server closed the connection'
    shows CRASHES
    return
  fi
  exits 0
  says '^3 of 3 mails delivered$'
  arrived small ops@example.test{,,}
}

flight_row() {
  [[ " ${flight_rows[*]/%/|}" == *" $1|"* ]] || flight_rows+=("$1")
  cell_of flight_cells "$@"
}

run_flight_rows() {
  flight_row 'round trips, as it comes' takes 9 13
  flight_row '--chunking' takes_in_chunks 8
  flight_row '--pipeline-auth' takes 8 13 --pipeline-auth
  flight_row 'both' takes_in_chunks 7 --pipeline-auth
  flight_row '--pipeline-auth, wrong password' refuses_login
  flight_row 'both, wrong password' refuses_login --chunking
  flight_row 'three mails, none waits' follows
  if has_flaw falls_over_next_mail; then
    flaws='' check 'with --no-pipelining, three mails are taken' follows --no-pipelining
  fi
}
