# SPDX-License-Identifier: BSL-1.0
# Servers that cannot be trusted: each gets no mail, no password, and its own exit code and line.
# Sourced by run.sh.

# gets_nothing CODE LINE OPTION...: the server that was started learns no more than a greeting tells.
gets_nothing() {
  MAILMOTE_PASSWORD=$password send --user "$user" "${@:3}"
  exits "$1"
  prints
  complains_of "$2"
  kept_secret
  took
}

wrong_name() {
  certificate=wrong_name start_server
  gets_nothing 77 "not delivered: the server's certificate is for mail.other.test, not localhost$mend"
  heard 'EHLO mote.example.test' STARTTLS
}
check 'a server with a certificate for another name gets nothing' wrong_name

wrong_name_implicit() {
  certificate=wrong_name start_server --implicit
  gets_nothing 77 "not delivered: the server's certificate is for mail.other.test, not localhost$mend" \
    --tls implicit
  heard
}
check 'the same over implicit TLS' wrong_name_implicit

unknown_ca() {
  certificate=unknown start_server
  gets_nothing 77 "not delivered: no trust anchor vouches for the server's certificate$mend"
  heard 'EHLO mote.example.test' STARTTLS
}
check 'a server whose certificate nobody vouches for gets nothing' unknown_ca

not_in_the_system_store() {
  start_server
  MAILMOTE_PASSWORD=$password mailmote_send --host localhost --port "$port" --user "$user" \
    --helo mote.example.test --from "$sender" --to "$recipient" --body "$mail"
  exits 77
  kept_secret
  took
  heard 'EHLO mote.example.test' STARTTLS
}
check "a throwaway authority is not in the system's store" not_in_the_system_store

expired() {
  certificate=expired start_server
  gets_nothing 77 "not delivered: the server's certificate expired on 2020-12-31$mend"
  heard 'EHLO mote.example.test' STARTTLS
}
check 'a server whose certificate has expired gets nothing' expired

no_starttls() {
  start_server --no-starttls
  gets_nothing 77 "not delivered: the server does not offer STARTTLS$mend"
  heard 'EHLO mote.example.test' QUIT
}
check 'a server without STARTTLS gets nothing, whatever login it offers' no_starttls

refused_starttls() {
  start_server --answer 'STARTTLS=501 5.5.4 no'
  gets_nothing 77 "not delivered: the server offers STARTTLS and refuses it (501 5.5.4 no)$never"
  heard 'EHLO mote.example.test' STARTTLS QUIT
}
check 'a server that refuses STARTTLS gets nothing' refused_starttls

injection() {
  start_server --inject '250-injected\r\n250 AUTH PLAIN\r\n'
  gets_nothing 76 "not delivered: something came between the reply to STARTTLS and TLS: somebody may\
 be in the middle$never"
  heard 'EHLO mote.example.test' STARTTLS
}
check 'a server that says more after the 220 to STARTTLS gets nothing' injection

not_tls() {
  start_server
  gets_nothing 77 "not delivered: the server does not speak TLS on this port$mend" --tls implicit
}
check 'a server that does not speak TLS on this port gets nothing' not_tls

no_login_in_clear() {
  start_server --no-starttls
  gets_nothing 77 "not delivered: this login may not be used without TLS$mend" --tls none
  heard 'EHLO mote.example.test' QUIT
}
check 'a login in clear needs to be allowed' no_login_in_clear
