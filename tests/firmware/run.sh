#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR [MACHINE...]: runs the firmware of BUILD_DIR/firmware in QEMU, against a real
# Postfix on loopback. Each way in which a mail can fail is told by QEMU's exit code. Writes what was
# measured to BUILD_DIR/firmware/MACHINE.figures, and ends with `N passed, N failed`. Needs root, as
# Postfix does.
set -uo pipefail

user=mote17@example.test
password='correct horse battery staple'
small_limit=100000

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
interop=$(dirname "$here")/interop
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C
declare -A port=()
source "$interop/processes.sh"
source "$interop/mailbox.sh"
source "$interop/loopback.sh"
source "$interop/expectations.sh"
source "$interop/postfix.sh"

give_up() {
  echo "run.sh: $*" >&2
  exit 1
}

(($# > 0)) || give_up 'usage: run.sh BUILD_DIR [MACHINE...]'
build=$(cd "$1" && pwd) || exit 1
shift
machines=("$@")
((${#machines[@]} > 0)) || machines=(mps2-an385 mps2-an500 lm3s6965evb)
((EUID == 0)) || give_up 'needs root, as Postfix does'
for program in qemu-system-arm postfix dovecot python3 openssl; do
  command -v "$program" >/dev/null || give_up "no $program"
done

work=$(mktemp -d) || give_up 'no temporary folder'
trap 'end_processes; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 711 "$work"

# The number of an errc is its place in the list.
errc() {
  sed -n '/^enum class.*errc/,/^};/p' "$here/../../include/mailmote/error.hpp" |
    sed -n 's/^ *\([a-z_0-9]*\)\( = 0\)\?,.*/\1/p' | awk -v name="$1" '$1 == name { print NR - 1 }'
}

passed=0
failed=0
verdict() { # verdict NAME: of the command before
  if (($? == 0)); then
    ((++passed))
    echo "ok - $machine: $1"
  else
    ((++failed))
    echo "not ok - $machine: $1"
    sed 's/^/#   /' "$work/said" "$work/errors"
  fi
}

# run ARGUMENT...: the firmware's exit code; what it printed is in $work/said.
run() {
  local model=lan9118 arguments=arg=firmware
  [[ $machine != lm3s* ]] || model=stellaris
  arguments+=$(printf ',arg=%s' "$@")
  timeout 60 qemu-system-arm -M "$machine" -display none -monitor none -serial null \
    -icount shift=0 -chardev stdio,id=console \
    -semihosting-config "enable=on,target=native,chardev=console,$arguments" \
    -nic "user,model=$model" -kernel "$build/firmware/$machine.elf" >"$work/said" 2>"$work/errors" </dev/null
}

ends_with() { # ends_with CODE ARGUMENT...: and leaves no mail
  local wanted=$1 code
  shift
  run "$@"
  code=$?
  ((code == wanted)) || echo "ended with $code instead of $wanted" >>"$work/said"
  ((code == wanted)) && [[ -z $(delivered) ]]
}

delivers() { # delivers ARGUMENT...: one mail, and the right one
  local tries mails=()
  run "$@" || { echo "ended with $?" >>"$work/said"; return 1; }
  for ((tries = 0; tries < 100; ++tries)); do
    mapfile -t mails < <(delivered)
    ((${#mails[@]} == 0)) || break
    sleep 0.05
  done
  ((${#mails[@]} == 1)) || { echo "${#mails[@]} mails" >>"$work/said"; return 1; }
  "$here/judge_alert.py" "${mails[0]}" >>"$work/said" 2>&1
  local result=$?
  rm -f "${mails[@]}"
  return "$result"
}

# through WHAT OCTETS: starts a relay before the server that does that; its port is $relay_port.
through() {
  rm -f "$work/relay"
  "$here/faulty_relay.py" "${port[tls13]}" "$1" "$2" >"$work/relay" 2>&1 &
  relay=$!
  remember "$relay"
  until [[ -s $work/relay ]]; do sleep 0.02; done
  relay_port=$(head -n 1 "$work/relay")
}

check_machine() {
  delivers port="${port[tls13]}"
  verdict 'a mail over TLS 1.3'
  cp "$work/said" "$build/firmware/$machine.figures"
  delivers port="${port[tls12]}" ip=dhcp
  verdict 'a mail over TLS 1.2, with an address by DHCP'
  delivers port="${port[rsa_chain]}"
  verdict 'a mail over TLS 1.3, the chain with RSA-2048'
  sed 's/^/rsa: /' "$work/said" >>"$build/firmware/$machine.figures"

  ends_with "$(errc tls_unknown_ca)" port="${port[unknown_ca]}"
  verdict 'a server by another CA gets nothing'
  ends_with "$(errc tls_name_mismatch)" port="${port[wrong_name]}"
  verdict 'a server of another name gets nothing'
  ends_with "$(errc tls_unavailable)" port="${port[no_starttls]}"
  verdict 'a server without STARTTLS gets nothing'
  ends_with "$(errc stream_failed)" port="$(free_port)"
  verdict 'a port that refuses'

  local octets
  through nothing 0
  delivers port="$relay_port"
  verdict 'a mail through a relay'
  wait "$relay"
  octets=$(tail -n 1 "$work/relay")
  through reset $((octets - 2000))
  ends_with "$(errc stream_failed)" port="$relay_port"
  verdict 'a reset in the middle of the message'
  through stall $((octets - 2000))
  ends_with "$(errc timeout)" port="$relay_port"
  verdict 'a server that stalls in the middle of the message'
  ends_with 250 test=overflow
  verdict 'a stack that is too deep is a fault, and nothing worse'
}

server_start "$work/postfix" "$build/pki" || give_up 'Postfix does not start'
for machine in "${machines[@]}"; do
  began=$SECONDS
  check_machine
  echo "# $machine: $((SECONDS - began)) s"
done
echo "$passed passed, $failed failed"
((failed == 0))
