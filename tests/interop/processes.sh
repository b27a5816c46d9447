# SPDX-License-Identifier: BSL-1.0
# Ends the processes that were remembered, and no others: a pid alone may by then be somebody
# else's. Sourced by run.sh.

processes=()

# The ticks between the machine's start and the process's; nothing when there is no such process.
start_time() {
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  read -ra fields <<<"${stat##*) }" # the name before it, in brackets, may hold anything
  echo "${fields[19]}"
}

remember() { processes+=("$1 $(start_time "$1")"); }

is_alive() {
  local pid=$1 since=$2
  [[ -n $since && $(start_time "$pid") == "$since" ]]
}

# The last one started is the first one to go. Five seconds are enough for any of them.
end_processes() {
  local i pid since tries
  for ((i = ${#processes[@]} - 1; i >= 0; i--)); do
    read -r pid since <<<"${processes[i]}"
    is_alive "$pid" "$since" && kill "$pid" 2>/dev/null
    for ((tries = 0; tries < 100; tries++)); do
      is_alive "$pid" "$since" || break
      sleep 0.05
    done
    is_alive "$pid" "$since" && kill -KILL "$pid" 2>/dev/null
  done
  processes=()
}
