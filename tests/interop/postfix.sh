# SPDX-License-Identifier: BSL-1.0
# A strict Postfix on loopback, its whole state in one folder, its logins judged by Dovecot. Sourced
# by run.sh, whose first comment says what a server script provides.

source "$interop/dovecot_auth.sh"

pipelining=yes
chunking=yes
unused='VRFY ETRN'
completes_header=no
logins='plain login'

server_needs() {
  command -v postfix >/dev/null || echo postfix
  command -v dovecot >/dev/null || echo dovecot-core
}

with_certificate() { echo "-o smtpd_tls_chain_files=$pki/$1.key,$pki/$1.pem"; }

# One line a port: its name, and how it differs from main.cf.
postfix_ports() {
  cat <<END
starttls
implicit             -o smtpd_tls_wrappermode=yes
tls12                -o smtpd_tls_mandatory_protocols=TLSv1.2
tls13                -o smtpd_tls_mandatory_protocols=TLSv1.3
no_pipelining        -o smtpd_discard_ehlo_keywords=pipelining
utf8                 -o smtputf8_enable=yes
eight_bit            -o smtputf8_enable=no
seven_bit            -o smtpd_discard_ehlo_keywords=8bitmime,smtputf8
no_starttls          -o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no
no_auth              -o smtpd_sasl_auth_enable=no
small                -o message_size_limit=$small_limit
small_and_silent     -o message_size_limit=$small_limit -o smtpd_discard_ehlo_keywords=size
wrong_name           $(with_certificate wrong_name)
chain                $(with_certificate chain)
rsa                  $(with_certificate rsa)
rsa_chain            $(with_certificate rsa_chain) -o smtpd_tls_mandatory_protocols=TLSv1.3
unknown_ca           $(with_certificate unknown)
expired              $(with_certificate expired)
expired_implicit     $(with_certificate expired) -o smtpd_tls_wrappermode=yes
END
}

server_start() { start_postfix "$1" "$2" && await_greetings && tells_faults; }

start_postfix() {
  local tries
  postfix=$1 pki=$2
  server_log=$postfix/log mailbox=$postfix/mail/inbox
  install -d -m 711 "$postfix" "$postfix/etc" "$postfix/spool"
  install -d -o postfix -m 700 "$postfix/data"
  install -d -o nobody -m 700 "$postfix/mail" "$mailbox" "$mailbox/new"
  write_main_cf
  for tries in 1 2 3; do # a port that was free may be taken before Postfix has it
    write_master_cf
    : >"$server_log"
    postfix -c "$postfix/etc" start >"$postfix/start" 2>&1 && break
    if ((tries == 3)) || ! grep -q 'Address already in use' "$server_log"; then
      cat "$postfix/start" "$server_log" >&2
      return 1
    fi
  done
  remember "$(tr -d ' ' <"$postfix/spool/pid/master.pid")"
  start_login_judge
}

# Who judges logins: its lines of main.cf, and how it starts.
login_judge() { printf '%s\n' 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth'; }
start_login_judge() {
  start_dovecot_auth "$postfix/dovecot" "$postfix/spool/private/auth" postfix
}

# A parameter that this Postfix does not know would be passed over in silence, and faults with it.
tells_faults() {
  local early bare
  early=$(converse no_starttls $'EHLO mote\r\nMAIL FROM:<>\r\n')
  bare=$(converse no_starttls $'EHLO mote\r\n' \
    "AUTH PLAIN $(base64_of "\0$user\0$password")"$'\r\n' \
    $'MAIL FROM:<>\r\n' $'RCPT TO:<ops@example.test>\r\n' $'DATA\r\n' $'bare\nLF\r\n.\r\n')
  if [[ $early != *$'\n554 5.5.0 '* || $bare != *$'\n550 5.5.2 '* ]]; then
    printf '%s\n' 'Postfix is not strict:' "$early" "$bare" >&2
    return 1
  fi
}

# Strict where Postfix can be, so that a client's faults show; and it keeps every octet it is given.
write_main_cf() {
  cat >"$postfix/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $postfix/spool
data_directory = $postfix/data
maillog_file = $server_log
maillog_file_prefixes = /
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.example.test
mydestination =
alias_maps =
mynetworks = 127.0.0.1/32
disable_dns_lookups = yes
smtpd_peername_lookup = no
default_transport = error:this server delivers here and nowhere else

virtual_mailbox_domains = example.test
virtual_mailbox_maps = regexp:$postfix/etc/mailboxes
virtual_mailbox_base = $postfix/mail
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
local_header_rewrite_clients =
message_drop_headers =
disable_mime_input_processing = yes
message_size_limit = 100000000
virtual_mailbox_limit = 0
in_flow_delay = 0

smtpd_forbid_bare_newline = reject
smtpd_forbid_bare_newline_exclusions =
smtpd_forbid_unauth_pipelining = yes
strict_rfc821_envelopes = yes
smtpd_helo_required = yes
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unlisted_recipient
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
anvil_rate_time_unit = 1s

smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = $pki/good.key, $pki/good.pem
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
smtpd_sasl_auth_enable = yes
$(login_judge)
smtpd_sasl_security_options = noanonymous
END
  echo '/^(mote17|ops|night|jürgen|ops[0-9]+)@example\.test$/ inbox/' >"$postfix/etc/mailboxes"
}

# smtpd -v writes every line that it hears and says to the log, which is what the checks read.
write_master_cf() {
  local name options
  port=()
  {
    while read -r name options; do
      port[$name]=$(free_port)
      echo "127.0.0.1:${port[$name]} inet n - n - - smtpd -v $options"
    done < <(postfix_ports)
    cat <<END
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
virtual unix - n n - - virtual
error unix - - n - - error
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
showq unix n - n - - showq
END
  } >"$postfix/etc/master.cf"
}

server_version() { postconf -c "$postfix/etc" -h mail_version | sed 's/^/Postfix /'; }

# smtpd's process is the session's name.
server_events() {
  log_since_mark | sed -n '
    s/^.* postfix\/smtpd\[\([0-9]*\)\]: < [^ ]*: /\1 C: /p
    s/^.* postfix\/smtpd\[\([0-9]*\)\]: > [^ ]*: /\1 S: /p
    s/^.* postfix\/smtpd\[\([0-9]*\)\]: connect from .*/\1 open/p
    s/^.* postfix\/smtpd\[\([0-9]*\)\]: disconnect from .*/\1 close/p
    s/^.* postfix\/smtpd\[\([0-9]*\)\]: .*TLS connection established from .*: \(TLSv[0-9.]*\) .*/\1 TLS: \2/p'
}

server_has_delivered() {
  [[ -z $(find "$postfix"/spool/{maildrop,incoming,active,deferred} -type f -print -quit) ]]
}
