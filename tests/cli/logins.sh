# SPDX-License-Identifier: BSL-1.0
# Every login, as the server hears it; and what becomes of one that fails. The server knows PLAIN and
# LOGIN: what it says to others is told to it. Sourced by run.sh.

hello=('EHLO mote.example.test' STARTTLS 'EHLO mote.example.test')
token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtb3RlMTcifQ.c2lnbmF0dXJl
xoauth2_response=$(base64_of 'user=%s\1auth=Bearer %s\1\1' "$user" "$token")
oauthbearer_response=$(base64_of 'n,a=%s,\1host=localhost\1auth=Bearer %s\1\1' "$user" "$token")

# logs_in_with LINE... -- SERVER_OPTION... -- OPTION...: the server heard these lines, and a mail.
logs_in_with() {
  local said=() server=()
  while [[ $1 != -- ]]; do said+=("$1") && shift; done
  shift
  while [[ $1 != -- ]]; do server+=("$1") && shift; done
  shift
  start_server "${server[@]}"
  send --user "$user" --verbose "$@"
  exits 0
  { lines "${hello[@]}" "${said[@]}" && transaction && echo QUIT; } >"$work/expected"
  heard_all "$work/expected"
  shows_masks
  took "$mail"
}

# is_refused CODE COMPLAINT LINE... -- SERVER_OPTION... -- OPTION...: those lines, and no mail.
is_refused() {
  local code=$1 complaint=$2 said=() server=()
  shift 2
  while [[ $1 != -- ]]; do said+=("$1") && shift; done
  shift
  while [[ $1 != -- ]]; do server+=("$1") && shift; done
  shift
  start_server "${server[@]}"
  send --user "$user" "$@"
  exits "$code"
  mapfile -t complaints <<<"$complaint"
  complains_of "${complaints[@]}"
  heard "${hello[@]}" "${said[@]}" QUIT
  took
}

# Of what a client says in a login, nothing is shown but masks.
shows_masks() {
  local line
  sed -n '/^C: AUTH/,/^S: 235/p' "$work/out" | grep '^C: ' >"$work/login"
  [[ -s $work/login ]] || complain 'no login is shown'
  ! grep -vE '^C: (AUTH [A-Z0-9-]+( \*{4})?|\*{4})?$' "$work/login" || complain 'a secret is shown'
  for line in "$password" "$token" "$xoauth2_response" "$oauthbearer_response"; do
    ! grep -qF -- "$line" "$work/out" "$work/err" || complain "a secret is shown: $line"
  done
}

with_token() {
  printf '%s \r\n\n' "$token" >"$work/token" # what is no part of it, is left out
  "${@:1:$#-1}" --token-file "${!#/%FILE/$work/token}"
}
xoauth2() {
  with_token logs_in_with "AUTH XOAUTH2 $xoauth2_response" -- \
    --mechanisms 'PLAIN XOAUTH2' --answer 'AUTH=235 2.7.0 welcome' -- --auth xoauth2 FILE
  grep -qx -- '-- the login is XOAUTH2' "$work/out" || complain 'which login?'
}
check 'XOAUTH2 says user name and token' xoauth2

oauthbearer() {
  with_token logs_in_with "AUTH OAUTHBEARER $oauthbearer_response" -- \
    --mechanisms 'PLAIN OAUTHBEARER' --answer 'AUTH=235 2.7.0 welcome' -- --auth oauthbearer FILE
}
check 'OAUTHBEARER says user name, host and token' oauthbearer

token_from_input() {
  with_token logs_in_with "AUTH XOAUTH2 $xoauth2_response" -- \
    --mechanisms XOAUTH2 --answer 'AUTH=235 2.7.0 welcome' -- - < <(echo "$token")
}
check 'a token comes from standard input' token_from_input

chooses_oauthbearer() {
  MAILMOTE_PASSWORD=$password with_token logs_in_with "AUTH OAUTHBEARER $oauthbearer_response" -- \
    --mechanisms 'PLAIN LOGIN XOAUTH2 OAUTHBEARER' --answer 'AUTH=235 2.7.0 welcome' -- FILE
}
check 'auto: of two logins with a token, OAUTHBEARER; of a password in the environment, nothing' \
  chooses_oauthbearer

# RFC 2195: the challenge is the key's message.
cram_md5_response() {
  base64_of '%s %s' "$user" \
    "$(printf %s "$1" | openssl dgst -md5 -hmac "$password" | sed 's/.* //')"
}
cram_md5=(--answer "AUTH=334 $(base64_of '<1896.697170952@demo>')" --answer 'OTHER=235 2.7.0 welcome')
check 'CRAM-MD5 answers a challenge' logs_in_with \
  'AUTH CRAM-MD5' "$(cram_md5_response '<1896.697170952@demo>')" -- \
  --mechanisms CRAM-MD5 "${cram_md5[@]}" -- --pass "$password" --auth cram-md5
check 'auto: rather CRAM-MD5 than the password itself' logs_in_with \
  'AUTH CRAM-MD5' "$(cram_md5_response '<1896.697170952@demo>')" -- \
  --mechanisms 'LOGIN PLAIN CRAM-MD5' "${cram_md5[@]}" -- --pass "$password"
check 'auto: LOGIN where nothing else is offered' logs_in_with 'AUTH LOGIN' "$(base64_of %s "$user")" \
  "$(base64_of %s "$password")" -- \
  --user "$user" --pass "$password" --mechanisms 'NTLM LOGIN' -- --pass "$password"
check 'auto: what is offered and not had is passed over' logs_in_with 'AUTH CRAM-MD5' \
  "AUTH PLAIN $(plain_response)" -- --user "$user" --pass "$password" \
  --mechanisms 'PLAIN CRAM-MD5' --answer-once 'AUTH=504 5.5.4 no such thing' -- --pass "$password"

scram_first() {
  start_server --mechanisms 'PLAIN SCRAM-SHA-256 SCRAM-SHA-1' --answer 'AUTH=535 5.7.8 no'
  send --user "$user" --pass "$password" "$@"
  exits 77
  complains_of "not delivered: the user name or password is wrong, or an application-specific password is\
 wanted (535 5.7.8 no)$mend"
  [[ $(grep -c '^AUTH' "$work/heard") == 1 ]] || complain 'more than one attempt'
  sed -n "s/^AUTH $mechanism //p" "$work/heard" | tr -d '\r' | base64 -d | tr -d '\n' |
    grep -qE "^$flag,,n=$user,r=[A-Za-z0-9+/]{24}\$" || complain 'another first message'
}
mechanism=SCRAM-SHA-256 flag=y check 'auto: SCRAM-SHA-256 before all, tried once' scram_first
mechanism=SCRAM-SHA-256 flag=n check 'SCRAM-SHA-256 alone knows of no channel binding' \
  scram_first --auth scram-sha-256
mechanism=SCRAM-SHA-1 flag=n check 'SCRAM-SHA-1 can be had alone' scram_first --auth scram-sha-1

binds() {
  start_server --mechanisms 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS' --answer 'AUTH=535 5.7.8 no'
  send --user "$user" --pass "$password" "$@"
  exits 77
  sed -n 's/^AUTH SCRAM-SHA-256-PLUS //p' "$work/heard" | tr -d '\r' | base64 -d |
    grep -qE '^p=tls-exporter,,n=mote17,r=' || complain 'not bound'
}
check 'auto: a login is bound to its connection, where the server can do that' binds
check 'a login can be had bound to its connection' binds --auth scram-sha-256-plus
check '77: a bound login is asked for, and not to be had' is_refused 77 \
  "not delivered: the server offers no login mechanism that is set up$mend" -- \
  --mechanisms 'PLAIN SCRAM-SHA-256' -- --pass "$password" --auth scram-sha-256-plus

# 334 with the server's reasons, which XOAUTH2 answers with an empty line and OAUTHBEARER with ^A.
reasons='{"status":"invalid_token","scope":"mail"}'
refuses=(--answer "AUTH=334 $(base64_of %s "$reasons")" --answer 'OTHER=535 5.7.8 no')
refused="not delivered: the server refuses the access token: is it out of date? (535 5.7.8 no)$mend
the server says of the login: $reasons"
xoauth2_refused() {
  with_token is_refused 77 "$refused" "AUTH XOAUTH2 $xoauth2_response" '' -- \
    --mechanisms 'XOAUTH2' "${refuses[@]}" -- FILE
}
check "77: a token is refused by XOAUTH2, and the server's reasons are shown" xoauth2_refused
oauthbearer_refused() {
  with_token is_refused 77 "$refused" "AUTH OAUTHBEARER $oauthbearer_response" AQ== -- \
    --mechanisms 'XOAUTH2 OAUTHBEARER' "${refuses[@]}" -- FILE
}
check "77: a token is refused by OAUTHBEARER, nothing else is tried" oauthbearer_refused

check 'EXTERNAL says nothing but its name' logs_in_with 'AUTH EXTERNAL =' -- \
  --mechanisms 'PLAIN EXTERNAL' --answer 'AUTH=235 2.7.0 welcome' -- --pass "$password" \
  --cert "$build/pki/client_only.pem" --key "$build/pki/client_only.key"
check 'EXTERNAL says who to act as' logs_in_with "AUTH EXTERNAL $(base64_of %s "$user")" -- \
  --mechanisms 'PLAIN EXTERNAL' --answer 'AUTH=235 2.7.0 welcome' -- --auth external \
  --cert "$build/pki/client_only.pem" --key "$build/pki/client_only.key"

check '66: a token file that is not there' \
  unreadable 'cannot read a token from /no/such/file' --user mote17 --token-file /no/such/file
check '66: a token file with nothing in it' \
  unreadable 'cannot read a token from /dev/null' --user mote17 --token-file /dev/null
check '66: a certificate that is not there' \
  unreadable 'cannot read /no/such/file' --cert /no/such/file --key "$build/pki/good.key"
check '66: a key that is not there' \
  unreadable 'cannot read /no/such/file' --cert "$build/pki/good.pem" --key /no/such/file
no_key() {
  ends_with 66 "not delivered: the client's certificate or its key cannot be read, or they do not\
 belong together: $build/pki/good.pem$mend" -- --cert "$build/pki/good.pem" --key "$build/pki/good.pem"
}
check '66: a key that is none' no_key
no_token() {
  printf 'one two\nthree\n' >"$work/token"
  ends_with 65 "this is no token: $work/token" -- --user mote17 --token-file "$work/token"
  heard
}
check '65: a token that is none' no_token

unprepared='a name or password with letters outside ASCII must be prepared by SASLprep'
for how in auto plain login cram-md5 scram-sha-256; do
  check "65: a user name that nobody has prepared, --auth $how" \
    unfit "$unprepared: the user name (is it --prepared?)" --user jürgen --pass x --auth "$how"
done
check '65: a password that nobody has prepared' \
  unfit "$unprepared: the password (is it --prepared?)" --user mote17 --pass 'größe'
check 'a password that is prepared is sent' logs_in_with \
  "AUTH PLAIN $(base64_of '\0%s\0größe' "$user")" -- --user "$user" --pass größe -- \
  --pass größe --prepared

# derives MECHANISM PASSWORD SALT COUNT HASH: what Python derives, and what compiles.
derives() {
  mailmote_send --derive-scram-keys --auth "$1" --user user --pass "$2" --salt "$3" --iterations "$4"
  exits 0
  complains_of
  python3 - "$work/out" "$5" "$2" "$3" "$4" <<'END' || complain 'other keys'
import base64, hashlib, hmac, re, sys
text, name, password, salt, count = open(sys.argv[1]).read(), *sys.argv[2:]
salt = base64.b64decode(salt)
salted = hashlib.pbkdf2_hmac(name, password.encode(), salt, int(count))
expected = {"salt": salt,
            "client_key": hmac.digest(salted, b"Client Key", name),
            "server_key": hmac.digest(salted, b"Server Key", name)}
for field, octets in expected.items():
    digits = re.search(r"\.%s =\s*\{([^}]*)\}" % field, text)[1]
    assert bytes.fromhex(re.sub(r"[^0-9A-F]", "", digits)) == octets, field
assert f".salt_size = {len(salt)},\n    .iterations = {count}," in text
END
  { echo '#include <mailmote/sasl/scram.hpp>' && echo '#include <mailmote/tls/wolfssl_hash.hpp>' &&
    cat "$work/out"; } >"$work/keys.cpp"
  "${CXX:-g++}" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only \
    -I"$here/../../include" "$work/keys.cpp" || complain 'does not compile'
}
check "--derive-scram-keys derives RFC 7677's example" \
  derives scram-sha-256 pencil W22ZaJ0SNY7soEsUEjb6gQ== 4096 sha256
check "--derive-scram-keys derives RFC 5802's example" \
  derives scram-sha-1 pencil QSXCR+Q6sek8bf92 4096 sha1
check '--derive-scram-keys derives without --auth for SCRAM-SHA-256' \
  derives auto 'correct horse' "$(head -c 64 /dev/zero | base64 -w 0)" 10000 sha256
keys_of_unprepared() {
  mailmote_send --derive-scram-keys --user user --pass größe --salt AAAA --iterations 4096
  exits 65
  complains_of "$unprepared: the password (is it --prepared?)"
  prints
}
check '65: keys of a password that nobody has prepared' keys_of_unprepared
