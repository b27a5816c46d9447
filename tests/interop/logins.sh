# SPDX-License-Identifier: BSL-1.0
# How mailmote-send logs in: each mechanism at each server that has it. A server's $logins are those
# that it offers, the strongest for a password first; and `keys`, where it keeps SCRAM's keys instead of
# a password. Sourced by run.sh.

# What Dovecot's tokens are signed with, and who signs them.
token_key='a key of some thirty-two octets'
token_issuer=mail.example.test

base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# write_token FILE [CLAIM]: a JSON Web Token for the user (RFC 7519), good for an hour.
write_token() {
  local now claims signed
  now=$(date +%s)
  claims='{"iss":"%s","sub":"%s","iat":%d,"exp":%d%s}'
  # shellcheck disable=SC2059  # it is the format
  signed=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(
    printf "$claims" "$token_issuer" "$user" "$now" "$((now + 3600))" "${2-}" | base64url)
  printf '%s.%s\n' "$signed" "$(printf %s "$signed" |
    openssl dgst -sha256 -hmac "$token_key" -binary | base64url)" >"$1"
}

# The mechanism of each AUTH that the server heard.
auths() { server_lines | sed -n 's/^AUTH \([^ ]*\).*/\1/p'; }

# logged_in_by NAME: tried once, said in the dialogue, and no secret shown: of what the client says,
# nothing is there but what is known.
logged_in_by() {
  [[ $(auths) == "$1" ]] || complain "the server should have heard one AUTH $1"
  says "^C: AUTH $1( [*]{4})?\$"
  says "^-- the login is $1\$"
  ! grep '^C: ' "$work/out" | grep -vE '^C: (EHLO mote17\.example\.test|STARTTLS|QUIT|DATA)$' |
    grep -vE "^C: (AUTH $1( [*]{4})?|[*]{4}|MAIL FROM:<$sender>.*|RCPT TO:<ops@example\.test>)?\$" ||
    complain 'a secret is shown'
  showed_no_secret
}

# logs_in HOW NAME OPTION...
logs_in() {
  send starttls --to ops@example.test --body "$work/mails/small.sent" --verbose --auth "$1" "${@:3}"
  exits 0
  logged_in_by "$2"
  arrived small ops@example.test
}

# Accounts are locked by those who guess, and by a client that tries all that it knows.
tries_once() {
  local how
  for how in auto $logins; do
    case $how in xoauth2 | oauthbearer | external | keys) continue ;; esac
    mark=$(stat -c %s "$server_log")
    secret='wrong horse' send starttls --to ops@example.test --body "$work/mails/small.sent" \
      --auth "$how"
    exits 77
    says 'user name or password is wrong'
    [[ $(auths | wc -l) == 1 ]] || complain "more than one AUTH with --auth $how"
    nothing_arrived
  done
}

# refuses_token HOW NAME STATUS: STATUS is what the server's JSON has to say.
refuses_token() {
  send starttls --to ops@example.test --body "$work/mails/small.sent" --verbose --auth "$1" \
    --token-file "$work/files/token.wrong"
  exits 77
  logged_in_by "$2"
  says 'refuses the access token'
  says "^mailmote-send: the server says of the login: \\{.*$3.*\\}\$"
  heard 'EHLO STARTTLS EHLO AUTH QUIT'
  nothing_arrived
}

# For the user $kept_for, whose password the server has as $kept, `{SCRAM-SHA-256}count,salt,...`.
has_derived_keys() {
  local count salt
  IFS=, read -r count salt _ <<<"${kept#*\}}"
  send starttls --to ops@example.test --body "$work/mails/small.sent" --user "$kept_for" --verbose
  exits 0
  says "^-- the login is SCRAM-SHA-256$"
  rm -f "$mailbox"/new/*
  mkdir -p "$work/keys"
  MAILMOTE_PASSWORD=$password "$mailmote_send" --derive-scram-keys --user "$kept_for" --salt "$salt" \
    --iterations "$count" >"$work/keys/keys.hpp" || complain 'no keys'
  # shellcheck disable=SC2046  # flags are words
  "${CXX:-g++}" -std=c++20 "-I$interop/../../include" "-I$work/keys" \
    "$interop/derived_keys.cpp" -o "$work/keys/device" $(pkg-config --cflags --libs wolfssl)
  mark=$(stat -c %s "$server_log")
  "$work/keys/device" "${port[starttls]}" "$work/pki/ca.pem" "$kept_for" >"$work/out" 2>&1 ||
    complain 'the device cannot send'
  server_comes_to_rest
  [[ $(auths) == SCRAM-SHA-256 ]] || complain 'not by SCRAM-SHA-256'
  arrived small ops@example.test
}

has_login() { [[ " $logins " == *" $1 "* ]]; }
upper() { echo "${1^^}"; }

# login_row NAME MECHANISM COMMAND...: a row of the second table, with - where the server does not
# have the mechanism.
login_row() {
  local name=$1 how=$2
  shift 2
  [[ " ${login_rows[*]/%/|}" == *" $name|"* ]] || login_rows+=("$name")
  login_cells[$name,$server]=-
  ! has_login "$how" || cell_of login_cells "$name" "$@"
}

run_login_rows() {
  local how strongest=${logins%% *} token="$work/files/token"
  write_token "$token"
  write_token "$token.long" ",\"scope\":\"$(printf 'mail.send %.0s' {1..250})\""
  { cut -d . -f 1,2 "$token" | tr -d '\n' && printf '.%s\n' "$(printf wrong | base64url)"; } \
    >"$token.wrong"
  for how in plain login cram-md5 scram-sha-1 scram-sha-256; do
    login_row "$how" "$how" logs_in "$how" "$(upper "$how")"
  done
  for how in xoauth2 oauthbearer; do
    login_row "$how" "$how" logs_in "$how" "$(upper "$how")" --token-file "$token"
    login_row "$how, a token of 3 KB" "$how" \
      logs_in "$how" "$(upper "$how")" --token-file "$token.long"
  done
  login_row external external logs_in external EXTERNAL --cert "${client_certificate-}" \
    --key "${client_key-}"
  login_row 'scram-sha-256, keys for a password' keys has_derived_keys
  login_row 'auto, with a certificate' external logs_in auto EXTERNAL \
    --cert "${client_certificate-}" --key "${client_key-}"
  login_row 'auto, with a password' "$strongest" logs_in auto "$(upper "$strongest")"
  login_row 'auto, with a token' oauthbearer logs_in auto OAUTHBEARER --token-file "$token"
  login_row 'a wrong password, tried once' "$strongest" tries_once
  login_row 'xoauth2, a token refused' xoauth2 refuses_token xoauth2 XOAUTH2 '"status":"401"'
  login_row 'oauthbearer, a token refused' oauthbearer \
    refuses_token oauthbearer OAUTHBEARER '"status":"invalid_token"'
}
