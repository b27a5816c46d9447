# SPDX-License-Identifier: BSL-1.0
# aiosmtpd on loopback: no PIPELINING, few enhanced codes, and mail stored just as it came. Sourced
# by run.sh, whose first comment says what a server script provides.

pipelining=no
completes_header=no
logins='plain login'
debian_python=/usr/bin/python3 # another one does not know Debian's modules

server_needs() { "$debian_python" -c 'import aiosmtpd' 2>/dev/null || echo python3-aiosmtpd; }

# A port's name, and its certificate.
aiosmtpd_ports() {
  printf '%s\n' 'starttls good' 'implicit good' 'tls12 good' 'tls13 good' 'no_starttls good' \
    'no_auth good' 'utf8 good' 'eight_bit good' 'small good' 'wrong_name wrong_name' 'chain chain' 'rsa rsa' 'expired expired' \
    'expired_implicit expired'
}

server_start() {
  local tries
  aiosmtpd=$1 pki=$2
  server_log=$aiosmtpd/log mailbox=$aiosmtpd/mail
  mkdir -p "$mailbox/new"
  for tries in 1 2 3; do # a port that was free may be taken before the server has it
    write_aiosmtpd_config
    : >"$server_log"
    "$debian_python" "$interop/aiosmtpd_server.py" "$aiosmtpd/config" >"$aiosmtpd/out" 2>&1 &
    remember $!
    await_greetings && return
    grep -q 'address already in use' "$aiosmtpd/out" || break
    end_processes
  done
  cat "$aiosmtpd/out" >&2
  return 1
}

write_aiosmtpd_config() {
  local name certificate ports='' certificates=''
  port=()
  while read -r name certificate; do
    port[$name]=$(free_port)
    ports+="\"$name\": ${port[$name]}, "
    certificates+="\"$name\": \"$pki/$certificate\", "
  done < <(aiosmtpd_ports)
  cat >"$aiosmtpd/config" <<END
{"ports": {${ports%, }}, "certificates": {${certificates%, }}, "log": "$server_log",
 "mailbox": "$mailbox", "user": "$user", "password": "$password", "small": $small_limit}
END
}

server_version() {
  "$debian_python" -c 'import aiosmtpd; print("aiosmtpd", aiosmtpd.__version__)'
}

server_events() { log_since_mark; }

server_has_delivered() { true; } # before it says 250
