# SPDX-License-Identifier: BSL-1.0
# The mails that are sent. Each is two files: NAME.sent is what mailmote-send is given, and
# NAME.expected what must lie in the mailbox, where lines end in LF. Sourced by run.sh.

# All that a server could find missing is there, so that none adds to it.
header() {
  printf '%s\r\n' "Subject: $1" "From: <$sender>" "Date: $date" "Message-ID: <$message_id>" ''
}
date='Mon, 23 Nov 2026 07:00:00 +0000'
message_id=alert@example.test

# A mail whose lines end in CRLF, the last one too: only the line ends change on the way.
mail_of_lines() {
  cat >"$1.sent"
  sed 's/\r$//' "$1.sent" >"$1.expected"
}

# make_mails DIR: needs $sender and $small_limit.
make_mails() (
  set -e
  export LC_ALL=C
  mkdir -p "$1"
  cd "$1"

  { header 'Alert' && printf 'The pump is too hot.\r\n'; } | mail_of_lines small

  {
    header 'Dots'
    printf '%s\r\n' . .. ... .x ..x x. . . '' .. '. ' ' .' '.QUIT' . '..' 'a.' '...' '' .
  } | mail_of_lines dots

  # Every octet but NUL, which RFC 5321 forbids, and the line ends.
  {
    header 'Octets'
    for octet in {1..255}; do
      ((octet == 10 || octet == 13)) || printf "\\x$(printf %x "$octet")"
    done
    printf '\r\n\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\xA5\r\n'
  } | mail_of_lines eight_bit

  # RFC 5321 4.5.3.1.6: a line of 1000 octets with its CRLF, before its first dot is doubled.
  {
    header 'Long lines'
    awk 'BEGIN {
      for (i = 0; i < 990; i++) row = row "x"
      printf "%s12345678\r\n.%s1234567\r\n.......%s.\r\n12345678%s\r\n", row, row, row, row
    }'
  } | mail_of_lines long_lines

  # What breaks a careless client: dots first, dots alone, all octets, long and blank lines, and line
  # ends of all kinds.
  {
    header 'Tricky'
    printf '%s\r\n' . .. '' .x '' "$(printf '.%.0s' {1..997})" '' '\' 'From here' '>From there'
    printf '\xC3\xA4\x80\xFF\t\x01\x7F \r\n.\n.\r.\n\n\r\n. \r\n'
  } >tricky.sent
  {
    header 'Tricky' | sed 's/\r$//'
    printf '%s\n' . .. '' .x '' "$(printf '.%.0s' {1..997})" '' '\' 'From here' '>From there'
    printf '\xC3\xA4\x80\xFF\t\x01\x7F \n.\n.\n.\n\n\n. \n'
  } >tricky.expected

  # At least ten million octets; lines of all lengths up to 200, every third begins with a dot.
  {
    header 'Ten megabytes'
    awk 'BEGIN {
      for (i = 0; i < 200; i++) row = row sprintf("%c", 33 + i % 94)
      for (octets = 0; octets < 10500000; octets += length(line) + 2) {
        line = (n % 3 ? "" : ".") n++ " " substr(row, 1, n * 7919 % 200)
        printf "%s\r\n", line
      }
    }'
  } | mail_of_lines ten_megabytes

  { header 'Too large' && awk -v n="$small_limit" 'BEGIN {
      for (octets = 0; octets <= n; octets += 62)
        printf "%s\r\n", "every line of this log has sixty octets, and there are many ."
    }'; } | mail_of_lines too_large

  # RFC 5321 2.3.8 knows one line end; ready-made text has others. CR CR LF is two.
  { header 'Line ends' && printf 'LF\n.LF\nCR\r.CR\rtwo CR\r\rCR CR LF\r\r\nLF CR\n\rend\r\n'; } \
    >line_ends.sent
  { header 'Line ends' | sed 's/\r$//' && printf '%s\n' LF .LF CR .CR 'two CR' '' 'CR CR LF' '' \
    'LF CR' '' end; } >line_ends.expected

  { header 'No last line end' && printf 'first\r\n.last'; } >no_final_newline.sent
  { header 'No last line end' | sed 's/\r$//' && printf '%s\n' first .last; } \
    >no_final_newline.expected

  { header 'Last line end is a CR' && printf 'first\r\n.\r'; } >final_cr.sent
  { header 'Last line end is a CR' | sed 's/\r$//' && printf '%s\n' first .; } >final_cr.expected

  : >empty.sent
  : >empty.expected

  { header Unix | sed 's/\r$//' && printf '%s\n' one '' . .. last; } >unix.expected
  cp unix.expected unix.sent
)
