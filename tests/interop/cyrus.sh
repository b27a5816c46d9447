# SPDX-License-Identifier: BSL-1.0
# The same Postfix, its logins judged by Cyrus SASL from a database of its own. Sourced by run.sh,
# whose first comment says what a server script provides.

source "$interop/postfix.sh"

logins='scram-sha-256 scram-sha-1 cram-md5 plain login'
rows_of_server=logins

server_needs() {
  command -v postfix >/dev/null || echo postfix
  command -v saslpasswd2 >/dev/null || echo sasl2-bin
  compgen -G '/usr/lib/*/sasl2/libscram.so' >/dev/null || echo libsasl2-modules
}

postfix_ports() {
  cat <<END
starttls
no_starttls          -o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no
END
}

# Debian's Postfix looks in its own folder; another's, where it is told to.
login_judge() { printf '%s\n' 'smtpd_sasl_type = cyrus' "cyrus_sasl_config_path = $postfix/etc/sasl"; }

start_login_judge() {
  install -d -m 711 "$postfix/etc/sasl"
  cat >"$postfix/etc/sasl/smtpd.conf" <<END
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $postfix/etc/sasl/users
mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
END
  printf %s "$password" | saslpasswd2 -p -c -f "$postfix/etc/sasl/users" -u "${user#*@}" "${user%@*}" &&
    chown postfix "$postfix/etc/sasl/users"
}

server_version() {
  echo "$(postconf -c "$postfix/etc" -h mail_version | sed 's/^/Postfix /'), Cyrus SASL" \
    "$(saslauthd -v 2>&1 | sed -n 's/^saslauthd //p')"
}
