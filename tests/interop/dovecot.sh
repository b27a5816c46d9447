# SPDX-License-Identifier: BSL-1.0
# Dovecot's submission service on loopback, which knows OAuth tokens, and gives what it takes to a
# Postfix behind it. Sourced by run.sh, whose first comment says what a server script provides.

source "$interop/postfix.sh"

logins='scram-sha-256 scram-sha-1 cram-md5 plain login oauthbearer xoauth2 external keys'
rows_of_server=logins
flaws='reads_refused_chunk falls_over_next_mail'
received_lines=2 # its own, and Postfix's

server_needs() {
  command -v postfix >/dev/null || echo postfix
  [[ -x /usr/lib/dovecot/submission ]] || echo dovecot-submissiond
}

postfix_ports() {
  echo 'relay -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=no' \
    '-o smtpd_client_restrictions=permit_mynetworks,reject' \
    '-o smtpd_relay_restrictions=permit_mynetworks,reject'
}
login_judge() { :; }
start_login_judge() { :; }

server_start() {
  local tries
  dovecot=$1/dovecot pki=$2
  install -d -m 711 "$1"
  install -d -m 755 "$dovecot" "$dovecot/keys" "$dovecot/keys/default/HS256"
  install -d -o nobody -m 700 "$dovecot/home"
  # One password is kept as SCRAM-SHA-256 wants it: `{SCRAM-SHA-256}count,salt,...`.
  kept_for=keys@example.test
  kept=$(doveadm -c /dev/null pw -s SCRAM-SHA-256 -p "$password") || return 1
  printf '%s\n' "$user:{PLAIN}$password" "$kept_for:$kept" >"$dovecot/users"
  printf %s "$token_key" | base64 -w 0 >"$dovecot/keys/default/HS256/default"
  chown root:dovecot "$dovecot/users"
  chmod 640 "$dovecot/users"
  client_certificate=$dovecot/client.pem client_key=$pki/client_only.key
  openssl req -new -key "$client_key" -subj "/CN=$user" 2>/dev/null |
    openssl x509 -req -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -set_serial 17 -days 2 \
      -out "$client_certificate" 2>/dev/null || return 1
  cat >"$dovecot/tokens" <<END
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dovecot/keys/
username_attribute = sub
issuers = $token_issuer
END
  for tries in 1 2 3; do # a port that was free may be taken before Dovecot has it
    start_postfix "$1" "$2" && await_greetings || return 1
    server_log=$dovecot/log relay_port=${port[relay]}
    port=()
    port[starttls]=$(free_port)
    write_dovecot_conf
    : >"$server_log"
    dovecot -F -c "$dovecot/conf" &
    remember $!
    await_greetings && return
    grep -q 'Address already in use' "$server_log" || break
    end_processes
  done
  cat "$server_log" >&2
  return 1
}

# Each command that it hears is in its log: with auth_debug before the login, with mail_debug after.
write_dovecot_conf() {
  cat >"$dovecot/conf" <<END
base_dir = $dovecot/run
state_dir = $dovecot/state
log_path = $server_log
protocols = submission
listen = 127.0.0.1
hostname = mail.example.test
ssl = required
ssl_cert = <$pki/good.pem
ssl_key = <$pki/good.key
ssl_ca = <$pki/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_username_from_cert = yes
ssl_cert_username_field = commonName
submission_relay_host = 127.0.0.1
submission_relay_port = $relay_port
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 external
auth_failure_delay = 0
auth_debug = yes
mail_debug = yes
mail_location = maildir:$dovecot/home
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = $dovecot/tokens
}
passdb {
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
  args = $dovecot/users
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$dovecot/home
}
service submission-login {
  inet_listener submission {
    port = ${port[starttls]}
  }
}
service anvil { # it makes those who guessed wrong wait: longer each time
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
END
}

server_version() { dovecot --version | sed 's/^\([^ ]*\).*/Dovecot \1/'; }

# The client's port is the session's name. Whoever has logged in is handed from one process to another,
# with a goodbye that is none. Answers to challenges are not in the log.
server_events() {
  log_since_mark | awk '
    match($0, /smtp-server: conn [^ ]* \[[0-9]*\]: /) {
      id = $0
      sub(/.* conn [^ ]*:/, "", id)
      sub(/ .*/, "", id)
      text = substr($0, RSTART + RLENGTH)
      if (text == "Connection created" && / submission-login: /) {
        print id, "open"
        newest = id
      }
      if (sub(/^Received new command: /, "", text)) print id, "C:", text
      if (sub(/^(command [A-Z]*: [0-9]* reply: )?Sent: /, "", text)) print id, "S:", text
      if (text ~ /unfinished AUTH command/) handed_on[id] = 1
      if (text == "Connection destroy" && !handed_on[id]) print id, "close"
      if (text == "Connection destroy") handed_on[id] = 0
    }
    / service\(submission\): child .* killed / { print newest, "close" }'
}
