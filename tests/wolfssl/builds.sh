# SPDX-License-Identifier: BSL-1.0
# Builds of wolfSSL from the sources that Debian has of its releases, unpatched, kept outside of the
# tree. Sourced by bash scripts.
#
#   wolfssl_sources VERSION           prints the folder of the sources; the user's own, if there is
#                                     a WOLFSSL_DIR with that version in it
#   wolfssl_build VERSION OPTIONS     builds them with OPTIONS.h of this folder as their
#                                     user_settings.h, once, and prints the folder: libwolfssl.a, and
#                                     `flags`, what a compiler must be told
#
# A tarball is the right one when its SHA-256 is.

wolfssl_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$wolfssl_here/../build/archive.sh"

declare -A wolfssl_sha256=(
  [5.5.4]=b7ee150e49def77c765bc02aac92ddeb0bebefd4cb12aa263d8f95e405221fb8
  [5.7.2]=0f2ed82e345b833242705bbc4b08a2a2037a33f7bf9c610efae6464f6b10e305
  [5.9.2]=2f4ef3d4fd387a9b3191d36a6316d69116c46ff69bb9583b6c82b36d7b8ca114
)

wolfssl_sources() {
  local version=$1 target=$archive_cache/wolfssl-$1 new
  if [[ -n ${WOLFSSL_DIR-} ]] && grep -qs "\"$version\"" "$WOLFSSL_DIR/wolfssl/version.h"; then
    echo "$WOLFSSL_DIR"
    return
  fi
  if [[ ! -d $target ]]; then
    mkdir -p "$archive_cache"
    new=$(mktemp -d "$archive_cache/new.XXXXXX")
    archive_fetch "pool/main/w/wolfssl/wolfssl_$version.orig.tar.gz" "${wolfssl_sha256[$version]}" \
      "$new/tarball" && mkdir "$new/tree" &&
      tar -xzf "$new/tarball" -C "$new/tree" --strip-components=1 --wildcards --no-same-owner \
        '*/wolfssl/*' '*/src/*' '*/COPYING*' &&
      { mv "$new/tree" "$target" 2>/dev/null || [[ -d $target ]]; } || { rm -rf "$new"; return 1; }
    rm -rf "$new"
  fi
  echo "$target"
}

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
