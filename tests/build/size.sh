#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# size.sh DIR update|check: what mailmote costs on a Cortex-M3. Builds the programs of
# tests/build/size in DIR, shows the figures beside their budgets, and writes the README's table
# anew, or compares it. Fails where a program can throw, allocates, or registers work for exit.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/build/size
mkdir -p "$1"
out=$(cd "$1" && pwd)
verb=$2

flags=(-Os -mcpu=cortex-m3 -mthumb -ffunction-sections -fdata-sections)
cxxflags=(-std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics -Wall -Wextra
  -fcallgraph-info=su "-I$root/include" "-I$here")

# wolfSSL's headers, without the rest of the host's.
mkdir -p "$out/include"
ln -sfn /usr/include/wolfssl "$out/include/wolfssl"

compile() {  # compile PROGRAM
  arm-none-eabi-g++ "${flags[@]}" "${cxxflags[@]}" -isystem "$out/include" \
    -DWOLFSSL_USER_SETTINGS -c "$here/$1.cpp" -o "$out/$1.o"
}

# Each function of wolfSSL that the program calls becomes one that returns, in a section that is
# not counted.
stub_out() {  # stub_out PROGRAM
  arm-none-eabi-nm -u "$out/$1.o" | awk '
    BEGIN { print ".syntax unified\n.thumb" }
    $2 ~ /^(wolf|wc_)/ {
      printf ".section .stubs.%s,\"ax\"\n.global %s\n.thumb_func\n%s: bx lr\n", $2, $2, $2
    }' >"$out/$1.stubs.s"
  arm-none-eabi-gcc "${flags[@]}" -c "$out/$1.stubs.s" -o "$out/$1.stubs.o"
}

# The C driver links: it brings libc and libgcc, and no C++ library.
link() {  # link PROGRAM
  arm-none-eabi-gcc "${flags[@]}" -nostartfiles -Wl,--gc-sections -Wl,--entry=main \
    "$out/$1.o" "$out/$1.stubs.o" "$out/outside.o" -o "$out/$1.elf"
}

flash() {  # flash PROGRAM: octets of all that must be stored, the first values of variables too
  arm-none-eabi-objdump -h "$out/$1.elf" | awk '
    $1 ~ /^[0-9]+$/ { name = $2; size = $3; next }
    /LOAD/ && name !~ /^\.stubs/ { print size }' |
    { sum=0; while read -r size; do sum=$((sum + 16#$size)); done; echo "$sum"; }
}

ram() {  # ram PROGRAM OBJECT: its size in octets; an empty object may have been left out
  local size
  size=$(arm-none-eabi-nm -S "$out/$1.elf" | awk -v object="$2" '$4 == object { print $2 }')
  echo $((16#${size:-0}))
}

deepest() {  # deepest PROGRAM: octets of stack below poll
  awk -f "$here/stack.awk" "$out/$1.ci" >"$out/$1.stack"
  head -n 1 "$out/$1.stack"
}

arm-none-eabi-gcc "${flags[@]}" -Wall -Wextra -c "$here/outside.c" -o "$out/outside.o"
programs=(empty engine tls mime)
for program in "${programs[@]}"; do
  compile "$program"
  stub_out "$program"
  link "$program"
done

forbidden='__throw_|__cxa_(throw|atexit|allocate|guard)|__aeabi_atexit|^atexit$|^_Zn[wa]|^malloc$'
for program in "${programs[@]}"; do
  if { arm-none-eabi-nm "$out/$program.o" && arm-none-eabi-nm "$out/$program.elf"; } |
    awk '{ print $NF }' | sort -u | grep -E "$forbidden"; then
    echo "size.sh: $program can throw, allocate, or do something at exit" >&2
    exit 1
  fi
done

buffers=$((512 + 128))  # buffer_sizes of client.hpp, as it comes
engine_flash=$(($(flash engine) - $(flash empty)))
tls_flash=$(($(flash tls) - $(flash engine)))
mime_flash=$(($(flash mime) - $(flash engine)))
client_ram=$(ram engine smtp)
state_ram=$((client_ram - buffers))
session_ram=$(ram tls tls)
context_ram=$(ram tls trust)
message_ram=$(ram mime alert)
engine_stack=$(deepest engine)
tls_stack=$(deepest tls)
mime_stack=$(deepest mime)
deepest_stack=$(printf '%d\n' "$engine_stack" "$tls_stack" | sort -n | tail -n 1)

kb() { awk -v octets="$1" 'BEGIN { printf "%.1f KB", octets / 1024 }'; }
against() {  # against OCTETS BUDGET
  if [ "$1" -le "$2" ]; then echo "within $2"; else echo "OVER $2 by $(($1 - $2))"; fi
}

table() {
  cat <<END
| on a Cortex-M3 (\`g++ 12 -Os\`) | flash | RAM |
|---|---|---|
| client, AUTH PLAIN, a ready-made text; no TLS | $(kb $engine_flash) | $state_ram B + buffers ($buffers B, or what you choose) |
| the TLS session, wolfSSL itself not counted | + $(kb $tls_flash) | $session_ram B + $context_ram B of trust |
| a message composed: UTF-8, attachments | + $(kb $mime_flash) | $message_ram B + what it is made of |
| deepest stack below \`poll\`, wolfSSL not counted | | $deepest_stack B; $mime_stack B where a message is composed |
| heap, exceptions, RTTI, work before \`main\` or at exit | none | none |
END
}

printf '%-34s %8s   %s\n' "" octets budget
row() { printf '%-34s %8d   %s\n' "$1" "$2" "$(against "$2" "$3")"; }
row "flash: engine, no TLS" "$engine_flash" 5939  # 5.8 KB
row "flash: + the TLS session" "$tls_flash" 4096
row "flash: engine and MIME, no TLS" "$((engine_flash + mime_flash))" 9728  # 9.5 KB
row "RAM: client without its buffers" "$state_ram" 256
row "RAM: wolfssl::session" "$session_ram" 512
row "RAM: mime::message" "$message_ram" 256
row "stack below poll: engine" "$engine_stack" 512
row "stack below poll: over TLS" "$tls_stack" 512
row "stack below poll: composing" "$mime_stack" 512
echo "No __throw_, no atexit, no operator new, no malloc."

with_table() {  # the README, with the table as measured now
  table >"$out/table.md"
  awk -v table="$out/table.md" '
    /<!-- size: end -->/ { within = 0 }
    !within
    /<!-- size: begin -->/ { while ((getline line < table) > 0) print line; within = 1 }
  ' "$root/README.md"
}

with_table >"$out/README.md"
case $verb in
  update)
    cat "$out/README.md" >"$root/README.md"
    ;;
  check)
    diff -u "$root/README.md" "$out/README.md" || {
      echo "size.sh: the README's table is not what was measured; run make size" >&2
      exit 1
    }
    echo "The README's table is what was measured."
    ;;
esac
