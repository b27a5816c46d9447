# SPDX-License-Identifier: BSL-1.0
# Dovecot as a judge of logins, and nothing else: one user, PLAIN and LOGIN. Sourced by servers that
# ask it over its socket.

# start_dovecot_auth DIR SOCKET OWNER: the server that asks runs as OWNER.
start_dovecot_auth() {
  local dir=$1 socket=$2 owner=$3 tries
  mkdir -p "$dir"
  chmod a+x "$dir"
  printf '%s:{PLAIN}%s\n' "$user" "$password" >"$dir/users"
  chown root:dovecot "$dir/users"
  chmod 640 "$dir/users"
  cat >"$dir/dovecot.conf" <<END
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/log
protocols =
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = $dir/users
}
service anvil { # it makes those who guessed wrong wait: longer each time
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener $socket {
    user = $owner
    mode = 0600
  }
}
END
  dovecot -F -c "$dir/dovecot.conf" &
  remember $!
  for ((tries = 0; tries < 200; tries++)); do
    [[ -S $socket ]] && return 0
    sleep 0.05
  done
  echo "Dovecot does not answer at $socket:" >&2
  cat "$dir/log" >&2
  return 1
}
