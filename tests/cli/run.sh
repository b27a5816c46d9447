#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR: what mailmote-send does for its user, seen from both ends: its output and exit
# code, and all that the demo server has heard. Each check starts a server of its own.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: run.sh BUILD_DIR}" && pwd) || exit
top=$(mktemp -d)
work=$top
server_pid=
pids=()
trap 'stop_server; ((${#pids[@]})) && kill "${pids[@]}" 2>/dev/null; rm -rf "$top"' EXIT
source "$here/../support/demo_server.sh"
source "$here/expectations.sh"

for needed in mailmote-send demo_server pki/ca.pem; do
  if [[ ! -e $build/$needed ]]; then
    echo "not ok - $build/$needed is missing"
    echo '0 passed, 1 failed'
    exit 1
  fi
done

begin_silence
source "$here/delivery.sh"
source "$here/command_line.sh"
source "$here/exit_codes.sh"
source "$here/composing.sh"
source "$here/trust.sh"
source "$here/logins.sh"
source "$here/parameters.sh"
end_silence

echo "$passed passed, $failed failed"
((failed == 0))
