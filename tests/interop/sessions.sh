# SPDX-License-Identifier: BSL-1.0
# What the server's sessions were, whatever its log looks like. Sourced by run.sh.
#
# server_events prints what happened since the mark, a line an event, in this form:
#
#   SESSION open              SESSION C: a line that the client sent, secrets too
#   SESSION close             SESSION S: a line that the server answered
#                             SESSION TLS: TLSv1.3

log_since_mark() { tail -c "+$((mark + 1))" "$server_log"; }

sessions_are_over() {
  local opened closed
  opened=$(server_events | grep -c ' open$')
  closed=$(server_events | grep -c ' close$')
  ((opened > 0 && opened == closed))
}

server_lines() { server_events | sed -n 's/^[^ ]* C: //p'; }

# The TLS version of each session that reached it.
server_tls_versions() { server_events | sed -n 's/^[^ ]* TLS: //p'; }

# The commands of each session, a line a session: `EHLO STARTTLS EHLO AUTH MAIL RCPT*3 DATA QUIT`.
# Answers to challenges are no commands.
server_dialogues() {
  server_events | awk '
    function end_run() {
      if (run[id] > 1) said[id] = said[id] "*" run[id]
      run[id] = 0
    }
    { id = $1 }
    $2 == "open" { said[id] = ""; run[id] = 0; last[id] = ""; asked[id] = 0 }
    $2 == "S:" { asked[id] = $3 == "334" }
    $2 == "C:" {
      if (asked[id]) next
      verb = toupper($3)
      if (verb == last[id]) { run[id]++; next }
      end_run()
      said[id] = said[id] (said[id] == "" ? "" : " ") verb
      last[id] = verb
      run[id] = 1
    }
    $2 == "close" { end_run(); print said[id] }'
}
