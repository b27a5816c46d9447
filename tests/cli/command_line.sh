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
check 'a login that is unknown' misused '--auth needs auto, plain or login' "${all[@]}" --auth ntlm
check 'a count of nothing' misused '--count needs a number of 1 or more' "${all[@]}" --count 0
check 'a time that is none' misused '--timeout needs a number up to 86400' "${all[@]}" --timeout -1
check 'a user without a password' misused \
  '--user needs a password: --pass, --pass-file or MAILMOTE_PASSWORD' "${all[@]}" --user mote17
check 'a password without a user' misused '--user is missing' "${all[@]}" --pass secret
check 'two passwords' misused '--pass and --pass-file cannot both be given' \
  "${all[@]}" --user mote17 --pass secret --pass-file file

lists_options() {
  mailmote_send --help
  exits 0
  local option
  for option in --host --port --tls --ca --user --pass --pass-file --auth --from --to --helo --body \
    --count --timeout --verbose --quiet --allow-cleartext-auth --all-recipients --no-pipelining \
    --help --version --subject --text --text-file --html --html-file --attach --inline --cc --bcc \
    --reply-to --header --date --message-id; do
    grep -qE "^  $option " "$work/out" || complain "no $option"
  done
}
check '--help lists every option' lists_options

names_versions() {
  mailmote_send --version
  exits 0
  grep -qxE 'mailmote-send [0-9]+\.[0-9]+\.[0-9]+, wolfSSL [0-9]+\.[0-9]+\.[0-9]+.*' "$work/out" ||
    complain 'other words'
}
check '--version names mailmote and wolfSSL' names_versions
