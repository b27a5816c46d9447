# SPDX-License-Identifier: BSL-1.0
# What is said with MAIL and RCPT. Sourced by run.sh.

# offering KEYWORD... -- OPTION...: the alert, to a server that offers STARTTLS and these.
offering() {
  local offer='250-mx\r\n250-STARTTLS'
  while [[ $1 != -- ]]; do
    offer+="\\r\\n250-$1"
    shift
  done
  start_server --answer "EHLO=$offer\\r\\n250 HELP"
  send "${@:2}"
}

# said MAIL RCPT: these parameters, and the mail arrived.
said() {
  exits 0
  complains_of
  grep -E '^(MAIL|RCPT) ' "$work/heard" | tr -d '\r' >"$work/said"
  lines "MAIL FROM:<$sender>$1" "RCPT TO:<$recipient>$2" | cmp -s - "$work/said" ||
    complain "should have said: $1 and $2"
  took "$mail"
}

notified() {
  offering DSN -- --dsn-notify "$1" --dsn-return headers --envid 'alert 17=a+b'
  said ' RET=HDRS ENVID=alert+2017+3Da+2Bb' "$2"
}
check 'the sender asks to be told' notified success,failure,delay \
  " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;$recipient"
check 'the sender asks to be told of a delay only' notified delay " NOTIFY=DELAY ORCPT=rfc822;$recipient"
check 'the sender asks never to be told' notified never ' NOTIFY=NEVER'

whole_mail_back() {
  offering DSN -- --dsn-return full
  said ' RET=FULL' ''
}
check 'the sender asks for the whole mail back' whole_mail_back

safe_all_the_way() {
  offering REQUIRETLS -- --require-tls
  said ' REQUIRETLS' ''
}
check 'the mail has to stay in TLS on its whole way' safe_all_the_way

others() {
  offering 'DELIVERBY 30' MT-PRIORITY AUTH X-TAG -- --mail-parameter 'deliverby:BY=120;R' \
    --mail-parameter MT-PRIORITY:MT-PRIORITY=3 --mail-parameter 'AUTH:AUTH=<>' \
    --rcpt-parameter X-TAG:X-TAG=a:b --rcpt-parameter X-TAG:X-WORD
  said ' BY=120;R MT-PRIORITY=3 AUTH=<>' ' X-TAG=a:b X-WORD'
}
check 'parameters that mailmote has no name for are said as they are' others

# lacks KEYWORD OPTION...: 69, the keyword is named, and no MAIL is said.
lacks() {
  offering DSN X-TAG -- "${@:2}"
  exits 69
  prints
  complains_of "not delivered: the server lacks an extension that was asked for: $1$mend"
  heard 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test' QUIT
  took
}
check '69: a server without REQUIRETLS' lacks REQUIRETLS --require-tls
check '69: a server without DELIVERBY' lacks DELIVERBY --mail-parameter 'DELIVERBY:BY=120;R'
check '69: a server without one of two extensions' lacks X-2 \
  --rcpt-parameter X-TAG:X=1 --rcpt-parameter X-2:X=1
check '69: a server without one that mailmote knows' lacks BINARYMIME --mail-parameter BINARYMIME:X

lacks_dsn() {
  start_server
  send "$@"
  exits 69
  complains_of "not delivered: the server lacks an extension that was asked for: DSN$mend"
  took
}
check '69: a server without DSN, and a notification' lacks_dsn --dsn-notify never
check '69: a server without DSN, and a part to return' lacks_dsn --dsn-return full
check '69: a server without DSN, and an envelope id' lacks_dsn --envid 17

# unsayable REASON OPTION...: 65, and nothing at all is sent.
unsayable() { unfit "a parameter of MAIL or RCPT cannot be sent: $1" "${@:2}"; }
check '65: a parameter that would be a second one' \
  unsayable 'X-TAG:X=1 SIZE=0' --mail-parameter 'X-TAG:X=1 SIZE=0'
check '65: a parameter that would be a second command' \
  unsayable 'X-TAG:X=1\x0D\x0ADATA' --rcpt-parameter $'X-TAG:X=1\r\nDATA'
check '65: a parameter of nothing' unsayable 'X-TAG:' --mail-parameter X-TAG:
check '65: a parameter that is said anyhow' unsayable 'SIZE:SIZE=1' --mail-parameter SIZE:SIZE=1
check '65: an envelope id of two lines' unsayable 'a\x0Ab' --envid $'a\nb'
check '65: an envelope id that is too long' unsayable "$(printf '=%.0s' {1..34})" \
  --envid "$(printf '=%.0s' {1..34})"
check '65: a keyword that is none' unfit \
  "the settings' list of extensions is no list of keywords: X,TAG:X=1" --mail-parameter X,TAG:X=1
check '65: a keyword of nothing' unfit \
  'a parameter needs an extension that the settings do not list: :X=1' --mail-parameter :X=1
too_many_keywords() {
  local i given=() words=
  for ((i = 0; i < 33; ++i)); do
    given+=(--mail-parameter "X$i:X$i=1")
    words+="X$i "
  done
  unfit "the settings' list of extensions is no list of keywords: ${words% }" "${given[@]}"
}
check '65: more keywords than are looked for' too_many_keywords

# Two mails of one recipient each, and no third.
in_parts() {
  offering 'LIMITS RCPTMAX=1 MAILMAX=2' -- --to second@example.test --to third@example.test
  exits 74
  mentions 'delivered to 2 of 3 recipients at most, and not to the others: '
}
check '74: a server that takes a part of a mail, and no more on its connection' in_parts
