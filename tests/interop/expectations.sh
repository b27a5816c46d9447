# SPDX-License-Identifier: BSL-1.0
# The words that checks are made of: send a mail, then say what must have come of it. The first
# expectation that is not met ends its check. Sourced by run.sh.

passed=0
failed=0
rows=() login_rows=() flight_rows=()    # of the three tables that finish prints
declare -A cells=() login_cells=() flight_cells=() # [row,server]: ok, FAILED, -, or what was measured

# row NAME COMMAND...: a check that every server must pass, and its row of the table.
row() {
  [[ " ${rows[*]/%/|}" == *" $1|"* ]] || rows+=("$1")
  cell_of cells "$@"
}

# cell_of CELLS NAME COMMAND...
cell_of() {
  local -n all=$1
  local before=$failed
  echo ok >"$work/cell"
  check "${@:2}"
  all[$2,$server]=FAILED
  [[ $failed != "$before" ]] || all[$2,$server]=$(<"$work/cell")
}

# shows WORD: the cell has it instead of `ok`.
shows() { echo "$1" >"$work/cell"; }

# at PORT check ...: where the server has that port.
at() {
  if [[ -v port[$1] ]]; then "${@:2}"; else echo "# $server has no port $1: ${*:3:1}"; fi
}

# check SENTENCE COMMAND...: runs COMMAND, with nothing left of the checks before it.
check() {
  local sentence="$server: $1" began=$EPOCHREALTIME verdict=ok took
  shift
  rm -f "$mailbox"/new/*
  mark=$(stat -c %s "$server_log")
  ( # no condition, in which bash would forget about -e
    set -e
    "$@"
  ) >"$work/complaint" 2>&1
  if (($? == 0)); then
    ((++passed))
  else
    verdict='not ok'
    ((++failed))
  fi
  took=$(awk -v a="$began" -v b="$EPOCHREALTIME" \
    'BEGIN { if (b - a > 2) printf " # %.1f s", b - a }')
  echo "$verdict $((passed + failed)) - $sentence$took"
  [[ $verdict == ok ]] || sed 's/^/# /' "$work/complaint"
  [[ ! -e $work/restless ]] || finish # every further check would wait as long, for nothing
}

# print_table ROWS CELLS SERVER...
print_table() {
  local -n names=$1 all=$2
  local name
  shift 2
  (($# > 0)) || return 0
  printf '\n%-36s' ''
  printf '%-12s' "$@"
  for name in "${names[@]}"; do
    printf '\n%-36s' "$name"
    for server in "$@"; do
      if [[ ! -v all[$name,$server] ]]; then
        all[$name,$server]='NOT RUN'
        ((++failed))
      fi
      printf '%-12s' "${all[$name,$server]}"
    done
  done
  printf '\n'
}

finish() {
  print_table rows cells "${mail_servers[@]}"
  print_table flight_rows flight_cells "${servers[@]}"
  print_table login_rows login_cells "${servers[@]}"
  echo
  echo "$passed passed, $failed failed"
  ((failed == 0))
  exit
}

complain() {
  echo "$*"
  echo "mailmote-send $(<"$work/arguments")"
  echo "exit code ${exit_code-unknown}; it said:"
  cat -v "$work/out" "$work/err"
  echo 'the server heard:'
  server_dialogues
  return 1
}

server_comes_to_rest() {
  local tries
  for ((tries = 0; tries < 500; tries++)); do
    sessions_are_over && server_has_delivered && return
    sleep 0.02
  done
  return 1
}

# send PORT OPTION...: runs mailmote-send once, and waits until nothing moves any more. What shall
# be unlike all other checks stands in the variables host, tls, ca, from and secret. Who has a token
# needs no password.
send() {
  local kind=starttls
  [[ $1 == *implicit ]] && kind=implicit
  set -- --host "${host-127.0.0.1}" --port "${port[$1]}" --tls "${tls-$kind}" \
    --ca "${ca-$work/pki/ca.pem}" --user "$user" --from "${from-$sender}" \
    --helo mote17.example.test --timeout 20 "${@:2}"
  printf '%q ' "$@" >"$work/arguments"
  exit_code=0
  MAILMOTE_PASSWORD=${secret-$password} timeout 60 "$mailmote_send" "$@" \
    >"$work/out" 2>"$work/err" || exit_code=$?
  server_comes_to_rest && return
  : >"$work/restless"
  complain 'the server does not come to rest'
}

exits() { ((exit_code == $1)) || complain "exit code $exit_code, not $1"; }

# says PATTERN: on either output, in one line.
says() { grep -qE -- "$1" "$work/out" "$work/err" || complain "does not say: $1"; }

# heard LINE: what the client sent in all its sessions, as server_dialogues puts it.
heard() { [[ $(server_dialogues) == "$1" ]] || complain "the server should have heard: $1"; }

nothing_arrived() { [[ -z $(delivered) ]] || complain 'a mail was delivered'; }

# arrived MAIL RECIPIENT...: each of them, and nobody else, has the mail, byte for byte; a recipient
# named twice has it twice.
arrived() {
  local mail=$1 file octets expected actual
  shift
  expected=$(printf '%s\n' "$@" | sort)
  envelopes >"$work/envelopes"
  actual=$(cut -d ' ' -f 4 "$work/envelopes" | sort)
  [[ $actual == "$expected" ]] || complain "delivered to: $actual"
  [[ $(cut -d ' ' -f 3 "$work/envelopes" | sort -u) == "<${from-$sender}>" ]] ||
    complain 'wrong reverse-path'
  while read -r file octets; do
    cmp -i "$octets:0" "$file" "$work/mails/$mail.expected" || complain "$mail was changed"
  done < <(cut -d ' ' -f 1,2 "$work/envelopes" | sort -u)
}

# base64_of TEXT: \0 in it is a NUL.
base64_of() { printf %b "$1" | base64 -w 0; }

# in_base64 TEXT: the characters that depend on TEXT alone, whatever stands before it and after it.
in_base64() {
  local before lead begin end
  for before in '' x xx; do
    lead=${#before}
    begin=$(((lead * 8 + 5) / 6)) end=$(((lead + ${#1}) * 8 / 6))
    printf %s "$before$1" | base64 -w 0 | cut -c "$((begin + 1))-$end"
  done
}

# The password, and the two forms in which a login carries it; and of each token the signature, without
# which it is good for nothing, as it is and within what a login makes of it.
secrets() {
  local token signature
  printf '%s\n' "$password" "$(base64_of "$password")" "$(base64_of "\0$user\0$password")"
  for token in "$work/files/token"*; do
    [[ -s $token ]] || continue
    signature=$(sed 's/.*\.//' "$token")
    printf '%s\n' "$signature"
    in_base64 "$signature"
  done
}

# The server, which hears everything, heard no secret.
kept_secret() { ! log_since_mark | grep -F "$(secrets)" || complain 'a secret was sent'; }

# What kept_secret looks for would have been found.
told_secret() { log_since_mark | grep -F "$(secrets)" >/dev/null || complain 'no secret was sent'; }

showed_no_secret() {
  ! grep -F "$(secrets)" "$work/out" "$work/err" || complain 'a secret is shown'
}
