# SPDX-License-Identifier: BSL-1.0
# Mails that mailmote-send composes. Sourced by run.sh.

# compose OPTION...: to the server that was started.
compose() {
  mailmote_send --host localhost --port "$port" --ca "$build/pki/ca.pem" --helo mote.example.test \
    --from 'Mote 17 <mote17@example.test>' --to "$recipient" "$@"
}

# reads LINE...: what Python's email package reads in the mail that was taken.
reads() {
  PYTHONIOENCODING=utf-8 "$here/../mime/read_mail.py" <"$work/mail/1.eml" >"$work/read"
  lines "$@" | diff - "$work/read" || complain 'reads otherwise'
}

digest_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

whole_mail() {
  printf '<p>heiß <img src="cid:plot.png">\n' >"$work/report.html"
  printf '\x89PNG\r\n\0' >"$work/plot.png"
  printf 'Zeit\n' >"$work/Meßwerte.csv"
  start_server
  printf 'Kessel 2\nist zu heiß\n' >"$work/text"
  compose --to 'Nacht, Tag <night@example.test>' --cc boss@example.test --bcc eve@example.test \
    --reply-to desk@example.test --subject 'Überhitzung' --text-file - \
    --html-file "$work/report.html" --inline "$work/plot.png" --attach "$work/Meßwerte.csv" \
    --header 'X-Site:  Kiel' --date 1795530248 --message-id '<1@example.test>' <"$work/text"
  exits 0
  reads 'from: Mote 17 <mote17@example.test>' 'reply-to: <desk@example.test>' \
    "to: <$recipient>" 'to: Nacht, Tag <night@example.test>' 'cc: <boss@example.test>' \
    'subject: Überhitzung' "date: $(LC_ALL=C date -d @1795530248 '+%a, %d %b %Y %H:%M:%S %z')" \
    'message-id: <1@example.test>' 'x-site: Kiel' 'auto-submitted: auto-generated' \
    "tree: ['multipart/mixed', ['multipart/alternative', 'text/plain', ['multipart/related',\
 'text/html', 'image/png']], 'text/csv']" \
    "text/plain: 'Kessel 2\\nist zu heiß'" \
    "text/html: '<p>heiß <img src=\"cid:plot.png\">'" \
    "file: plot.png image/png inline <plot.png> $(digest_of "$work/plot.png")" \
    "file: Meßwerte.csv text/csv attachment  $(digest_of "$work/Meßwerte.csv")"
  grep -c '^RCPT TO:' "$work/heard" | grep -qx 4 || complain 'other than four recipients'
  grep -q '^RCPT TO:<eve@example.test>' "$work/heard" || complain 'Bcc gets no mail'
  ! grep -q eve "$work/mail/1.eml" || complain 'Bcc is told'
}
check 'a mail is composed of texts, images, files and fields' whole_mail

plain_alert() {
  start_server
  compose --subject '94 degrees' --text 'Boiler 2 is too hot.'
  exits 0
  [[ $(grep -c . "$work/mail/1.eml") == 11 ]] || complain 'other than eleven lines'
  grep -qE $'^Message-ID: <1\\.[0-9A-F]{16}@mote\\.example\\.test>\r$' "$work/mail/1.eml" ||
    complain 'no Message-ID of its own'
  local said seconds
  said=$(sed -n 's/^Date: \(.*\)\r$/\1/p' "$work/mail/1.eml")
  seconds=$(($(date +%s) - $(date -d "$said" +%s)))
  ((seconds >= 0 && seconds < 60)) || complain "Date is $said"
}
check 'an alert of one line has a date and a name of its own' plain_alert

# Quotes and backslashes are the name's own: nobody takes them for those of RFC 5322.
literal_name() {
  start_server
  compose --to '"Kessel" \ 2\" <night@example.test>' --subject hot --text x
  exits 0
  reads 'from: Mote 17 <mote17@example.test>' "to: <$recipient>" \
    'to: "Kessel" \ 2\" <night@example.test>' 'subject: hot' \
    "$(grep_in_mail Date)" "$(grep_in_mail Message-ID)" \
    'auto-submitted: auto-generated' 'tree: text/plain' "text/plain: 'x'"
  grep -qF 'To: <'"$recipient"'>, "\"Kessel\" \\ 2\\\"" <night@example.test>' "$work/mail/1.eml" ||
    complain 'written otherwise'
}
grep_in_mail() { sed -n "s/^\($1\): \(.*\)\r$/\L\1\E: \2/p" "$work/mail/1.eml"; }
check 'quotes and backslashes in a name are taken literally' literal_name

html_from_input() {
  start_server
  printf '<p>heiß\n' >"$work/html"
  compose --subject hot --html-file - --text-file "$work/html" <"$work/html"
  exits 0
  grep -A 3 '^Content-Type: text/html; charset=utf-8' "$work/mail/1.eml" | tr -d '\r' >"$work/part"
  lines 'Content-Type: text/html; charset=utf-8' \
    'Content-Transfer-Encoding: quoted-printable' '' '<p>hei=C3=9F' | diff - "$work/part" ||
    complain 'other HTML'
  PYTHONIOENCODING=utf-8 "$here/../mime/read_mail.py" <"$work/mail/1.eml" |
    grep -qx "text/html: '<p>heiß'" || complain 'reads otherwise'
}
check 'HTML from standard input is sent' html_from_input

several() {
  start_server
  compose --subject hot --count 3
  exits 0
  [[ $(cat "$work"/mail/*.eml | grep -i '^message-id' | sort -u | wc -l) == 3 ]] ||
    complain 'two mails have one name'
}
check '--count gives each mail a name of its own' several

# dated TEXT EXPECTED
dated() {
  start_server
  TZ=Europe/Berlin compose --subject x --date "$1"
  exits 0
  grep -qx "Date: $2"$'\r' "$work/mail/1.eml" || complain "not: $2"
}
check 'a date is Unix seconds' dated 0 'Thu, 01 Jan 1970 01:00:00 +0100'
check 'a date is RFC 5322' dated 'Tue, 24 Nov 2026 14:24:08 -0330' 'Tue, 24 Nov 2026 14:24:08 -0330'
check 'a date is ISO 8601' dated 2026-11-24T14:24:08Z 'Tue, 24 Nov 2026 14:24:08 +0000'
check 'a date is ISO 8601 with a zone' dated 2026-11-24T14:24+05:30 'Tue, 24 Nov 2026 14:24:00 +0530'
check "a date without a zone is this machine's" \
  dated '2026-07-24 14:24:08' 'Fri, 24 Jul 2026 14:24:08 +0200'

# not_composed CODE LINE OPTION...: nothing is sent.
not_composed() {
  start_server
  compose "${@:3}"
  exits "$1"
  [[ $(head -n 1 "$work/err") == "mailmote-send: $2" ]] || complain "should have said: $2"
  heard
}
check '64: a date that is none' \
  not_composed 64 '--date needs Unix seconds, RFC 5322 or ISO 8601' --date yesterday
check '64: a field without a colon' not_composed 64 "--header needs 'Name: value'" --header X-Site
check '64: a whole mail, and parts of one' not_composed 64 \
  '--body and --subject and the like cannot both be given' --subject x --body "$mail"
check '64: two texts' not_composed 64 '--text and --text-file cannot both be given' \
  --text x --text-file "$mail"
check '64: standard input twice' not_composed 64 \
  '--text-file - and --html-file - cannot both be given' --text-file - --html-file -
check '65: a subject of two lines' \
  not_composed 65 'Subject cannot be written into a mail' --subject $'a\r\nBcc: b@example.test'
check '65: a name of two lines' \
  not_composed 65 'Cc cannot be written into a mail' --cc $'a\nb <a@example.test>'
check '65: a field that a mail makes itself' \
  not_composed 65 '--header subject cannot be written into a mail' --header 'subject: x'
check '65: a field whose name is none' \
  not_composed 65 '--header X Site cannot be written into a mail' --header 'X Site: x'
check '65: a text that is no UTF-8' not_composed 65 'text is no UTF-8' --text $'hei\xDF'
check '65: a name that is no UTF-8' not_composed 65 'Subject is no UTF-8' --subject $'hei\xDF'
check '65: a Message-ID that is none' \
  not_composed 65 'Message-ID cannot be written into a mail' --message-id 'a b@c'
check '66: a file that is not there' \
  not_composed 66 'cannot read /no/such/file: No such file or directory' --attach /no/such/file

odd_file_name() {
  : >"$work/a b.png"
  not_composed 65 'the file a b.png cannot be written into a mail' --html x --inline "$work/a b.png"
}
check '65: a file name that no cid: can say' odd_file_name

no_smtputf8() {
  start_server
  compose --subject x --reply-to 'jürgen@example.test'
  exits 65
  complains_of "not delivered: Reply-To has an address that needs SMTPUTF8$mend"
  heard 'EHLO mote.example.test' STARTTLS 'EHLO mote.example.test' QUIT
}
check '65: an address in the header that this server cannot take' no_smtputf8

growing_file() {
  start_server
  mkfifo "$work/fifo"
  echo 94 >"$work/fifo" &
  local writer=$!
  compose --subject x --attach "$work/fifo"
  wait "$writer"
  exits 0
  PYTHONIOENCODING=utf-8 "$here/../mime/read_mail.py" <"$work/mail/1.eml" |
    grep "^file: fifo .* $(echo 94 | sha256sum | cut -d ' ' -f 1)" >/dev/null ||
    complain 'the pipe was changed'
}
check 'a pipe can be attached' growing_file
