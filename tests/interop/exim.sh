# SPDX-License-Identifier: BSL-1.0
# Exim on loopback, with GnuTLS inside: unpacked, as its package and Postfix's exclude each other.
# Sourced by run.sh, whose first comment says what a server script provides.

source "$interop/unpacked.sh"

pipelining=yes
chunking=yes
unused='PRDR PIPECONNECT'
completes_header=yes
logins='cram-md5 plain login'

server_needs() {
  is_unpacked exim || unpack exim bookworm exim4-daemon-heavy exim4-base libidn12 libspf2-2 \
    libmariadb3 || echo exim4-daemon-heavy
}

# How each port differs from the others: its certificate and what GnuTLS may speak there.
exim_ports() {
  cat <<END
starttls         good        NORMAL
implicit         good        NORMAL
tls12            good        NORMAL:-VERS-ALL:+VERS-TLS1.2
tls13            good        NORMAL:-VERS-ALL:+VERS-TLS1.3
no_pipelining    good        NORMAL
utf8             good        NORMAL
eight_bit        good        NORMAL
no_starttls      good        NORMAL
no_auth          good        NORMAL
small            good        NORMAL
wrong_name       wrong_name  NORMAL
chain            chain       NORMAL
rsa              rsa         NORMAL
expired          expired     NORMAL
expired_implicit expired     NORMAL
END
}

server_start() {
  local tries name certificate
  exim=$1 pki=$2
  server_log=$exim/log mailbox=$exim/mail
  lay_out exim Debian-exim:64001 >/dev/null
  install -d -m 711 "$exim"
  install -d -o 64001 -g 64001 -m 700 "$exim/spool" "$mailbox" "$mailbox/new"
  install -d -o 64001 -g 64001 -m 700 "$exim/logs" "$exim/tls"
  while read -r name certificate _; do
    install -o 64001 -m 400 "$pki/$certificate.pem" "$exim/tls/$name.pem"
    install -o 64001 -m 400 "$pki/$certificate.key" "$exim/tls/$name.key"
  done < <(exim_ports)
  for tries in 1 2 3; do # a port that was free may be taken before Exim has it
    write_exim_conf
    : >"$server_log"
    # What it hears and says is in its debugging output only.
    (as_installed exim exim4 -C "$exim/conf" -bdf \
      -d-all+receive+pid >"$server_log" 2>&1) &
    remember $!
    await_greetings && return
    grep -q 'Address already in use' "$server_log" || break
    end_processes
  done
  tail -n 20 "$server_log" "$exim"/logs/* >&2
  return 1
}

# A process for each of a thousand recipients would take its time.
to_maildir() {
  printf '  %s\n' 'driver = appendfile' maildir_format "directory = $mailbox" return_path_add \
    envelope_to_add
}

write_exim_conf() {
  local name priorities all=() on_connect=()
  port=()
  : >"$exim/names" >"$exim/priorities"
  while read -r name _ priorities; do
    port[$name]=$(free_port)
    all+=("${port[$name]}")
    [[ $name != *implicit ]] || on_connect+=("${port[$name]}")
    echo "${port[$name]}: $name" >>"$exim/names"
    echo "$name: $priorities" >>"$exim/priorities"
  done < <(exim_ports)
  local at="\${lookup{\$received_port}lsearch{$exim/names}}"
  cat >"$exim/conf" <<END
spool_directory = $exim/spool
log_file_path = $exim/logs/%s
primary_hostname = mail.example.test
qualify_domain = example.test
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
disable_ipv6
deliver_drop_privilege
local_interfaces = 127.0.0.1
daemon_smtp_ports = $(IFS=: && echo "${all[*]}")
tls_on_connect_ports = $(IFS=: && echo "${on_connect[*]}")
tls_advertise_hosts = \${if eq{$at}{no_starttls}{}{*}}
tls_certificate = $exim/tls/$at.pem
tls_privatekey = $exim/tls/$at.key
tls_require_ciphers = \${lookup{$at}lsearch{$exim/priorities}}
auth_advertise_hosts = \${if or{{eq{$at}{no_auth}}{and{{eq{\$tls_in_cipher}{}}{!eq{$at}{no_starttls}}}}}{}{*}}
pipelining_advertise_hosts = \${if eq{$at}{no_pipelining}{}{*}}
chunking_advertise_hosts = *
dsn_advertise_hosts = *
prdr_enable
smtputf8_advertise_hosts = \${if eq{$at}{eight_bit}{}{*}}
message_size_limit = \${if eq{$at}{small}{$small_limit}{100000000}}
smtp_accept_max = 0
smtp_accept_queue_per_connection = 0
remote_max_parallel = 1
queue_run_max = 0
acl_smtp_mail = authenticated
acl_smtp_rcpt = known
acl_smtp_data = any

begin acl
authenticated:
  accept authenticated = *
  deny message = log in first
known:
  accept verify = recipient
  deny message = nobody of that name
any:
  accept

begin routers
inbox:
  driver = accept
  domains = example.test
  local_parts = mote17 : ops : night : jürgen
  transport = maildir
team:
  driver = accept
  domains = example.test
  local_parts = \N^ops[0-9]+\$\N
  transport = maildir_of_team

begin transports
maildir:
$(to_maildir)
maildir_of_team:
$(to_maildir)
  batch_max = 1000

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{$user}}{eq{\$auth3}{$password}}}}
  server_set_id = \$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{\$auth1}{$user}}{eq{\$auth2}{$password}}}}
  server_set_id = \$auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = \${if eq{\$auth1}{$user}{$password}fail}
  server_set_id = \$auth1
END
}

server_version() {
  (as_installed exim exim4 -C "$exim/conf" -bV) | sed -n '1s/ version//; 1s/ #.*//p'
}

# Exim's process is the session's name.
server_events() {
  log_since_mark | sed -n '
    s/^ *\([0-9]*\) SMTP<< /\1 C: /p
    s/^ *\([0-9]*\) SMTP>> /\1 S: /p
    s/^ *\([0-9]*\) postfork: daemon-accept$/\1 open/p
    s/^ *\([0-9]*\) >.* (daemon-accept) terminating .*/\1 close/p
    s/^ *\([0-9]*\)   <= .* X=\(TLS\)\([0-9.]*\):.*/\1 TLS: \2v\3/p'
}

server_has_delivered() { [[ -z $(find "$exim/spool/input" -type f -print -quit 2>/dev/null) ]]; }
