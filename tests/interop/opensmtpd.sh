# SPDX-License-Identifier: BSL-1.0
# OpenSMTPD on loopback: no PIPELINING, and texts of its own. Unpacked, as its paths are compiled in
# and its package and Postfix's exclude each other. Sourced by run.sh, whose first comment says what
# a server script provides.

source "$interop/unpacked.sh"

pipelining=no
completes_header=yes
logins='plain login'
flaws=forgets_envelope

# Debian 12's own release cannot serve TLS with its OpenSSL.
server_needs() {
  is_unpacked opensmtpd || unpack opensmtpd bookworm-backports opensmtpd || echo opensmtpd
}

opensmtpd_ports() {
  cat <<END
starttls         tls-require pki "good" auth <logins>
implicit         smtps pki "good" auth <logins>
tls12            tls-require pki "good" auth <logins> protocols "tlsv1.2"
tls13            tls-require pki "good" auth <logins> protocols "tlsv1.3"
no_starttls
no_auth          tls-require pki "good"
wrong_name       tls-require pki "wrong_name" auth <logins>
chain            tls-require pki "chain" auth <logins>
rsa              tls-require pki "rsa" auth <logins>
expired          tls-require pki "expired" auth <logins>
expired_implicit smtps pki "expired" auth <logins>
END
}

server_start() {
  local tries var
  opensmtpd=$1 pki=$2
  server_log=$opensmtpd/log mailbox=$opensmtpd/mail
  install -d -m 711 "$opensmtpd" "$opensmtpd/keys"
  install -d -o 64004 -g 64004 -m 700 "$mailbox"
  install -m 600 "$pki"/*.key "$pki"/*.pem "$opensmtpd/keys"
  var=$(lay_out opensmtpd opensmtpd:64002 opensmtpq:64003 inbox:64004)/var
  install -d -m 711 "$var" "$var/run" "$var"/spool{,/smtpd} "$var"/lib{,/opensmtpd{,/empty}}
  for tries in 1 2 3; do # a port that was free may be taken before OpenSMTPD has it
    write_smtpd_conf
    : >"$server_log"
    (as_installed opensmtpd smtpd -d -f "$opensmtpd/conf" -T smtp \
      >"$server_log" 2>&1) &
    remember $!
    await_greetings && return
    grep -q 'Address already in use' "$server_log" || break
    end_processes
  done
  tail -n 20 "$server_log" >&2
  return 1
}

write_smtpd_conf() {
  local name options certificate
  port=()
  {
    for certificate in good wrong_name chain rsa expired; do
      echo "pki \"$certificate\" cert \"$opensmtpd/keys/$certificate.pem\""
      echo "pki \"$certificate\" key \"$opensmtpd/keys/$certificate.key\""
    done
    echo "table logins { \"$user\" = \"$(openssl passwd -6 "$password")\" }"
    echo "table known file:$opensmtpd/known"
    echo "table names { \"@example.test\" = inbox }"
    while read -r name options; do
      port[$name]=$(free_port)
      echo "listen on 127.0.0.1 port ${port[$name]} hostname mail.example.test $options"
    done < <(opensmtpd_ports)
    echo 'smtp max-message-size "100000000"'
    echo "action inbox maildir \"$mailbox\" virtual <names>"
    echo 'match auth from any for rcpt-to <known> action inbox'
  } >"$opensmtpd/conf"
  printf '%s@example.test\n' mote17 ops night ops{1..200} >"$opensmtpd/known"
}

server_version() { (as_installed opensmtpd smtpd -h) 2>&1 | sed -n 's/^version: //p'; }

# A session is known by its address in the log's trace, and by a number in its other lines.
server_events() {
  log_since_mark | awk '
    $1 == "smtp:" && / STATE_NEW -> / { newest = $2; print $2, "open" }
    $1 == "smtp:" && $3 == "<<<" { print $2, "C:", substr($0, index($0, "<<< ") + 4) }
    $1 == "smtp:" && $3 == ">>>" { print $2, "S:", substr($0, index($0, ">>> ") + 4) }
    $2 == "smtp" && $3 == "connected" { session[$1] = newest }
    $2 == "smtp" && $3 == "tls" && split($4, cipher, /[=:]/) { print session[$1], "TLS:", cipher[2] }
    $2 == "smtp" && $3 == "disconnected" { print session[$1], "close" }'
}

server_has_delivered() {
  [[ -z $(find "$work"/opensmtpd.root/var/spool/smtpd/queue -type f -print -quit) ]]
}
