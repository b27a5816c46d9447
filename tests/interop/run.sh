#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR: sends mail with BUILD_DIR/mailmote-send through real servers on loopback, and
# reads it back from their mailboxes. Needs root, as the servers do.
#
# The checks are written once (checks.sh). A server is one script, which provides
#
#   server_needs           prints the packages that are missing on this machine
#   server_start DIR PKI   starts it with all its state in DIR and awaits its greetings; sets
#                          port[...] for all that the checks name, $server_log, and $mailbox, a
#                          Maildir
#   server_version         prints its name and version
#   server_is_at_rest      whether all sessions since the mark are over and all mail is delivered
#   server_lines           prints each line that a client sent since the mark, secrets too
#   server_dialogues       prints the commands of each session since the mark, a line a session:
#                          `EHLO STARTTLS EHLO AUTH MAIL RCPT*3 DATA QUIT`
#   server_tls_versions    prints the TLS version of each session since the mark that reached it
#   server_message FILE    prints a delivered mail without the lines that the server put on top
#   server_reverse_path FILE, server_recipient FILE   print a delivered mail's envelope
#
# The mark is where in the log a check began.
set -uo pipefail

servers=(postfix)

user=mote17@example.test
password='correct horse battery staple'
sender=mote17@example.test
small_limit=100000 # octets in a message, on the ports named small...

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin # where the servers are; not every shell looks there
export LC_ALL=C
declare -A port=()

source "$interop/processes.sh"
source "$interop/loopback.sh"
source "$interop/mails.sh"
source "$interop/expectations.sh"
source "$interop/checks.sh"

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

log_since_mark() { tail -c "+$((mark + 1))" "$server_log"; }

(($# == 1)) || give_up 'usage: run.sh BUILD_DIR'
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

for server in "${servers[@]}"; do
  source "$interop/$server.sh"
  missing=$(server_needs)
  [[ -z $missing ]] || give_up "missing packages: ${missing//$'\n'/ }"
  server_start "$work/$server" "$work/pki" || give_up "$server does not start"
  echo "# $(server_version)"
  run_checks
  end_processes
done

finish
