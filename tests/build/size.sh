#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# size.sh DIR update|check: what mailmote costs on small processors. Builds the programs of
# tests/build/size in DIR, shows the figures beside their budgets, and writes the README's table
# anew, or compares it. Fails where a program can throw, allocates, or registers work for exit.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/build/size
mkdir -p "$1"
out=$(cd "$1" && pwd)
verb=$2
source "$root/tests/build/sources.sh"
lwip=$(lwip_sources 2.2.1)

cores=(cortex-m0plus cortex-m3 cortex-m4)
programs=(empty no_login engine everything login cram_md5 scram xoauth2 oauthbearer external strongest explain
  arduino lwip_raw lwip_sockets tls mime)
flags=(-Os -mthumb -ffunction-sections -fdata-sections "-I$here" "-I$here/lwip"
  -isystem "$lwip/src/include")
cxxflags=(-std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics -Wall -Wextra
  "-I$root/include" -isystem "$out/include" -DWOLFSSL_USER_SETTINGS)

# wolfSSL's headers, without the rest of the host's.
mkdir -p "$out/include"
ln -sfn /usr/include/wolfssl "$out/include/wolfssl"

# Each function of a TLS library or a TCP/IP stack that the objects call becomes one that returns, in a
# section that is not counted.
stub_out() { # stub_out WORK OBJECT...
  local work=$1
  shift
  arm-none-eabi-nm -u "$@" | awk '
    BEGIN { print ".syntax unified\n.thumb" }
    $2 ~ /^(wolf|wc_|lwip_|tcp_|pbuf_|dns_|ip4addr_|mem_|errno$)/ && !($2 in done) {
      done[$2]
      printf ".section .stubs.%s,\"ax\"\n.global %s\n.thumb_func\n%s: bx lr\n", $2, $2, $2
    }' >"$work.stubs.s"
  arm-none-eabi-gcc "${target[@]}" -c "$work.stubs.s" -o "$work.stubs.o"
}

# The C driver links: it brings libc and libgcc, and no C++ library.
link() { # link WORK OBJECT...
  local work=$1
  shift
  stub_out "$work" "$@"
  arm-none-eabi-gcc "${target[@]}" -nostartfiles -Wl,--gc-sections -Wl,--entry=main "$@" \
    "$work.stubs.o" "$folder/outside.o" -o "$work.elf"
}

for core in "${cores[@]}"; do
  folder=$out/$core
  mkdir -p "$folder"
  target=("-mcpu=$core" "${flags[@]}")
  arm-none-eabi-gcc "${target[@]}" -Wall -Wextra -c "$here/outside.c" -o "$folder/outside.o"
  for program in "${programs[@]}"; do
    arm-none-eabi-g++ "${target[@]}" "${cxxflags[@]}" -fcallgraph-info=su -c "$here/$program.cpp" \
      -o "$folder/$program.o"
    link "$folder/$program" "$folder/$program.o"
  done
  arm-none-eabi-gcc "${target[@]}" -w -c "$here/lwip_smtp.c" -o "$folder/lwip_smtp.o"
  arm-none-eabi-gcc "${target[@]}" -w -c "$lwip/src/apps/smtp/smtp.c" -o "$folder/smtp.o"
  link "$folder/lwip_smtp" "$folder/lwip_smtp.o" "$folder/smtp.o"
done

forbidden='__throw_|__cxa_(throw|atexit|allocate|guard)|__aeabi_atexit|^atexit$|^_Zn[wa]|^malloc$'
for core in "${cores[@]}"; do
  for program in "${programs[@]}"; do
    if { arm-none-eabi-nm "$out/$core/$program.o" && arm-none-eabi-nm "$out/$core/$program.elf"; } |
      awk '{ print $NF }' | sort -u | grep -E "$forbidden"; then
      echo "size.sh: $program can throw, allocate, or do something at exit" >&2
      exit 1
    fi
  done
done

# A login that is not named costs nothing.
for core in "${cores[@]}"; do
  if arm-none-eabi-nm "$out/$core/engine.elf" |
    grep -iE 'scram|cram|pbkdf2|hmac|oauth|bearer|external|strongest'; then
    echo "size.sh: a program with AUTH PLAIN has something of another login" >&2
    exit 1
  fi
  arm-none-eabi-nm "$out/$core/strongest.elf" | grep scram >/dev/null # it would have been found
done

flash() { # flash CORE PROGRAM: octets of all that must be stored, the first values of variables too
  arm-none-eabi-objdump -h "$out/$1/$2.elf" | awk '
    $1 ~ /^[0-9]+$/ { name = $2; size = $3; next }
    /LOAD/ && name !~ /^\.stubs/ { print size }' |
    { sum=0; while read -r size; do sum=$((sum + 16#$size)); done; echo "$sum"; }
}

more() { # more CORE PROGRAM THAN: what PROGRAM has of flash that THAN has not
  echo $(($(flash "$1" "$2") - $(flash "$1" "$3")))
}

ram() { # ram PROGRAM OBJECT: its size in octets on a Cortex-M3; an empty one may have been left out
  local size
  size=$(arm-none-eabi-nm -S "$out/cortex-m3/$1.elf" | awk -v object="$2" '$4 == object { print $2 }')
  echo $((16#${size:-0}))
}

deepest() { # deepest PROGRAM: octets of stack below poll, on a Cortex-M3
  local work=$out/cortex-m3/$1
  awk -f "$here/stack.awk" "$work.ci" >"$work.stack"
  head -n 1 "$work.stack"
}

# There is no C++ library for RV32 to link with, so only the object's own code counts there, which is
# that of all inline functions that are used.
object() { # object PROGRAM
  clang++ --target=riscv32-unknown-elf -march=rv32imac -nostdinc++ "${arm_headers[@]}" -Os \
    -ffunction-sections "${cxxflags[@]}" "-I$here" -c "$here/$1.cpp" -o "$out/$1.rv32.o" 2>"$out/rv32" ||
    { cat "$out/rv32" >&2; return 1; }
  arm-none-eabi-size "$out/$1.rv32.o" | awk 'NR == 2 { print $1 + $2 }'
}
mapfile -t arm_headers < <(echo | arm-none-eabi-g++ -mcpu=cortex-m3 -E -v -x c++ - 2>&1 |
  sed -n '/^#include </,/^End/s/^ /-isystem/p' | sed 's/^-isystem/&/')

buffers=$((512 + 128)) # buffer_sizes of client.hpp, as it comes
state_ram=$(($(ram engine smtp) - buffers))
session_ram=$(ram tls tls)
context_ram=$(ram tls trust)
message_ram=$(ram mime alert)
engine_stack=$(deepest engine)
tls_stack=$(deepest tls)
mime_stack=$(deepest mime)
scram_stack=$(deepest scram)

kb() { awk -v octets="$1" 'BEGIN { printf "%.1f KB", octets / 1024 }'; }

row() { # row NAME PROGRAM THAN: a cell for each core
  local core
  printf '| %s |' "$1"
  for core in "${cores[@]}"; do printf ' %s |' "$(kb "$(more "$core" "$2" "$3")")"; done
  echo
}

table() {
  echo "| flash, \`-Os\` | Cortex-M0+ | Cortex-M3 | Cortex-M4 |"
  echo '|---|---|---|---|'
  row 'client, AUTH PLAIN, a ready-made text; no TLS' engine empty
  row '+ the TLS session, wolfSSL itself not counted' tls engine
  row '+ a message composed: UTF-8, attachments' mime engine
  row '+ DSN, REQUIRETLS, any other parameter of MAIL and RCPT' everything engine
  row '+ why it failed, in words' explain engine
  row '+ the port for lwIP'"'"'s raw API' lwip_raw engine
  row '+ the port for lwIP'"'"'s sockets' lwip_sockets engine
  row '+ the port for Arduino'"'"'s clients' arduino engine
  row 'AUTH PLAIN, of the first row' engine no_login
  row 'AUTH LOGIN in its stead' login no_login
  row 'AUTH CRAM-MD5, the hash not counted' cram_md5 no_login
  row 'AUTH SCRAM-SHA-256, the hash not counted' scram no_login
  row 'AUTH XOAUTH2' xoauth2 no_login
  row 'AUTH OAUTHBEARER' oauthbearer no_login
  row 'AUTH EXTERNAL' external no_login
  row 'the stronger of SCRAM-SHA-256 and PLAIN' strongest no_login
  row 'for comparison: lwIP'"'"'s `smtp.c`' lwip_smtp empty
  echo
  echo "RV32, whose objects cannot be linked here, by clang++: $(kb "$(object engine)") for the first" \
    "program, $(kb "$(object tls)") with TLS, $(kb "$(object mime)") with a message."
  cat <<END

| RAM on a Cortex-M3 | octets |
|---|---|
| client | $state_ram and its buffers: $buffers, or what you choose |
| TLS session, and its trust | $session_ram and $context_ram |
| message, and what it is made of | $message_ram and your own |
| login: PLAIN, LOGIN, EXTERNAL | $(ram engine plain), $(ram login two_steps), $(ram external the_login) |
| login: CRAM-MD5, SCRAM-SHA-256, with the hash's states | $(ram cram_md5 the_login), $(ram scram the_login) |
| login: XOAUTH2, OAUTHBEARER, the token not counted | $(ram xoauth2 the_login), $(ram oauthbearer the_login) |
| deepest stack below \`poll\`, wolfSSL not counted | $engine_stack; over TLS $tls_stack; where a message is composed $mime_stack; with SCRAM $scram_stack |
| heap, exceptions, RTTI, work before \`main\` or at exit | none |
END
}

against() { # against OCTETS BUDGET
  if (($1 <= $2)); then echo "within $2"; else echo "OVER $2 by $(($1 - $2))"; fi
}
# A row over its budget may not grow: it has a ceiling, which comes down with it.
budget() { # budget NAME OCTETS BUDGET [CEILING]
  printf '%-34s %8d   %s\n' "$1" "$2" "$(against "$2" "$3")"
  if (($2 > ${4:-$3})); then
    echo "size.sh: $1: $2 octets are more than ${4:-$3}" >&2
    exit 1
  fi
}

table
echo
printf '%-34s %8s   %s\n' 'Cortex-M3' octets budget
budget 'flash: engine, no TLS' "$(more cortex-m3 engine empty)" 5939 14848 # 5.8 KB
budget 'flash: everything of smtp/, no TLS' "$(more cortex-m3 everything empty)" 14336 17024 # 14 KB
budget 'flash: + the TLS session' "$(more cortex-m3 tls engine)" 4096 5456
budget 'flash: engine and MIME, no TLS' "$(more cortex-m3 mime empty)" 9728 24704 # 9.5 KB
budget 'RAM: client without its buffers' "$state_ram" 256 536
budget 'RAM: wolfssl::session' "$session_ram" 512
budget 'RAM: mime::message' "$message_ram" 256
budget 'stack below poll: engine' "$engine_stack" 512
budget 'stack below poll: over TLS' "$tls_stack" 512 560
budget 'stack below poll: composing' "$mime_stack" 512 864
budget 'stack below poll: SCRAM' "$scram_stack" 512 960
echo 'No __throw_, no atexit, no operator new, no malloc.'

with_table() { # the README, with the table as measured now
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
