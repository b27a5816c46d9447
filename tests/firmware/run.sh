#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run.sh BUILD_DIR: runs the firmware of BUILD_DIR/firmware in QEMU, against a real Postfix on
# loopback. Each way in which a mail can fail is told by QEMU's exit code. Images of other releases of
# the libraries, BUILD_DIR/firmware/RELEASES/MACHINE.elf, send their mails too; and so does the
# application on a network that loses packets, BUILD_DIR/firmware/lossy. Writes what was measured to
# BUILD_DIR/firmware/MACHINE.figures, and ends with `N passed, N failed`. Needs root, as Postfix does.
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

(($# == 1)) || give_up 'usage: run.sh BUILD_DIR'
build=$(cd "$1" && pwd) || exit 1
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
  local result=$? name="$subject: $1"
  if ((result == 0)); then
    ((++passed))
    echo "ok - $name"
  else
    ((++failed))
    echo "not ok - $name"
    sed 's/^/#   /' "$work/said" "$work/errors"
  fi
}

# run ARGUMENT...: the exit code of $image on $machine; what it printed is in $work/said.
run() {
  if [[ $machine == lossy ]]; then
    timeout 100 "$image" "$@" >"$work/said" 2>"$work/errors"
    return
  fi
  local model=lan9118 arguments=arg=firmware
  [[ $machine != lm3s* ]] || model=stellaris
  arguments+=$(printf ',arg=%s' "$@")
  timeout 60 qemu-system-arm -M "$machine" -display none -monitor none -serial null \
    -icount shift=0 -chardev stdio,id=console \
    -semihosting-config "enable=on,target=native,chardev=console,$arguments" \
    -nic "user,model=$model" -kernel "$image" >"$work/said" 2>"$work/errors" </dev/null
}

ends_with() { # ends_with CODE FATE ARGUMENT...: and leaves no mail; any fate will do for *
  local wanted=$1 fate=$2 code
  shift 2
  run "$@"
  code=$?
  ((code == wanted)) || echo "ended with $code instead of $wanted" >>"$work/said"
  # shellcheck disable=SC2053  # a pattern
  ((code == wanted)) && [[ $(sed -n 's/, error .*//p' "$work/said") == $fate && -z $(delivered) ]]
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

# Each exchange at least once: by either version of TLS, with either kind of key.
check_mails() {
  delivers port="${port[tls13]}"
  verdict 'a mail over TLS 1.3'
  cp "$work/said" "$build/firmware/$figures.figures"
  delivers port="${port[tls12]}" ip=dhcp
  verdict 'a mail over TLS 1.2, with an address by DHCP'
  sed 's/^/1.2: /' "$work/said" >>"$build/firmware/$figures.figures"
  delivers port="${port[rsa_chain]}"
  verdict 'a mail over TLS 1.3, the chain with RSA-2048'
  sed 's/^/rsa: /' "$work/said" >>"$build/firmware/$figures.figures"
}

check_failures() {
  ends_with "$(errc tls_unknown_ca)" "not delivered" port="${port[unknown_ca]}"
  verdict 'a server by another CA gets nothing'
  ends_with "$(errc tls_name_mismatch)" "not delivered" port="${port[wrong_name]}"
  verdict 'a server of another name gets nothing'
  ends_with "$(errc tls_unavailable)" "not delivered" port="${port[no_starttls]}"
  verdict 'a server without STARTTLS gets nothing'
  ends_with "$(errc stream_failed)" "not delivered" port="$(free_port)"
  verdict 'a port that refuses'

  local octets
  through nothing 0
  delivers port="$relay_port"
  verdict 'a mail through a relay'
  wait "$relay"
  octets=$(tail -n 1 "$work/relay")
  through reset $((octets - 2000)) # lwIP may have the rest already, or not
  ends_with "$(errc stream_failed)" '*' port="$relay_port"
  verdict 'a reset in the middle of the message'
  through stall $((octets - 2000))
  ends_with "$(errc timeout)" '*' port="$relay_port"
  verdict 'a server that stalls in the middle of the message'
  through stall $((octets - 100)) # of the last packet, and the QUIT behind it
  ends_with "$(errc timeout)" unknown port="$relay_port"
  verdict 'a server that stalls at the end of the message'
  ends_with 250 '' test=overflow
  verdict 'a stack that is too deep is a fault, and nothing worse'
}

# What is lost is sent again, and nothing arrives twice.
check_loss() {
  local loss seed lost=0
  for loss in 2 5 10; do
    for seed in 1 2 3 4 5; do
      delivers port="${port[tls13]}" loss=$loss seed=$seed
      verdict "a mail where $loss % of the packets are lost ($(tail -n 1 "$work/said"))"
      ((lost += $(sed -n 's/^lost \([0-9]*\) of .*/\1/p' "$work/said")))
    done
  done
  ((lost >= 10))
  verdict "$lost packets were lost in all"
}

# One turn: of what is in $build/firmware at this path.
begin() {
  image=$build/firmware/$1 machine=$(basename "$1" .elf) subject=${1%.elf} figures=${1%.elf}
  began=$SECONDS
  [[ -x $image ]] || give_up "$image is not built"
}

server_start "$work/postfix" "$build/pki" || give_up 'Postfix does not start'
for name in mps2-an385 mps2-an500 lm3s6965evb; do
  begin "$name.elf"
  check_mails
  check_failures
  echo "# $subject: $((SECONDS - began)) s"
done
for path in "$build"/firmware/mps2-an386.elf "$build"/firmware/*/*.elf; do
  [[ -e $path ]] || continue
  begin "${path#"$build/firmware/"}"
  check_mails
done
begin lossy
check_loss
echo "# lossy: $((SECONDS - began)) s"
subject='all machines'
((SECONDS < 300))
verdict "in less than five minutes ($SECONDS s)"
echo "$passed passed, $failed failed"
((failed == 0))
