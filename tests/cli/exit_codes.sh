# SPDX-License-Identifier: BSL-1.0
# Mails that do not arrive, or may not have, and what a script is told. Sourced by run.sh.

# ends_with CODE LINE SERVER_OPTIONS -- OPTION...: no mail was taken, and LINE is the last that is
# complained of.
ends_with() {
  local code=$1 line=$2 server=()
  shift 2
  while [[ $1 != -- ]]; do
    server+=("$1")
    shift
  done
  start_server "${server[@]}"
  send "${@:2}"
  exits "$code"
  [[ $(tail -n 1 "$work/err") == "mailmote-send: $line" ]] || complain "should have said: $line"
}

later='; trying again later may help'
never='; trying again will not help'
mend='; mend that before trying again'
twice='; the mail may have been delivered, and sending it again may deliver it twice'

# 65: strings that cannot be sent. Nothing at all is sent then.
unfit() {
  ends_with 65 "not delivered: $1$mend" -- "${@:2}"
  heard
}
check '65: a recipient that is no address' \
  unfit 'a recipient is no mail address that can be sent: nobody at all' --to 'nobody at all'
check '65: a recipient that would be a second command' \
  unfit 'a recipient is no mail address that can be sent: a@example.test>\x0D\x0ADATA' \
  --to $'a@example.test>\r\nDATA'
check '65: a sender that is no address' \
  unfit 'the sender is no mail address that can be sent: @' --from '@'
check '65: an EHLO name that is none' \
  unfit 'the EHLO name is no domain name and no address in brackets: my machine' --helo 'my machine'
check '65: a host that is none' \
  unfit "the server's name is no domain name and no IP address: local host" --host 'local host'
check '65: a password that cannot be sent' \
  unfit 'the password is empty or has a control character, or the token is not ASCII' \
  --user mote17 --pass $'a\nb'

# bad_line LINE AS_SHOWN: the line is named, and nothing is sent.
bad_line() {
  printf 'ops1@example.test\n# and now\n\n%s\nops2@example.test\n' "$1" >"$work/list"
  start_server
  send --to-file "$work/list"
  exits 65
  complains_of "$work/list, line 4: no mail address that can be sent: $2"
  heard
}
check '65: a line of a file of recipients that is no address' bad_line 'ops at home' 'ops at home'
check '65: a line of a file of recipients that has control characters' \
  bad_line $'a@example.test>\x1b[2J' 'a@example.test>\x1B[2J'

needs_utf8() {
  ends_with 65 "not delivered: an address is not ASCII, and the server has no SMTPUTF8$mend" \
    -- --to 'jürgen@example.test'
  heard 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test' QUIT
}
check '65: an address that this server cannot take' needs_utf8

# 66: files that cannot be read. The server is not even asked.
unreadable() {
  ends_with 66 "$1" -- "${@:2}"
  heard
}
check '66: a message that is not there' \
  unreadable 'cannot read /no/such/mail: No such file or directory' --body /no/such/mail
check '66: a file of recipients that is not there' \
  unreadable 'cannot read /no/such/list: No such file or directory' --to-file /no/such/list
check '66: a message that is a folder' unreadable 'cannot read /: Is a directory' --body /
check '66: a password file that is not there' \
  unreadable 'cannot read a password from /no/such/file' --user mote17 --pass-file /no/such/file
bad_anchors() {
  start_server
  send --ca "$1"
  exits 66
  complains_of "not delivered: a trust anchor cannot be read: $1$mend"
  took
}
check '66: trust anchors that are not there' bad_anchors /no/such/ca.pem
check '66: trust anchors that are none' bad_anchors "$mail"

# 67
check '67: every recipient is refused for good' ends_with 67 \
  "not delivered: there is no such mailbox: check the recipient's address (550 5.1.1 nobody here has this\
 name)$mend" \
  --reject ops@example.test --

# 68: a name too long for any name server, so that none is asked.
no_such_host() {
  local label
  label=$(head -c 63 /dev/zero | tr '\0' x)
  mailmote_send --host "$label.$label.$label.$label" --from "$sender" --to "$recipient" --body "$mail"
  exits 68
  complains_of "not delivered: no such host: $label.$label.$label.$label$mend"
}
check '68: the host does not exist' no_such_host

# 69
check '69: the server refuses service' ends_with 69 \
  "not delivered: the server refuses service (554 5.3.2 not here)$never" \
  --answer 'GREETING=554 5.3.2 not here' --
check '69: the server refuses the sender' ends_with 69 \
  "not delivered: the server refuses the sender (550 5.1.8 not you)$never" \
  --answer 'MAIL=550 5.1.8 not you' --
check '69: the server refuses the message' ends_with 69 \
  "not delivered: the server refuses the message (550 5.6.0 no spam)$never" \
  --answer 'DOT=550 5.6.0 no spam' --
check '69: the server refuses the message, and where it may lie is said' ends_with 69 \
  "not delivered: the server does not like the message itself: check its Date, From and Message-ID (554\
 no spam)$mend" --answer 'DOT=554 no spam' --
check '69: a sender who has not logged in is told to' ends_with 69 \
  "not delivered: the server takes this only after a login: set one up, and TLS if there is none yet\
 (530 5.7.0 who are you?)$mend" --answer 'MAIL=530 5.7.0 who are you?' --
needs_eight_bit() {
  printf 'Subject: hei\xc3\x9f\n\n94 C\n' >"$work/utf8.eml"
  ends_with 69 "not delivered: the message has octets over 127, and the server no 8BITMIME: encode it, as\
 base64 say$mend" --no-eight-bit -- --body "$work/utf8.eml"
  heard 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test' QUIT
}
check '69: a message with octets over 127 is not sent where there is no 8BITMIME' needs_eight_bit
too_large() {
  ends_with 69 "not delivered: the message is larger than the server takes$mend" --size 44 --
  heard 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test' QUIT
}
check '69: the message is larger than the server takes, and so is not sent' too_large

# 74: the whole message was sent, and no proper reply came.
check '74: the connection ends instead of the final reply' ends_with 74 \
  "fate unknown: the server closed the connection instead of replying, after the whole message was\
 sent$twice" --hang-up DOT --
check '74: the connection in clear ends instead of the final reply' ends_with 74 \
  "fate unknown: the server closed the connection instead of replying, after the whole message was\
 sent$twice" --hang-up DOT --no-starttls -- --tls none
check '74: the final reply is garbage' ends_with 74 \
  "fate unknown: the server's reply is not SMTP, after the whole message was sent$twice" \
  --answer 'DOT=fine' --

some_of_many() {
  start_server --answer-once 'DOT=250 2.0.0 taken' --answer 'DOT=452 4.2.2 full'
  send --count 3 --no-pipelining # in a shared flight the third is on its way before the second's reply
  exits 74
  complains_of "not delivered: the recipient's mailbox is full: its owner has to make room (452 4.2.2\
 full)$later" \
    '1 of 3 mails delivered; sending all of them again would deliver that twice'
  took "$mail" "$mail"
}
check '74: after some of several mails, a script must not try them all again' some_of_many

# 75: certainly not delivered, and the same may work later.
check '75: the server closes its service' ends_with 75 \
  "not delivered: the server is closing its service for now, at the greeting (421 4.3.2 later)$later" \
  --answer 'GREETING=421 4.3.2 later' --
check '75: the recipient is deferred' ends_with 75 \
  "not delivered: the server refuses the recipients (451 4.2.1 busy)$later" \
  --answer 'RCPT=451 4.2.1 busy' --
check '75: the message is deferred' ends_with 75 \
  "not delivered: the server refuses the message (452 4.3.1 full)$later" \
  --answer 'DOT=452 4.3.1 full' --
check '75: the connection ends before the message' ends_with 75 \
  "not delivered: the server closed the connection instead of replying, at MAIL$later" \
  --hang-up MAIL --no-starttls -- --tls none
nobody_listens() {
  start_server
  stop_server
  send
  exits 75
  complains_of "not delivered: the connection failed: Connection refused, at the greeting$later"
}
check '75: nobody listens' nobody_listens
check '75: the server does not reply in time' ends_with 75 \
  "not delivered: the server did not reply in time, at the greeting$later" --mute -- --timeout 1

# 76
check '76: the greeting is not SMTP' ends_with 76 \
  "not delivered: the server's reply is not SMTP, at the greeting$never" \
  --answer 'GREETING=HTTP/1.1 400 Bad Request' --
check '76: a reply fits no command' ends_with 76 \
  "not delivered: the server's reply does not fit the command, at MAIL (354 go on)$never" \
  --answer 'MAIL=354 go on' --

# 77: the login; trust.sh has the rest.
wrong_password() {
  ends_with 77 \
    "not delivered: the user name or password is wrong, or an application-specific password is wanted\
 (535 5.7.8 wrong user name or password)$mend" \
    -- --user "$user" --pass guess
  [[ $(grep -c '^AUTH' "$work/heard") == 1 ]] || complain 'more than one attempt'
}
check '77: the login is refused, and not tried again' wrong_password
check '77: no login is offered' ends_with 77 \
  "not delivered: the server offers no login mechanism that is set up$mend" \
  --mechanisms '' -- --user mote17 --pass secret

quiet_errors() {
  start_server --answer 'DOT=550 5.6.0 no spam'
  send --quiet
  exits 69
  prints
  complains_of "not delivered: the server refuses the message (550 5.6.0 no spam)$never"
}
check '--quiet does not hide an error' quiet_errors
