# SPDX-License-Identifier: BSL-1.0
# What becomes of a mail that asks for a delivery status notification (RFC 3461), and of the extensions
# that a server offers and mailmote has no use for. Sourced by run.sh.

# With DSN, MAIL and RCPT carry what was asked for, and the notification has it.
asks_for_notification() {
  local file line tries told
  send starttls --to ops@example.test --body "$work/mails/small.sent" --verbose \
    --dsn-notify success,failure --dsn-return headers --envid alert-17
  if ! grep -q '^S: 250[- ]DSN' "$work/out"; then
    exits 69
    heard 'EHLO STARTTLS EHLO AUTH QUIT'
    says 'lacks an extension that was asked for: DSN'
    nothing_arrived
    shows -
    return
  fi
  exits 0
  diff - <(server_lines | grep -E '^(MAIL FROM|RCPT TO):<') <<END || complain 'the server heard something else'
MAIL FROM:<$sender> SIZE=$(stat -c %s "$work/mails/small.sent") RET=HDRS ENVID=alert-17
RCPT TO:<ops@example.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;ops@example.test
END
  for ((tries = 0; tries < 100; tries++)); do # some are sent when the queue is next looked at
    (($(delivered | wc -l) < 2)) || break
    sleep 0.1
  done
  file=$(envelopes | awk -v sender="$sender" '$3 == "<>" && $4 == sender { print $1 }')
  [[ -n $file ]] || complain 'no notification'
  told=('Final-Recipient: rfc822; *ops@example\.test' 'Action: delivered')
  if has_flaw forgets_envelope; then
    ! grep -q alert-17 "$file" || complain 'the notification has the envelope id'
    shows 'no ENVID'
  else
    told+=('Original-Envelope-Id: alert-17' 'Original-Recipient: rfc822; *ops@example\.test')
  fi
  for line in "${told[@]}"; do
    grep -qiE "^$line\$" "$file" || complain "the notification lacks $line: $(<"$file")"
  done
  rm "$file"
  arrived small ops@example.test
}

# passes_over KEYWORD...: it is offered, and the mail is as always.
passes_over() {
  local keyword
  sends starttls "$over_starttls" small --verbose
  for keyword in "$@"; do says "^S: 250[- ]$keyword\$"; done
}

run_notification_rows() {
  row 'a notification is asked for' asks_for_notification
  # shellcheck disable=SC2086  # words
  [[ -z $unused ]] || check "$unused: offered, and not used" passes_over $unused
}
