# SPDX-License-Identifier: BSL-1.0
# The words that checks are made of: have a server, send a mail, say what must have come of it. The
# first expectation that is not met ends its check. Sourced by run.sh.

passed=0
failed=0

user=mote17
password='correct horse, and a battery'
sender=mote17@example.test
recipient=ops@example.test
mail=$top/alert.eml
printf 'Subject: 94 degrees\r\n\r\nBoiler 2 is too hot.\r\n' >"$mail"
unset MAILMOTE_PASSWORD NO_COLOR

# check SENTENCE COMMAND...: runs COMMAND in an empty folder, with no server yet.
check() {
  local sentence=$1 verdict=ok
  shift
  work=$(mktemp -d -p "$top")
  (
    trap stop_server EXIT
    server_pid=
    set -e
    "$@"
  ) >"$work/complaint" 2>&1
  if (($? == 0)); then
    ((++passed))
  else
    verdict='not ok'
    ((++failed))
  fi
  echo "$verdict $((passed + failed)) - $sentence"
  [[ $verdict == ok ]] || sed 's/^/# /' "$work/complaint"
}

complain() {
  echo "$*"
  echo "mailmote-send $(<"$work/arguments")"
  echo "exit code $exit_code; on standard output:"
  cat -v "$work/out"
  echo 'on standard error:'
  cat -v "$work/err"
  echo 'the server heard:'
  cat -v "$work/heard"
  return 1
}

# mailmote_send OPTION...: just that.
mailmote_send() {
  printf '%q ' "$@" >"$work/arguments"
  [[ -e $work/heard ]] || : >"$work/heard"
  exit_code=0
  timeout 60 "$build/mailmote-send" "$@" >"$work/out" 2>"$work/err" || exit_code=$?
}

# send OPTION...: the alert, to the server that was started, over STARTTLS without a login.
send() {
  mailmote_send --host localhost --port "$port" --ca "$build/pki/ca.pem" --helo mote.example.test \
    --from "$sender" --to "$recipient" --body "$mail" "$@"
}

exits() { ((exit_code == $1)) || complain "exit code $exit_code, not $1"; }

lines() { (($# == 0)) || printf '%s\n' "$@"; }
lines_of_smtp() { (($# == 0)) || printf '%s\r\n' "$@"; }

# prints LINE...: exactly these on standard output. complains_of LINE...: on standard error.
prints() { lines "$@" | cmp -s - "$work/out" || complain "should have printed: $*"; }
complains_of() {
  lines "${@/#/mailmote-send: }" | cmp -s - "$work/err" || complain "should have complained: $*"
}
mentions() { grep -qF -- "$1" "$work/out" "$work/err" || complain "does not mention: $1"; }

# heard LINE...: exactly these from the client, in clear or decrypted. heard_in_clear LINE...: these
# came first, and then a TLS record.
heard() { lines_of_smtp "$@" | cmp -s - "$work/heard" || complain "the server heard, not: $*"; }
heard_in_clear() {
  { lines_of_smtp "$@" && printf '\x16\x03'; } >"$work/clear"
  cmp -n "$(stat -c %s "$work/clear")" "$work/clear" "$work/wire" || complain "in clear came not: $*"
}

base64_of() { printf "$@" | base64 -w 0; }
plain_response() { base64_of '\0%s\0%s' "$user" "$password"; }

# What a mail of the sender's to the recipient sounds like, from MAIL to the final dot.
transaction() {
  local size
  size=$(wc -c <"$mail")
  echo "MAIL FROM:<$sender> SIZE=$size"
  echo "RCPT TO:<$recipient>"
  echo DATA
  tr -d '\r' <"$mail"
  echo .
}

# heard_all FILE: as heard, with a file of lines.
heard_all() { sed 's/$/\r/' "$1" | cmp - "$work/heard" || complain "the server heard, not: $(<"$1")"; }

# took FILE...: these mails, in this order, octet for octet, and no other.
took() {
  local n=0 file
  for file in "$@"; do
    cmp "$file" "$work/mail/$((++n)).eml" || complain "mail $n is not as it should be"
  done
  [[ $(ls "$work/mail" | wc -l) == "$n" ]] || complain "other than $n mails"
}

# Neither the network, nor the server, nor the screen has seen the password in any form.
kept_secret() {
  local form
  for form in "$password" "$(base64_of %s "$password")" "$(plain_response)"; do
    ! grep -qF -- "$form" "$work/wire" "$work/heard" "$work/out" "$work/err" ||
      complain "a secret was told: $form"
  done
}

# A client that waits ten seconds for a greeting does so while the other checks run.
begin_silence() {
  work=$(mktemp -d -p "$top")
  silent_work=$work
  start_server --mute || exit 1
  pids+=("$server_pid")
  server_pid=
  (
    send --timeout 12
    echo "$exit_code" >"$work/exit_code"
  ) &
  silent_client=$!
}

end_silence() {
  wait "$silent_client"
  check 'a server that does not greet gets a hint after ten seconds, once, and is given up later' \
    silence_was_explained
}

silence_was_explained() {
  cp "$silent_work"/{arguments,out,err,heard,port,exit_code} "$work"
  exit_code=$(<"$work/exit_code")
  exits 75
  prints
  complains_of "no greeting from localhost:$(<"$work/port") for ten seconds; does it expect TLS from\
 the first byte (--tls implicit)?" "not delivered: the server did not greet: out of reach, or this\
 port expects TLS from the first byte; mend that before trying again"
  heard
}
