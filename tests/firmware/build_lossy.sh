#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# build_lossy.sh DIR ROOT_CA: builds DIR/lossy, the firmware's application and its lwIP for this
# machine, with a network that loses packets.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
firmware=$root/examples/firmware
source "$root/tests/build/sources.sh"

mkdir -p "$1"
work=$(cd "$1" && pwd)/lossy-objects
lwip=$(lwip_sources "${LWIP_VERSION:-2.2.1}")
mkdir -p "$work"
cp -r "$root/tests/lwip/arch" "$work" # this machine's, instead of the board's
flags=(-g1 -O1 -fsanitize=address "-I$work" "-I$firmware" -DLWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS
  -DMEM_ALIGNMENT=8 -DSITE_PATIENCE=240000)

{
  find "$lwip/src/core" -name '*.c' ! -path '*/ipv6/*'
  echo "$lwip/src/netif/ethernet.c"
} | xargs -P "$(nproc)" -I {} sh -c '
  source=$1 work=$2
  shift 2
  exec cc -w "$@" -c "$source" -o "$work/$(basename "$source" .c).o"
' sh {} "$work" "${flags[@]}" "-I$lwip/src/include"

"$firmware/root_ca.sh" "$2" >"$work/root_ca.hpp"
# libslirp's own word for pkg-config asks for headers of glib that nobody needs here.
# shellcheck disable=SC2046  # several words
g++ -std=c++20 "${flags[@]}" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror "-I$root/include" \
  -isystem "$lwip/src/include" "$firmware"/{main,network}.cpp "$here/slirp_board.cpp" "$work"/*.o \
  -isystem /usr/include/slirp -lslirp $(pkg-config --libs wolfssl) -o "$1/lossy"
