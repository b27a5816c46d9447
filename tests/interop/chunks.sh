# SPDX-License-Identifier: BSL-1.0
# What comes of a mail that goes out by BDAT, at servers that offer CHUNKING. Sourced by run.sh.

chunked='EHLO STARTTLS EHLO AUTH MAIL RCPT BDAT QUIT'
chunked_over_implicit_tls='EHLO AUTH MAIL RCPT BDAT QUIT'

thousand_recipients() {
  local recipients=(ops{1..1000}@example.test) options=() recipient
  for recipient in "${recipients[@]}"; do options+=(--to "$recipient"); done
  send starttls "${options[@]}" --body "$work/mails/small.sent" --chunking
  exits 0
  heard "${chunked/RCPT/RCPT*1000}"
  arrived small "${recipients[@]}"
}

ten_chunks_on_one_connection() {
  send starttls --count 10 --chunking --to ops@example.test --body "$work/mails/small.sent"
  exits 0
  heard "EHLO STARTTLS EHLO AUTH$(printf ' MAIL RCPT BDAT%.0s' {1..10}) QUIT"
  arrived small ops@example.test{,,,,,,,,,}
}

# refuses_one OPTION...: one of three.
refuses_one() {
  send starttls --chunking --to ops@example.test --to ghost@example.test --to night@example.test \
    --body "$work/mails/small.sent" "$@"
  says 'ghost@example\.test: refused \(550'
}

chunk_one_unknown() {
  refuses_one
  exits 0
  heard "${chunked/RCPT/RCPT*3}"
  arrived small ops@example.test night@example.test
}

# No chunk leaves before all have answered.
chunk_one_unknown_of_all() {
  refuses_one --all-recipients
  exits 67
  heard 'EHLO STARTTLS EHLO AUTH MAIL RCPT*3 QUIT'
  nothing_arrived
}

# chunk_all_unknown MAIL DIALOGUE: the chunk that has left already is refused; a larger one stays here.
chunk_all_unknown() {
  send starttls --chunking --to ghost@example.test --to phantom@example.test \
    --body "$work/mails/$1.sent"
  exits 67
  heard "$2"
  says 'ghost@example\.test: refused \(550'
  says 'phantom@example\.test: refused \(550'
  nothing_arrived
}

# Where the length is not known, a chunk is what fits into the buffer. mailmote-send knows every length.
chunk_by_chunk() {
  local sizes
  build_chunk_sender
  "$work/chunk_sender" "${port[starttls]}" "$work/pki/ca.pem" "$user" "$password" \
    <"$work/mails/$1.sent" >"$work/out" 2>&1 || complain "cannot send"
  server_comes_to_rest
  sizes=$(server_lines | sed -n 's/^BDAT //p')
  (($(wc -l <<<"$sizes") > 2)) || complain "chunks: $sizes"
  [[ $(grep -c LAST <<<"$sizes") == 1 && $sizes == *' LAST' ]] || complain "chunks: $sizes"
  arrived "$1" ops@example.test
}

build_chunk_sender() {
  [[ ! -x $work/chunk_sender ]] || return 0
  # shellcheck disable=SC2046  # flags are words
  "${CXX:-g++}" -std=c++20 "-I$interop/../../include" "$interop/chunk_sender.cpp" \
    -o "$work/chunk_sender" $(pkg-config --cflags --libs wolfssl)
}

# chunk_row NAME COMMAND...: a row of the first table.
chunk_row() {
  [[ " ${rows[*]/%/|}" == *" $1|"* ]] || rows+=("$1")
  cells[$1,$server]=-
  [[ $chunking == no ]] || row "$@"
}

run_chunk_rows() {
  chunk_row '--chunking: tricky body' sends starttls "$chunked" tricky --chunking
  chunk_row '--chunking: 10 MB' sends starttls "$chunked" ten_megabytes --chunking
  chunk_row '--chunking: length unknown' chunk_by_chunk tricky
  chunk_row '--chunking: three, one refused' chunk_one_unknown
  chunk_row '--chunking: all refused' chunk_all_unknown small "${chunked/RCPT/RCPT*2}"
  chunk_row '--chunking: 1,000 recipients' thousand_recipients
  chunk_row '--chunking: ten mails' ten_chunks_on_one_connection
}

run_chunk_checks() {
  local mail mails='dots eight_bit long_lines line_ends unix no_final_newline final_cr'
  [[ $chunking == yes ]] || return 0
  [[ $completes_header == yes ]] || mails+=' empty'
  for mail in $mails; do
    check "by BDAT, $mail arrives as it should" sends starttls "$chunked" "$mail" --chunking
  done
  check 'a chunk arrives over implicit TLS' \
    sends implicit "$chunked_over_implicit_tls" eight_bit --chunking
  check 'with --all-recipients, no chunk leaves before all have answered' chunk_one_unknown_of_all
  check 'a large chunk for unknown recipients only does not leave' \
    chunk_all_unknown too_large 'EHLO STARTTLS EHLO AUTH MAIL RCPT*2 QUIT'
  at no_pipelining check 'a chunk waits for every reply without PIPELINING' \
    one_command_at_a_time no_pipelining --chunking
  at small check 'a chunk over the announced size limit is not even begun' \
    too_large small 'EHLO STARTTLS EHLO AUTH QUIT' --chunking
  at small_and_silent check 'a chunk over a size limit that was not announced is refused' \
    too_large small_and_silent "$chunked" --chunking
}
