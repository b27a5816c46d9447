#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# build.sh BUILD_DIR: builds what run.sh runs: the firmware for four machines, one of them with other
# releases of the libraries too, and its application for a lossy network. It trusts the authorities of
# BUILD_DIR/pki.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$root/tests/build/sources.sh"

out=$1/firmware
mkdir -p "$out"
roots=$out/roots.pem
cat "$1"/pki/{ca,rsa_ca}.pem >"$roots"

for machine in mps2-an385 mps2-an386 mps2-an500 lm3s6965evb; do
  "$root/examples/firmware/build.sh" "$machine" "$out" "$roots"
done

with() { # with WOLFSSL LWIP
  WOLFSSL_VERSION=$1 LWIP_VERSION=$2 "$root/examples/firmware/build.sh" lm3s6965evb \
    "$out/wolfssl-$1-lwip-$2" "$roots"
}
with 5.5.4 2.1.3
if wolfssl_sources 5.9.2 >/dev/null 2>&1; then
  with 5.9.2 2.2.1
else
  echo "wolfSSL 5.9.2 is not to be had: not run"
fi

"$here/build_lossy.sh" "$out" "$roots"
