#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# demo.sh BUILD_DIR: sends an alert to a small server on this machine, and shows how it travels.
set -u
build=$(cd "$1" && pwd) || exit
work=$(mktemp -d)
source "$(dirname "$0")/demo_server.sh"
trap 'stop_server; rm -rf "$work"' EXIT

cat >"$work/alert.eml" <<'MAIL'
From: Boiler 2 <mote17@example.test>
To: Operations <ops@example.test>
Subject: 94 degrees

Boiler 2 is too hot.
..and a line that begins with two dots stays as it is.
MAIL

start_server --user mote17 --pass correct-horse || exit

cat <<WORDS
mailmote-send brings an alert to a small mail server on 127.0.0.1, port $port. Nothing leaves
this machine. You will see the dialogue in clear, and the mail as it arrived. From STARTTLS on,
all is encrypted on the way: the server proves by its certificate, issued a moment ago by a
throwaway authority, that it is "localhost"; only then does the client log in.

WORDS
MAILMOTE_PASSWORD=correct-horse "$build/mailmote-send" --host localhost --port "$port" \
  --ca "$build/pki/ca.pem" --user mote17 --helo mote17.example.test --from mote17@example.test \
  --to ops@example.test --body "$work/alert.eml" --verbose
code=$?
if ((code != 0)); then
  echo "mailmote-send ended with $code"
  exit "$code"
fi

echo
echo "The mail as the server has it:"
echo
sed 's/^/  | /' "$work/mail/1.eml" | tr -d '\r'
