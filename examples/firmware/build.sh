#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# build.sh MACHINE DIR ROOT_CA: builds DIR/MACHINE.elf, for QEMU's machine of that name. ROOT_CA is a
# PEM file, which the image carries. Prints what it takes of the machine's memory.
#
# The sources of wolfSSL and lwIP are Debian's, fetched once, of the releases WOLFSSL_VERSION and
# LWIP_VERSION; or, where those are not said, the folders WOLFSSL_DIR and LWIP_DIR.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$root/tests/build/sources.sh"

machine=$1
case $machine in
  mps2-an385) cpu=(-mcpu=cortex-m3) ethernet=lan9118 memory=mps2 ;;
  mps2-an386) cpu=(-mcpu=cortex-m4) ethernet=lan9118 memory=mps2 ;;
  mps2-an500) cpu=(-mcpu=cortex-m7) ethernet=lan9118 memory=mps2 ;;
  lm3s6965evb) cpu=(-mcpu=cortex-m3) ethernet=stellaris memory=lm3s6965 ;;
  *) echo "build.sh: no machine $machine" >&2; exit 64 ;;
esac
mkdir -p "$2"
out=$(cd "$2" && pwd)
root_ca=$3
sources_or() { # sources_or FOLDER VERSION DEFAULT FETCH
  if [[ -n $1 && -z $2 ]]; then echo "$1"; else "$4" "${2:-$3}"; fi
}
wolfssl=$(sources_or "${WOLFSSL_DIR-}" "${WOLFSSL_VERSION-}" 5.7.2 wolfssl_sources)
lwip=$(sources_or "${LWIP_DIR-}" "${LWIP_VERSION-}" 2.2.1 lwip_sources)

flags=("${cpu[@]}" -mthumb -Os -g1 -ffunction-sections -fdata-sections "-I$here" "-I$out"
  -DBOARD_TEST_SEED "-DBOARD_$(tr 'a-z-' 'A-Z_' <<<"${machine%evb}")")
foreign=(-w -DWOLFSSL_USER_SETTINGS "-I$wolfssl" "-I$lwip/src/include")
strict=(-std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -DWOLFSSL_USER_SETTINGS
  "-I$root/include" -isystem "$wolfssl" -isystem "$lwip/src/include")

# The libraries, whose objects are kept for as long as nothing that they are made of changes.
key=$({
  cat "$here"/{user_settings,lwipopts,arch/cc}.h "$here/build.sh"
  find "$wolfssl/src" "$wolfssl/wolfcrypt" "$wolfssl/wolfssl" "$lwip/src" -type f -printf '%p %s %T@\n' | sort
  arm-none-eabi-gcc -dumpfullversion
} | sha256sum)
libraries=$out/$(tr -d ' =-' <<<"${cpu[0]}")-${key:0:12}.a
if [[ ! -e $libraries ]]; then
  objects=$(mktemp -d "$out/objects.XXXXXX")
  {
    find "$wolfssl/src" "$wolfssl/wolfcrypt/src" -maxdepth 1 -name '*.c'
    find "$lwip/src/core" -name '*.c' ! -path '*/ipv6/*'
    echo "$lwip/src/netif/ethernet.c"
  } | xargs -P "$(nproc)" -I {} sh -c '
    source=$1 objects=$2
    shift 2
    exec arm-none-eabi-gcc "$@" -c "$source" -o "$objects/$(echo "$source" | cksum | tr -d " ").o"
  ' sh {} "$objects" "${flags[@]}" "${foreign[@]}"
  arm-none-eabi-ar rcs "$libraries.new" "$objects"/*.o
  mv "$libraries.new" "$libraries"
  rm -r "$objects"
fi

work=$out/$machine
mkdir -p "$work"
"$here/root_ca.sh" "$root_ca" >"$work/root_ca.hpp"

objects=()
for source in main network board "$ethernet"; do
  arm-none-eabi-g++ "${flags[@]}" "-I$work" "${strict[@]}" -c "$here/$source.cpp" -o "$work/$source.o"
  objects+=("$work/$source.o")
done

# The C driver links: libc and libgcc, and no C++ library.
arm-none-eabi-gcc "${flags[@]}" --specs=nano.specs -nostartfiles -Wl,--gc-sections "-L$here" \
  -T "$here/$memory.ld" -Wl,-Map="$work.map" -Wl,--no-warn-rwx-segments "${objects[@]}" "$libraries" \
  -o "$work.elf"
arm-none-eabi-size "$work.elf"
