#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR [SERVER...]: sends mail with BUILD_DIR/mailmote-send through real servers on
# loopback, and reads it back from their mailboxes. Ends with three tables: what all of them must do, how
# few round trips each bears, and how each lets in. Needs root, as the servers do.
#
# The checks are written once (checks.sh). A server is one script, which provides
#
#   pipelining             yes or no: whether it offers PIPELINING
#   chunking               yes, if it offers CHUNKING
#   flaws                  of those that flights.sh names
#   unused                 extensions that it must offer and mailmote must pass over
#   completes_header       yes or no: whether it puts something into a mail that has no header
#   logins                 the mechanisms that it offers, as logins.sh wants them
#   rows_of_server         `logins` where it is asked for nothing else
#   received_lines         how many Received it puts on top of a mail, if not one
#   server_needs           prints the packages that are missing on this machine
#   server_start DIR PKI   starts it with all its state in DIR and awaits its greetings; sets
#                          port[...] for what the checks name, $server_log, and $mailbox, a Maildir
#   server_version         prints its name and version
#   server_events          prints what happened since the mark, as sessions.sh describes it
#   server_has_delivered   whether all mail that was taken is in the mailbox
#
# The mark is where in the log a check began.
set -uo pipefail

servers=(postfix exim aiosmtpd opensmtpd cyrus dovecot)
mail_servers=() # those of them that are asked for more than logins

user=mote17@example.test
password='correct horse battery staple'
sender=mote17@example.test
small_limit=100000 # octets in a message, on the ports named small...

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin # where the servers are; not every shell looks there
export LC_ALL=C
declare -A port=()

source "$interop/processes.sh"
source "$interop/sessions.sh"
source "$interop/mailbox.sh"
source "$interop/loopback.sh"
source "$interop/mails.sh"
source "$interop/expectations.sh"
source "$interop/checks.sh"
source "$interop/composed.sh"
source "$interop/chunks.sh"
source "$interop/flights.sh"
source "$interop/notifications.sh"
source "$interop/logins.sh"

give_up() {
  echo "run.sh: $*" >&2
  exit 1
}

# Servers drop their privileges, and must still find their way to their files.
is_open_to_all() {
  local folder=$1
  while [[ $folder != / ]]; do
    [[ $(stat -c %A "$folder") == *[xt] ]] || return 1
    folder=$(dirname "$folder")
  done
}

(($# > 0)) || give_up 'usage: run.sh BUILD_DIR [SERVER...]'
(($# == 1)) || servers=("${@:2}")
mailmote_send=$(cd "$1" 2>/dev/null && pwd)/mailmote-send
[[ -x $mailmote_send ]] || give_up "$1/mailmote-send is not built"
((EUID == 0)) || give_up 'needs root, as the servers do'
command -v openssl >/dev/null || give_up 'missing package: openssl'

work=$(mktemp -d) || give_up 'no temporary folder'
trap 'end_processes; rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
chmod 711 "$work"
is_open_to_all "$work" || give_up "$work: the servers' users cannot get there; set TMPDIR"

"$interop/../support/pki.sh" "$work/pki" >"$work/pki.log" 2>&1 ||
  give_up "no certificates: $(cat "$work/pki.log")"
make_mails "$work/mails" || give_up 'the mails cannot be written'
make_files "$work/files" || give_up 'the files cannot be written'

for server in "${servers[@]}"; do
  rows_of_server=all received_lines=1 chunking=no flaws='' unused=''
  source "$interop/$server.sh"
  missing=$(server_needs)
  [[ -z $missing ]] || give_up "missing packages: ${missing//$'\n'/ }"
  server_start "$work/$server" "$work/pki" || give_up "$server does not start"
  mark=0
  server_comes_to_rest || give_up "$server does not come to rest after its greetings"
  echo "# $(server_version)"
  run_login_rows
  run_flight_rows
  if [[ $rows_of_server == all ]]; then
    mail_servers+=("$server")
    run_rows
    run_chunk_rows
    run_notification_rows
    run_composed_rows
    run_checks
    run_chunk_checks
    run_composed_checks
  fi
  end_processes
done

finish
