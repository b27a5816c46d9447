# SPDX-License-Identifier: BSL-1.0
# Free ports of 127.0.0.1, and the wait until somebody greets there. Sourced by run.sh.

# A port that nobody uses now, below those that the kernel gives to clients, and not given before.
free_port() {
  local candidate
  while :; do
    candidate=$((20000 + SRANDOM % 12000))
    printf ' %s ' "${port[@]}" | grep -q " $candidate " && continue
    grep -qi "^ *[0-9]*: [0-9a-f]*:$(printf %04x "$candidate") " /proc/net/tcp /proc/net/tcp6 \
      2>/dev/null || break
  done
  echo "$candidate"
}

# What the server says first at a port; through TLS at the `implicit` ones.
greeting() {
  if [[ $1 == *implicit ]]; then
    echo QUIT | timeout 5 openssl s_client -quiet -crlf -connect "127.0.0.1:${port[$1]}"
  else
    converse "$1" $'QUIT\r\n'
  fi 2>/dev/null
}

# converse PORT TEXT...: waits for a reply before each text, and prints all replies.
converse() {
  local text line socket
  exec {socket}<>"/dev/tcp/127.0.0.1/${port[$1]}" || return
  shift
  for text in "$@" ''; do
    while IFS= read -r -t 5 line <&"$socket"; do
      echo "$line"
      [[ $line == ???-* ]] || break
    done
    printf '%s' "$text" >&"$socket"
  done
  exec {socket}>&-
}

# A port that is open says little; a greeting says that the server works.
await_greetings() {
  local name tries
  for name in "${!port[@]}"; do
    for ((tries = 1; ; tries++)); do
      [[ $(greeting "$name") == 220* ]] && break
      if ((tries == 100)); then
        echo "no greeting at the port $name" >&2
        return 1
      fi
      sleep 0.1
    done
  done
}
