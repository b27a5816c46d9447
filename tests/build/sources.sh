# SPDX-License-Identifier: BSL-1.0
# The sources of wolfSSL and lwIP as Debian has them, unpatched, kept outside of the tree. Sourced by
# bash scripts.
#
#   wolfssl_sources VERSION    prints the folder of the sources; the user's own, if WOLFSSL_DIR has
#                              that version in it
#   lwip_sources VERSION       the same, and LWIP_DIR
#
# A tarball is the right one when its SHA-256 is.

source "$(dirname "${BASH_SOURCE[0]}")/archive.sh"

declare -A sources_sha256=(
  [wolfssl-5.5.4]=b7ee150e49def77c765bc02aac92ddeb0bebefd4cb12aa263d8f95e405221fb8
  [wolfssl-5.7.2]=0f2ed82e345b833242705bbc4b08a2a2037a33f7bf9c610efae6464f6b10e305
  [wolfssl-5.9.2]=2f4ef3d4fd387a9b3191d36a6316d69116c46ff69bb9583b6c82b36d7b8ca114
  [lwip-2.1.3]=0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24
  [lwip-2.2.1]=83729c274c499d3348e9fbbe043a3113f3fa8953e7efddc7c21c7fcbb1f2b7b1
)

# sources_unpack NAME-VERSION PATH FOLDER...: of the pool's tarball at PATH, these folders.
sources_unpack() {
  local release=$1 path=$2 target=$archive_cache/$1 new
  shift 2
  if [[ ! -d $target ]]; then
    mkdir -p "$archive_cache"
    new=$(mktemp -d "$archive_cache/new.XXXXXX")
    archive_fetch "$path" "${sources_sha256[$release]}" "$new/tarball" && mkdir "$new/tree" &&
      tar -xf "$new/tarball" -C "$new/tree" --strip-components=1 --wildcards --no-same-owner \
        "${@/#/*/}" &&
      { mv "$new/tree" "$target" 2>/dev/null || [[ -d $target ]]; } || { rm -rf "$new"; return 1; }
    rm -rf "$new"
  fi
  echo "$target"
}

wolfssl_sources() {
  if [[ -n ${WOLFSSL_DIR-} ]] && grep -qs "\"$1\"" "$WOLFSSL_DIR/wolfssl/version.h"; then
    echo "$WOLFSSL_DIR"
    return
  fi
  sources_unpack "wolfssl-$1" "pool/main/w/wolfssl/wolfssl_$1.orig.tar.gz" \
    'wolfssl/*' 'src/*' 'COPYING*'
}

lwip_sources() {
  local found
  if [[ -n ${LWIP_DIR-} ]]; then
    found=$(awk '/^#define LWIP_VERSION_(MAJOR|MINOR|REVISION) / { v = v "." $3 } END { print v }' \
      "$LWIP_DIR/src/include/lwip/init.h")
    if [[ $found == ".$1" ]]; then
      echo "$LWIP_DIR"
      return
    fi
  fi
  sources_unpack "lwip-$1" "pool/main/l/lwip/lwip_$1+dfsg1.orig.tar.xz" 'src/*' 'COPYING*'
}
