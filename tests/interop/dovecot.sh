# SPDX-License-Identifier: BSL-1.0
# Dovecot's submission service on loopback, which knows OAuth tokens, and gives what it takes to a
# Postfix behind it. Sourced by run.sh, whose first comment says what a server script provides.

source "$interop/postfix.sh"

logins='scram-sha-256 scram-sha-1 cram-md5 plain login oauthbearer xoauth2'
rows_of_server=logins

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
  dovecot=$1/dovecot
  start_postfix "$1" "$2" && await_greetings || return 1
  relay_port=${port[relay]} server_log=$dovecot/log
  install -d -m 755 "$dovecot" "$dovecot/keys" "$dovecot/keys/default/HS256"
  install -d -o nobody -m 700 "$dovecot/home"
  printf '%s:{PLAIN}%s\n' "$user" "$password" >"$dovecot/users"
  printf %s "$token_key" | base64 -w 0 >"$dovecot/keys/default/HS256/default"
  chown root:dovecot "$dovecot/users"
  chmod 640 "$dovecot/users"
  cat >"$dovecot/tokens" <<END
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dovecot/keys/
username_attribute = sub
issuers = mail.example.test
END
  for tries in 1 2 3; do # a port that was free may be taken before Dovecot has it
    port=()
    port[starttls]=$(free_port)
    write_dovecot_conf
    : >"$server_log"
    dovecot -F -c "$dovecot/conf" &
    remember $!
    await_greetings && return
    grep -q 'Address already in use' "$server_log" || break
    end_last_process
  done
  cat "$server_log" >&2
  return 1
}

# What it hears is not in its log; each login that reaches its judge is, with auth_debug.
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
submission_relay_host = 127.0.0.1
submission_relay_port = $relay_port
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2
auth_failure_delay = 0
auth_verbose = yes
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
