# SPDX-License-Identifier: BSL-1.0
# What every server must see of mailmote-send, and what must come of it. Sourced by run.sh.

over_starttls='EHLO STARTTLS EHLO AUTH MAIL RCPT DATA QUIT'
over_implicit_tls='EHLO AUTH MAIL RCPT DATA QUIT'
end_at_handshake='EHLO STARTTLS'

# sends PORT DIALOGUE MAIL OPTION...
sends() {
  local dialogue=$2 mail=$3
  send "$1" --to ops@example.test --body "$work/mails/$mail.sent" "${@:4}"
  exits 0
  heard "$dialogue"
  arrived "$mail" ops@example.test
}

# Every line that the server hears, in order; LOGIN says its two words in lines of their own.
sends_these_lines() {
  local mechanism=$1 login=$2
  sends starttls "$over_starttls" small --auth "$mechanism"
  diff - <(server_lines) <<END || complain 'the server heard something else'
EHLO mote17.example.test
STARTTLS
EHLO mote17.example.test
$login
MAIL FROM:<$sender> SIZE=$(stat -c %s "$work/mails/small.sent")
RCPT TO:<ops@example.test>
DATA
QUIT
END
  told_secret
}

plain_login() { sends_these_lines plain "AUTH PLAIN $(base64_of "\0$user\0$password")"; }

login_login() {
  sends_these_lines login "AUTH LOGIN
$(base64_of "$user")
$(base64_of "$password")"
}

tls_version() {
  sends "$1" "$over_starttls" small
  [[ $(server_tls_versions) == "$2" ]] || complain "not over $2"
}

from_standard_input() {
  send starttls --to ops@example.test --body - <"$work/mails/$1.sent"
  exits 0
  heard "$over_starttls"
  arrived "$1" ops@example.test
}

ten_mails_on_one_connection() {
  send starttls --count 10 --to ops@example.test --body "$work/mails/small.sent"
  exits 0
  heard "EHLO STARTTLS EHLO AUTH$(printf ' MAIL RCPT DATA%.0s' {1..10}) QUIT"
  arrived small ops@example.test{,,,,,,,,,}
}

one_unknown() {
  send starttls --to ops@example.test --to ghost@example.test --to night@example.test \
    --body "$work/mails/small.sent"
  exits 0
  heard 'EHLO STARTTLS EHLO AUTH MAIL RCPT*3 DATA QUIT'
  says 'ghost@example\.test: refused \(550'
  arrived small ops@example.test night@example.test
}

one_unknown_of_all() {
  send starttls --all-recipients --to ops@example.test --to ghost@example.test \
    --to night@example.test --body "$work/mails/small.sent"
  exits 67
  if [[ $pipelining == yes ]]; then # in lock-step, nobody is named after the one who is refused
    heard 'EHLO STARTTLS EHLO AUTH MAIL RCPT*3 QUIT'
  else
    heard 'EHLO STARTTLS EHLO AUTH MAIL RCPT*2 QUIT'
  fi
  says 'ghost@example\.test: refused \(550'
  says '^mailmote-send: not delivered to anybody: '
  nothing_arrived
}

# all_unknown PORT DIALOGUE
all_unknown() {
  send "$1" --to ghost@example.test --to phantom@example.test --body "$work/mails/small.sent"
  exits 67
  heard "$2"
  says 'ghost@example\.test: refused \(550'
  says 'phantom@example\.test: refused \(550'
  nothing_arrived
}

two_hundred_recipients() {
  local recipients=(ops{1..200}@example.test) options=() recipient
  for recipient in "${recipients[@]}"; do options+=(--to "$recipient"); done
  send "$1" "${options[@]}" --body "$work/mails/small.sent"
  exits 0
  heard 'EHLO STARTTLS EHLO AUTH MAIL RCPT*200 DATA QUIT'
  arrived small "${recipients[@]}"
}

# What waits for what cannot be seen at the server: the transcript has the order.
one_command_at_a_time() {
  local dialogue=$over_starttls
  [[ $* != *--chunking* ]] || dialogue=$chunked
  sends "$1" "$dialogue" dots --verbose "${@:2}"
  awk '/^C: / { if (waits) exit 1; waits = 1 } /^S: / { waits = 0 }' "$work/out" ||
    complain 'a command did not wait for the reply to the one before'
}

# Servers lock those out who guess: AUTH is said once.
wrong_password() {
  local secret='wrong horse'
  send starttls --to ops@example.test --body "$work/mails/small.sent" "$@"
  exits 77
  heard 'EHLO STARTTLS EHLO AUTH QUIT'
  says 'user name or password is wrong'
  nothing_arrived
}

# too_large PORT DIALOGUE OPTION...
too_large() {
  send "$1" --to ops@example.test --body "$work/mails/too_large.sent" "${@:3}"
  exits 69
  heard "$2"
  nothing_arrived
}

# trusts_not PORT DIALOGUE REASON
trusts_not() {
  send "$1" --to ops@example.test --body "$work/mails/small.sent"
  exits 77
  heard "$2"
  says "$3"
  kept_secret
  nothing_arrived
}

# What a server makes of a TLS greeting that it did not expect is its own affair.
trusts_no_cleartext() {
  local tls=implicit
  send starttls --to ops@example.test --body "$work/mails/small.sent"
  exits 77
  says 'does not speak TLS on this port'
  kept_secret
  nothing_arrived
}

# shows_no_secret PORT DIALOGUE MECHANISM
shows_no_secret() {
  sends "$1" "$2" small --verbose --auth "$3"
  says '^C: AUTH'
  told_secret
  showed_no_secret
}

# What every server must do.
run_rows() {
  local name=localhost
  row 'small' sends starttls "$over_starttls" small
  row 'tricky body' sends starttls "$over_starttls" tricky
  row '10 MB' sends starttls "$over_starttls" ten_megabytes
  row 'three recipients, one refused' one_unknown
  row '--all-recipients, one refused' one_unknown_of_all
  row 'wrong password' wrong_password
  row 'TLS 1.2 only' tls_version tls12 TLSv1.2
  row 'TLS 1.3 only' tls_version tls13 TLSv1.3
  ca=$work/pki/other_ca.pem row 'wrong CA' \
    trusts_not starttls "$end_at_handshake" 'no trust anchor vouches'
  host=$name row 'wrong name' trusts_not wrong_name "$end_at_handshake" \
    "certificate is for mail\.other\.test, not $name"
  row 'expired certificate' \
    trusts_not expired "$end_at_handshake" 'certificate expired on 2020-12-31'
  row '200 recipients' two_hundred_recipients starttls
  row 'ten mails on one connection' ten_mails_on_one_connection
}

# What a port is asked for that not every server has.
run_checks() {
  local refused_in_lockstep='EHLO STARTTLS EHLO AUTH MAIL RCPT*2 QUIT'
  local refused=$refused_in_lockstep
  [[ $pipelining == no ]] || refused='EHLO STARTTLS EHLO AUTH MAIL RCPT*2 DATA QUIT'

  check 'each line of AUTH PLAIN and of the mail is as it should be' plain_login
  check 'each line of AUTH LOGIN and of the mail is as it should be' login_login
  check 'a small mail arrives over implicit TLS' sends implicit "$over_implicit_tls" small
  host=localhost check 'a server proves its name' sends starttls "$over_starttls" small
  check 'a server proves its name by way of an intermediate CA' sends chain "$over_starttls" small
  ca=$work/pki/rsa_ca.pem \
    check 'a server proves its name with an RSA key' sends rsa "$over_starttls" small

  check 'a body full of dots arrives unchanged' sends starttls "$over_starttls" dots
  check 'every octet arrives unchanged' sends starttls "$over_starttls" eight_bit
  check 'lines of 998 octets arrive unchanged' sends starttls "$over_starttls" long_lines
  check '10 MB arrive unchanged over implicit TLS' sends implicit "$over_implicit_tls" ten_megabytes
  check 'a bare LF and a bare CR arrive as line ends' sends starttls "$over_starttls" line_ends
  check 'a text file of Unix arrives line by line' sends starttls "$over_starttls" unix
  check 'a mail without a last line end gets one' sends starttls "$over_starttls" no_final_newline
  check 'a mail whose last octet is a CR ends there' sends starttls "$over_starttls" final_cr
  if [[ $completes_header == no ]]; then
    check 'an empty mail arrives empty' sends starttls "$over_starttls" empty
  else
    echo "# $server would give an empty mail a header or its end"
  fi
  check 'a mail from standard input arrives unchanged' from_standard_input dots
  check '10 MB from standard input arrive unchanged' from_standard_input ten_megabytes

  from='' check 'the null reverse-path arrives as such' sends starttls "$over_starttls" small
  check 'a mail for unknown recipients only is refused' all_unknown starttls "$refused"
  at no_pipelining check 'a mail for unknown recipients only is refused without PIPELINING' \
    all_unknown no_pipelining "$refused_in_lockstep"
  at no_pipelining check 'two hundred recipients all get the mail without PIPELINING' \
    two_hundred_recipients no_pipelining
  at no_pipelining check 'a server without PIPELINING gets one command at a time' \
    one_command_at_a_time no_pipelining
  check 'with --no-pipelining, every server gets one command at a time' \
    one_command_at_a_time starttls --no-pipelining

  check 'a wrong password is tried once with AUTH PLAIN' wrong_password --auth plain
  check 'a wrong password is tried once with AUTH LOGIN' wrong_password --auth login
  at small check 'a mail over the announced size limit is not even begun' \
    too_large small 'EHLO STARTTLS EHLO AUTH QUIT'
  at small_and_silent check 'a mail over a size limit that was not announced is refused in the end' \
    too_large small_and_silent "$over_starttls"

  ca=$work/pki/other_ca.pem check 'an unknown CA gets no secret over implicit TLS' \
    trusts_not implicit '' 'no trust anchor vouches'
  check 'a certificate for another address gets no secret' \
    trusts_not wrong_name "$end_at_handshake" 'certificate is not for the address 127\.0\.0\.1'
  check 'an expired certificate gets no secret over implicit TLS' \
    trusts_not expired_implicit '' 'certificate expired on 2020-12-31'
  check 'a server without STARTTLS gets neither mail nor secret' \
    trusts_not no_starttls 'EHLO QUIT' 'does not offer STARTTLS'
  check 'a server that answers a TLS greeting in clear gets no secret' trusts_no_cleartext
  check 'a server without AUTH gets no mail' \
    trusts_not no_auth 'EHLO STARTTLS EHLO QUIT' 'offers no login'

  check '--verbose shows no secret of AUTH PLAIN' shows_no_secret starttls "$over_starttls" plain
  check '--verbose shows no secret of AUTH LOGIN' \
    shows_no_secret implicit "$over_implicit_tls" login
}
