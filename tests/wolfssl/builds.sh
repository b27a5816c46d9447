# SPDX-License-Identifier: BSL-1.0
# Builds of wolfSSL from the sources that Debian has of its releases, unpatched, kept outside of the
# tree. Sourced by bash scripts.
#
#   wolfssl_build VERSION OPTIONS     builds them with OPTIONS.h of this folder as their
#                                     user_settings.h, once, and prints the folder: libwolfssl.a, and
#                                     `flags`, what a compiler must be told

wolfssl_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$wolfssl_here/../build/sources.sh"

wolfssl_build() {
  local sources options=$wolfssl_here/$2.h key target new
  sources=$(wolfssl_sources "$1") || return
  key=$({ cat "$options" "$wolfssl_here/builds.sh"; cc --version; echo "$sources"; } | sha256sum)
  target=$archive_cache/wolfssl-$1-$2-${key:0:12}
  if [[ ! -d $target ]]; then
    new=$(mktemp -d "$archive_cache/new.XXXXXX")
    cp "$options" "$new/user_settings.h"
    find "$sources/src" "$sources/wolfcrypt/src" -maxdepth 1 -name '*.c' -print0 |
      xargs -0 -P "$(nproc)" -I {} sh -c '
        cc -w -O1 -fPIC -DWOLFSSL_USER_SETTINGS -I"$1" -I"$2" -c "$3" -o "$1/$(basename "$3" .c).o"
      ' sh "$new" "$sources" {} && ar rc "$new/libwolfssl.a" "$new"/*.o || { rm -rf "$new"; return 1; }
    rm "$new"/*.o
    echo "-DWOLFSSL_USER_SETTINGS -I$target -I$sources" >"$new/flags"
    mv "$new" "$target" 2>/dev/null || rm -rf "$new"
  fi
  echo "$target"
}
