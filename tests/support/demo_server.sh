# SPDX-License-Identifier: BSL-1.0
# Starts the demo server, and ends it by its pid. Sourced; needs $build and an empty folder $work.

# start_server [OPTION ...]: a new server, with empty logs and no mail; $port is where it listens.
start_server() {
  stop_server
  rm -rf "$work/mail" "$work/port"
  mkdir "$work/mail"
  : >"$work/heard" >"$work/wire"
  local certificate=${certificate-good} tries
  "$build/demo_server" --port-file "$work/port" --mail "$work/mail" --log "$work/heard" \
    --wire-log "$work/wire" --cert "$build/pki/$certificate.pem" \
    --key "$build/pki/$certificate.key" "$@" 2>"$work/server.err" &
  server_pid=$!
  for ((tries = 0; tries < 500; tries++)); do
    if [[ -e $work/port ]]; then
      port=$(<"$work/port")
      return
    fi
    sleep 0.01
  done
  echo "the demo server does not start:"
  cat "$work/server.err"
  return 1
}

stop_server() {
  [[ -n ${server_pid-} ]] || return 0
  kill "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}
