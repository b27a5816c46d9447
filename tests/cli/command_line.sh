# SPDX-License-Identifier: BSL-1.0
# What can be wrong with a command line. Sourced by run.sh.

# misused LINE OPTION...: ends with 64, this line and the usage.
misused() {
  local line=$1
  shift
  mailmote_send "$@"
  exits 64
  prints
  {
    echo "mailmote-send: $line"
    echo 'usage: mailmote-send --host NAME --from ADDRESS --to ADDRESS [--to ADDRESS ...]'
    echo '                     [--body FILE | --subject TEXT --text TEXT ...] [OPTION ...]'
    echo '       mailmote-send --help'
  } | cmp -s - "$work/err" || complain "should have said: $line"
}

all=(--host localhost --from a@example.test --to b@example.test)
check 'without options, the usage' misused '--host is missing'
check 'without --from, the usage' misused '--from is missing' --host h --to b@example.test
check 'without --to, the usage' misused '--to is missing' --host h --from a@example.test
check 'an option that is unknown' misused 'unknown option --frobnicate' "${all[@]}" --frobnicate
check 'a word too many' misused 'unexpected argument word' "${all[@]}" word
check 'an option without its value' misused '--body needs a value' "${all[@]}" --body
check 'a value where none is due' misused '--quiet takes no value' "${all[@]}" --quiet=very
check 'a port that is no number' misused '--port needs a number up to 65535' "${all[@]}" --port smtp
check 'a port too high' misused '--port needs a number up to 65535' "${all[@]}" --port=65536
check 'a kind of TLS that is unknown' misused '--tls needs starttls, implicit or none' \
  "${all[@]}" --tls maybe
check 'a login that is unknown' misused '--auth needs auto or a mechanism of --help' "${all[@]}" --auth ntlm
check 'a count of nothing' misused '--count needs a number of 1 or more' "${all[@]}" --count 0
check 'a time that is none' misused '--timeout needs a number up to 86400' "${all[@]}" --timeout -1
check 'a user without a password' misused \
  '--user needs a password: --pass, --pass-file or MAILMOTE_PASSWORD' "${all[@]}" --user mote17
check 'a password without a user' misused '--user is missing' "${all[@]}" --pass secret
check 'two passwords' misused '--pass and --pass-file cannot both be given' \
  "${all[@]}" --user mote17 --pass secret --pass-file file
check 'a token without a user' misused '--user is missing' "${all[@]}" --token-file file
check 'a login without a user' misused 'this --auth needs --user' "${all[@]}" --auth scram-sha-256
check 'XOAUTH2 without a token' misused 'this --auth needs --token-file' \
  "${all[@]}" --user mote17 --pass secret --auth xoauth2
check 'OAUTHBEARER without a token' misused 'this --auth needs --token-file' \
  "${all[@]}" --user mote17 --pass secret --auth oauthbearer
check 'EXTERNAL without a certificate' misused '--auth external needs --cert' \
  "${all[@]}" --auth external
check 'a certificate without its key' misused '--cert needs --key' "${all[@]}" --cert file
check 'a key without its certificate' misused '--key needs --cert' "${all[@]}" --key file
check 'a token and a mail from standard input' misused \
  '--token-file - and --body - cannot both be given' "${all[@]}" --user mote17 --token-file -
check 'a token and a text from standard input' misused \
  '--token-file - and --text-file - cannot both be given' \
  "${all[@]}" --user mote17 --token-file - --text-file -
check 'a token and HTML from standard input' misused \
  '--token-file - and --html-file - cannot both be given' \
  "${all[@]}" --user mote17 --token-file - --html-file -
check 'recipients and a mail from standard input' misused \
  '--to-file - and --body - cannot both be given' "${all[@]}" --to-file -
check 'recipients and a text from standard input' misused \
  '--to-file - and --text-file - cannot both be given' "${all[@]}" --to-file - --text-file -
check 'recipients and HTML from standard input' misused \
  '--to-file - and --html-file - cannot both be given' "${all[@]}" --to-file - --html-file -
check 'recipients and a token from standard input' misused \
  '--to-file - and --token-file - cannot both be given' \
  "${all[@]}" --to-file - --user mote17 --token-file -
check 'a text and HTML from standard input' misused \
  '--text-file - and --html-file - cannot both be given' "${all[@]}" --text-file - --html-file -
check 'a file of recipients without its name' misused '--to-file needs a value' "${all[@]}" --to-file
names_nobody() {
  printf '# nobody yet\r\n\n \t\n' >"$work/nobody"
  misused "$work/nobody names no recipient" --host localhost --from a@example.test \
    --to-file "$work/nobody"
}
check 'a file of recipients that names nobody' names_nobody
check 'keys to derive, and nobody to derive them for' misused \
  '--derive-scram-keys needs --user' --derive-scram-keys --salt AAAA --iterations 4096
check 'keys to derive without a salt' misused '--derive-scram-keys needs --salt' \
  --derive-scram-keys --user mote17 --pass secret --iterations 4096
check 'keys to derive without a count' misused '--derive-scram-keys needs --iterations' \
  --derive-scram-keys --user mote17 --pass secret --salt AAAA
check 'keys to derive without a password' misused \
  '--user needs a password: --pass, --pass-file or MAILMOTE_PASSWORD' \
  --derive-scram-keys --user mote17 --salt AAAA --iterations 4096
check 'keys to derive for a login that has none' misused \
  '--derive-scram-keys needs --auth scram-sha-1 or scram-sha-256' \
  --derive-scram-keys --user mote17 --pass secret --salt AAAA --iterations 4096 --auth plain
check 'a count below that of RFC 7677' misused '--iterations needs a number from 4096 to 10000000' \
  --derive-scram-keys --user mote17 --pass secret --salt AAAA --iterations 4095
check 'a count that would take minutes' misused '--iterations needs a number from 4096 to 10000000' \
  --derive-scram-keys --user mote17 --pass secret --salt AAAA --iterations 10000001
for list in '' ',' 'success,' ',success' 'never,success' SUCCESS 'success failure'; do
  check "notifications that there are not: $list" misused \
    '--dsn-notify needs never, or some of success,failure,delay' "${all[@]}" --dsn-notify "$list"
done
check 'a part of the mail that does not come back' misused '--dsn-return needs full or headers' \
  "${all[@]}" --dsn-return hdrs
check 'an envelope id of nothing' misused '--envid needs a text' "${all[@]}" --envid ''
check 'a parameter of no extension' misused '--mail-parameter needs KEYWORD:TEXT' \
  "${all[@]}" --mail-parameter 'BY=120;R'
check 'a parameter of RCPT, of no extension' misused '--rcpt-parameter needs KEYWORD:TEXT' \
  "${all[@]}" --rcpt-parameter 'X=1'
check 'TLS on the whole way but for its beginning' misused \
  '--require-tls and --tls none cannot both be given' "${all[@]}" --require-tls --tls none
for salt in '' 'A' 'AA!A' "$(head -c 65 /dev/zero | base64 -w 0)"; do
  check "a salt that is none: ${salt:0:10}" misused '--salt needs 1 to 64 octets in base64' \
    --derive-scram-keys --user mote17 --pass secret --iterations 4096 --salt "$salt"
done
check 'a salt, and nothing to derive' misused '--salt needs --derive-scram-keys' \
  "${all[@]}" --salt AAAA
check 'a count, and nothing to derive' misused '--iterations needs --derive-scram-keys' \
  "${all[@]}" --iterations 4096

lists_options() {
  mailmote_send --help
  exits 0
  local option
  for option in --host --port --tls --ca --user --pass --pass-file --auth --from --to --helo --body \
    --count --timeout --verbose --quiet --allow-cleartext-auth --all-recipients --no-pipelining \
    --help --version --subject --text --text-file --html --html-file --attach --inline --cc --bcc \
    --reply-to --header --date --message-id --token-file --cert --key --prepared \
    --derive-scram-keys --salt --iterations --dsn-notify --dsn-return --envid --require-tls \
    --mail-parameter --rcpt-parameter --to-file; do
    grep -qE "^  $option " "$work/out" || complain "no $option"
  done
}
check '--help lists every option' lists_options

lists_mechanisms() {
  mailmote_send --help
  exits 0
  local how
  for how in auto plain login cram-md5 scram-sha-1 scram-sha-256 scram-sha-256-plus xoauth2 \
    oauthbearer external; do
    grep -qE "[ :]$how([ ,]|$)" "$work/out" || complain "no $how"
  done
}
check '--help lists every mechanism' lists_mechanisms

names_versions() {
  mailmote_send --version
  exits 0
  grep -qxE 'mailmote-send [0-9]+\.[0-9]+\.[0-9]+, wolfSSL [0-9]+\.[0-9]+\.[0-9]+.*' "$work/out" ||
    complain 'other words'
}
check '--version names mailmote and wolfSSL' names_versions
