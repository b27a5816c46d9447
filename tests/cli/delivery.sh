# SPDX-License-Identifier: BSL-1.0
# Mails that arrive. Sourced by run.sh.

over_starttls_with_login() {
  start_server --user "$user" --pass "$password"
  MAILMOTE_PASSWORD=$password send --user "$user"
  exits 0
  prints "$recipient: accepted (250 2.1.5 recipient ok)" 'delivered (250 2.0.0 taken)'
  complains_of
  {
    lines 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test' "AUTH PLAIN $(plain_response)"
    transaction
    echo QUIT
  } >"$work/expected"
  heard_all "$work/expected"
  heard_in_clear 'EHLO mote.example.test' STARTTLS
  took "$mail"
}
check 'a mail goes over STARTTLS with a login, and arrives' over_starttls_with_login

over_implicit_tls() {
  start_server --implicit
  send --tls implicit
  exits 0
  {
    echo 'EHLO mote.example.test'
    transaction
    echo QUIT
  } >"$work/expected"
  heard_all "$work/expected"
  heard_in_clear
  took "$mail"
}
check 'a mail goes over implicit TLS, and arrives' over_implicit_tls

in_clear() {
  start_server --no-starttls
  send --tls none
  exits 0
  {
    lines 'EHLO mote.example.test'
    transaction
    echo QUIT
  } >"$work/expected"
  heard_all "$work/expected"
  cmp "$work/heard" "$work/wire" || complain 'not in clear'
  took "$mail"
}
check 'a mail goes in clear where that is asked for' in_clear

odd_octets() {
  start_server
  {
    printf 'Subject: odd\n\n.\n..\n.x\r...\r\r\n\xff\x80 8-bit, \0 NUL and \t tab\r\n'
    head -c 998 /dev/zero | tr '\0' x
    printf '\n\n.\nno line end'
  } >"$work/odd.eml"
  {
    printf 'Subject: odd\r\n\r\n.\r\n..\r\n.x\r\n...\r\n\r\n\xff\x80 8-bit, \0 NUL and \t tab\r\n'
    head -c 998 /dev/zero | tr '\0' x
    printf '\r\n\r\n.\r\nno line end\r\n'
  } >"$work/expected.eml"
  send --body "$work/odd.eml"
  exits 0
  complains_of
  took "$work/expected.eml"
}
check 'a mail arrives octet for octet, with every bare LF and CR as CRLF' odd_octets

large_through_a_pipe() {
  start_server
  seq 500000 >"$work/numbers"
  sed 's/$/\r/' "$work/numbers" >"$work/expected.eml"
  send --body - --count 2 < <(cat "$work/numbers")
  exits 0
  took "$work/expected.eml" "$work/expected.eml"
}
check 'a large mail from a pipe arrives, twice if need be' large_through_a_pipe

redirected() {
  start_server
  printf 'not this line\n' >"$work/file"
  cat "$mail" >>"$work/file"
  {
    read -r _
    mailmote_send --host localhost --port "$port" --ca "$build/pki/ca.pem" --from "$sender" \
      --to "$recipient"
  } < <(cat "$work/file")
  exits 0
  took "$mail"
}
check 'without --body, the mail is what standard input has to give' redirected

nothing_at_all() {
  start_server
  send --body /dev/null
  exits 0
  : >"$work/empty"
  took "$work/empty"
}
check 'an empty mail arrives empty' nothing_at_all

long_line() {
  start_server
  { head -c 999 /dev/zero | tr '\0' x && printf '\r\n'; } >"$work/long.eml"
  send --body "$work/long.eml"
  exits 0
  complains_of 'the message has a line of 999 octets; servers need not take more than 998 (RFC 5321 4.5.3.1.6)'
  took "$work/long.eml"
}
check 'a line that is too long is warned of, and sent as it is' long_line

three_times() {
  start_server
  send --count 3
  exits 0
  {
    lines 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test'
    transaction
    transaction
    transaction
    echo QUIT
  } >"$work/expected"
  heard_all "$work/expected"
  took "$mail" "$mail" "$mail"
  prints "$recipient: accepted (250 2.1.5 recipient ok)" 'delivered (250 2.0.0 taken)' \
    "$recipient: accepted (250 2.1.5 recipient ok)" 'delivered (250 2.0.0 taken)' \
    "$recipient: accepted (250 2.1.5 recipient ok)" 'delivered (250 2.0.0 taken)' '3 of 3 mails delivered'
}
check '--count sends a mail several times over one connection' three_times

one_refused() {
  start_server --reject nobody@example.test
  send --to nobody@example.test --to second@example.test
  exits 0
  prints "$recipient: accepted (250 2.1.5 recipient ok)" 'second@example.test: accepted (250 2.1.5 recipient ok)' \
    'delivered to 2 of 3 recipients (250 2.0.0 taken)'
  complains_of 'nobody@example.test: refused (550 5.1.1 nobody here has this name)'
  took "$mail"
}
check 'a recipient that is refused is named, and the others get the mail' one_refused

one_refused_of_all() {
  start_server --reject nobody@example.test
  send --to nobody@example.test --all-recipients
  exits 67
  took
}
check 'with --all-recipients, one that is refused keeps the mail from all' one_refused_of_all

# heard_recipients ADDRESS...: RCPT names these, in this order.
heard_recipients() {
  grep '^RCPT' "$work/heard" | cmp -s - <(lines_of_smtp "${@/#/RCPT TO:<}" | sed 's/\r$/>\r/') ||
    complain "not to: $*"
}

listed() {
  start_server
  {
    printf '# the night shift\r\n\r\nops1@example.test\r\n  \n\t<ops2@example.test> \n'
    printf '#ops3@example.test\nNight Shift <ops4@example.test>\na#b@example.test'
  } >"$work/list"
  send --to-file "$work/list"
  exits 0
  heard_recipients "$recipient" ops1@example.test ops2@example.test ops4@example.test 'a#b@example.test'
  took "$mail"
}
check '--to-file names recipients, one a line, behind those of --to' listed

listed_alone() {
  start_server
  mailmote_send --host localhost --port "$port" --ca "$build/pki/ca.pem" --from "$sender" \
    --to-file - --body "$mail" < <(printf 'ops1@example.test\nops2@example.test\n')
  exits 0
  heard_recipients ops1@example.test ops2@example.test
  took "$mail"
}
check '--to-file reads standard input, and needs no --to' listed_alone

ten_thousand() {
  start_server
  seq -f 'ops%.0f@example.test' 10000 >"$work/list"
  send --to-file "$work/list" --quiet
  exits 0
  heard_recipients "$recipient" $(<"$work/list")
  took "$mail"
}
check '--to-file names ten thousand recipients of one mail' ten_thousand

null_reverse_path() {
  start_server
  mailmote_send --host localhost --port "$port" --ca "$build/pki/ca.pem" --helo mote.example.test \
    --from '' --to "$recipient" --body "$mail"
  exits 0
  grep -q '^MAIL FROM:<> ' "$work/heard" || complain 'no null reverse-path'
  took "$mail"
}
check 'a mail may be from nobody' null_reverse_path

auto_prefers_plain() {
  start_server --user "$user" --pass "$password" --mechanisms 'LOGIN PLAIN'
  send --user "$user" --pass "$password" --auth auto
  exits 0
  grep -qxF "AUTH PLAIN $(plain_response)"$'\r' "$work/heard" || complain 'no AUTH PLAIN'
}
check 'a login is PLAIN where that is offered' auto_prefers_plain

logs_in_with_login() {
  start_server --user "$user" --pass "$password" --mechanisms "$1"
  send --user "$user" --pass "$password" --auth "$2"
  exits 0
  grep -A 2 '^AUTH' "$work/heard" | cmp -s - \
    <(lines_of_smtp 'AUTH LOGIN' "$(base64_of %s "$user")" "$(base64_of %s "$password")") ||
    complain 'no AUTH LOGIN'
}
check 'a login is LOGIN where PLAIN is not offered' logs_in_with_login LOGIN auto
check 'a login is LOGIN where that is asked for' logs_in_with_login 'PLAIN LOGIN' login

password_from_file() {
  start_server --user "$user" --pass "$password"
  printf '%s\r\nsecond line\n' "$password" >"$work/secret"
  send --user "$user" --pass-file "$work/secret"
  exits 0
  took "$mail"
}
check 'a password is the first line of its file' password_from_file

login_in_clear() {
  start_server --user "$user" --pass "$password" --no-starttls
  send --user "$user" --pass "$password" --tls none --allow-cleartext-auth
  exits 0
  took "$mail"
}
check 'a login in clear happens where that is allowed' login_in_clear

verbose() {
  start_server --user "$user" --pass "$password" --no-pipelining
  send --user "$user" --pass "$password" --verbose
  exits 0
  prints 'S: 220 demo.example.test ESMTP, at your service' \
    'C: EHLO mote.example.test' \
    'S: 250-demo.example.test' 'S: 250-8BITMIME' 'S: 250-ENHANCEDSTATUSCODES' \
    'S: 250-STARTTLS' 'S: 250 SIZE 50000000' \
    'C: STARTTLS' \
    'S: 220 2.0.0 go ahead' \
    '-- TLS is up; the server has proven its name' \
    'C: EHLO mote.example.test' \
    'S: 250-demo.example.test' 'S: 250-8BITMIME' 'S: 250-ENHANCEDSTATUSCODES' \
    'S: 250-AUTH PLAIN LOGIN' 'S: 250 SIZE 50000000' \
    'C: AUTH PLAIN ****' \
    'S: 235 2.7.0 welcome' \
    "C: MAIL FROM:<$sender> SIZE=45" \
    'S: 250 2.0.0 ok' \
    "C: RCPT TO:<$recipient>" \
    'S: 250 2.1.5 recipient ok' \
    "$recipient: accepted (250 2.1.5 recipient ok)" \
    'C: DATA' \
    'S: 354 go on; a dot ends it' \
    'S: 250 2.0.0 taken' \
    'C: QUIT' \
    'S: 221 2.0.0 bye' \
    '-- the login is PLAIN' \
    'delivered (250 2.0.0 taken)'
  complains_of
}
check '--verbose shows the dialogue, with its secrets masked' verbose

in_one_flight() {
  start_server
  send --verbose
  exits 0
  grep -A 2 '^C: MAIL' "$work/out" | cmp - \
    <(lines "C: MAIL FROM:<$sender> SIZE=45" "C: RCPT TO:<$recipient>" 'C: DATA') ||
    complain 'one by one'
}
check 'commands share a flight where the server allows it' in_one_flight

one_by_one() {
  start_server
  send --verbose --no-pipelining
  exits 0
  grep -A 2 '^C: MAIL' "$work/out" | cmp - \
    <(lines "C: MAIL FROM:<$sender> SIZE=45" 'S: 250 2.0.0 ok' \
      "C: RCPT TO:<$recipient>") || complain 'in one flight'
}
check '--no-pipelining sends one command at a time' one_by_one

quiet() {
  start_server
  send --quiet
  exits 0
  prints
  complains_of
  took "$mail"
}
check '--quiet says nothing when all is well' quiet

hostile_words() {
  start_server --answer $'DOT=250 \e[31m\xc2\x9b fine' --answer $'MAIL=250 \e]0;title\a'
  send --verbose
  exits 0
  mentions 'S: 250 \x1B[31m\xC2\x9B fine'
  ! LC_ALL=C grep -qP '[^\x20-\x7e]' "$work/out" "$work/err" || complain 'not printable'
}
check 'what a server says cannot play with the terminal' hostile_words

on_a_terminal() {
  start_server
  head -c 3000000 /dev/zero | tr '\0' '\n' >"$work/large.eml"
  printf '%q ' "$build/mailmote-send" --host localhost --port "$port" --ca "$build/pki/ca.pem" \
    --from "$sender" --to "$recipient" --body "$work/large.eml" --verbose >"$work/arguments"
  exit_code=0
  script -qec "$(<"$work/arguments")" "$work/out" >/dev/null </dev/null || exit_code=$?
  : >"$work/err"
  exits 0
  mentions '% of 6.0 MB'
  mentions $'\e[36mC: STARTTLS'
}
check 'a terminal gets colours, and a bar while a large mail is sent' on_a_terminal
