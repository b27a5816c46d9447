# SPDX-License-Identifier: BSL-1.0
# Mails that mailmote-send composes, as Python's email package reads them in the mailbox. Sourced by
# run.sh.

compose_subject='Überhitzung: 94 °C im Kessel 2, und das seit mehr als einer halben Stunde 🔥'

# make_files DIR: what is attached.
make_files() (
  set -e
  mkdir -p "$1"
  cd "$1"
  printf '\x89PNG\r\n\x1a\n\0' >plot.png
  printf 'Zeit;Wert\n07:00;94\n' >'Meßwerte €.csv'
  for octet in {0..255} {255..0}; do printf "\\x$(printf %x "$octet")"; done >octets.bin
)

digest_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

# compose PORT OPTION...: the mail that expected_mail describes, but for OPTION...
compose() {
  local files=$work/files
  from='Möte 17 <mote17@example.test>' send "$1" \
    --to 'Öps, Nacht <ops@example.test>' --cc night@example.test --bcc ops1@example.test \
    --subject "$compose_subject" --text $'Kessel 2 ist zu heiß.\n.\nFrom: nobody\n' \
    --html '<p>Kessel 2 <img src="cid:plot.png"></p>' --inline "$files/plot.png" \
    --attach "$files/Meßwerte €.csv" --attach "$files/octets.bin" --header 'X-Site: Kiel' \
    --date '2026-11-23T08:00:00+01:00' --message-id alert@example.test "${@:2}"
}

expected_mail() {
  local files=$work/files
  cat <<END
from: Möte 17 <mote17@example.test>
to: Öps, Nacht <ops@example.test>
cc: <night@example.test>
subject: $compose_subject
date: Mon, 23 Nov 2026 08:00:00 +0100
message-id: <alert@example.test>
x-site: Kiel
auto-submitted: auto-generated
tree: ['multipart/mixed', ['multipart/alternative', 'text/plain', ['multipart/related', 'text/html', 'image/png']], 'text/csv', 'application/octet-stream']
text/plain: 'Kessel 2 ist zu heiß.\n.\nFrom: nobody'
text/html: '<p>Kessel 2 <img src="cid:plot.png"></p>'
file: plot.png image/png inline <plot.png> $(digest_of "$files/plot.png")
file: Meßwerte €.csv text/csv attachment  $(digest_of "$files/Meßwerte €.csv")
file: octets.bin application/octet-stream attachment  $(digest_of "$files/octets.bin")
END
}

read_mail() { message_in "$1" | PYTHONIOENCODING=utf-8 /usr/bin/python3 "$interop/../mime/read_mail.py"; }

# composes PORT OPTION...: arrives at all three, and reads as it was meant.
composes() {
  local file
  compose "$@"
  exits 0
  [[ $(delivered | wc -l) == 3 ]] || complain 'not delivered to three'
  while read -r file; do
    read_mail "$file" | diff <(expected_mail) - || complain 'reads otherwise'
    ! message_in "$file" | grep -q ops1 || complain 'Bcc is told'
  done < <(delivered)
}

# says_of_mail PARAMETERS: what each MAIL says behind SIZE.
says_of_mail() {
  local said
  said=$(server_lines | sed -n 's/^MAIL FROM:<.*> SIZE=[0-9]*//p')
  [[ $said == "$1" ]] || complain "MAIL says:$said"
}

# composes_as PORT PARAMETERS
composes_as() {
  composes "$1"
  says_of_mail "$2"
}

# 7bit means what it says.
composes_seven_bit() {
  local file
  composes_as seven_bit ''
  while read -r file; do
    ! message_in "$file" | LC_ALL=C grep -qP '[\x80-\xFF]' || complain 'an octet over 127'
  done < <(delivered)
}

# An address that is not ASCII: raw UTF-8 in the header.
composes_utf8() {
  local file
  send "$1" --to 'Jürgen <jürgen@example.test>' --subject 'Überhitzung' --text 'heiß'
  exits 0
  says_of_mail ' BODY=8BITMIME SMTPUTF8'
  file=$(delivered)
  message_in "$file" | grep -q '^To: Jürgen <jürgen@example.test>$' || complain 'header is not raw'
  read_mail "$file" | grep '^subject: Überhitzung$' >/dev/null || complain 'subject was changed'
}

# A ready-made mail, too.
sends_utf8() {
  local address=jürgen@example.test
  send "$1" --to "$address" --body "$work/mails/eight_bit.sent"
  exits 0
  says_of_mail ' BODY=8BITMIME SMTPUTF8'
  arrived eight_bit "$address"
}

# composes_no_utf8 PORT
composes_no_utf8() {
  send "$1" --to 'Jürgen <jürgen@example.test>' --subject 'Überhitzung' --text 'heiß'
  exits 65
  says 'SMTPUTF8'
  nothing_arrived
}

# Fifty megabytes that no compressor likes, under four megabytes of memory: its own, as what it has of
# its libraries' files depends on who else uses them.
fifty_megabytes() {
  local file=$work/files/'Protokoll ü.bin' peak=0 now
  head -c 50000000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 >"$file" 2>/dev/null
  send "$1" --to ops@example.test --subject '50 MB' --attach "$file" &
  while kill -0 $! 2>/dev/null; do
    now=$(pgrep -x mailmote-send | while read -r pid; do
      sed -n 's/^RssAnon:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null
    done | sort -n | tail -n 1) || true
    ((${now:-0} <= peak)) || peak=$now
    sleep 0.02
  done
  wait $! || return
  read_mail "$(delivered)" | grep "^file: Protokoll ü.bin .* $(digest_of "$file")$" >/dev/null ||
    complain 'the file was changed'
  ((peak > 0 && peak < 4096)) || complain "a peak of $peak KB"
  echo "$peak" >"$work/peak"
}

# What every server must do with a composed mail.
run_composed_rows() { row 'composed: text, HTML, image, files' composes starttls; }

run_composed_checks() {
  at seven_bit check 'a composed mail arrives without 8BITMIME and SMTPUTF8, in ASCII' \
    composes_seven_bit
  at eight_bit check 'a composed mail arrives with 8BITMIME, and without SMTPUTF8' \
    composes_as eight_bit ''
  at utf8 check 'SMTPUTF8 is not asked for where no address needs it' \
    composes_as utf8 ''
  at utf8 check 'an address in UTF-8 has its header in UTF-8' composes_utf8 utf8
  at utf8 check 'a ready-made mail arrives at an address in UTF-8' sends_utf8 utf8
  at seven_bit check 'an address in UTF-8 gets no mail without SMTPUTF8' composes_no_utf8 seven_bit
  at eight_bit check 'nor does it with 8BITMIME alone' composes_no_utf8 eight_bit
  at seven_bit check 'a file of 50 MB arrives, in less than 4 MB of memory' fifty_megabytes seven_bit
  [[ ! -e $work/peak ]] || echo "# peak: $(<"$work/peak") KB"
  rm -f "$work/peak"
}
