# SPDX-License-Identifier: BSL-1.0
# Debian's archive, by an apt of our own: the machine's lists and packages stay as they are. Sourced
# by bash scripts.
#
#   archive_download SUITE DIR PACKAGE...   fetches binary packages into DIR; SUITE may be one that
#                                           the machine does not use, such as bookworm-backports
#   archive_fetch PATH SHA256 FILE          fetches one file of the pool, if it is the right one
#
# The mirror is the one that this machine uses already. What was fetched is kept in $archive_cache.

archive_cache=${MAILMOTE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/mailmote}

archive_mirror() {
  archive_known_mirror || { apt-get -qq update && archive_known_mirror; } || {
    echo "archive.sh: apt knows no Debian archive" >&2
    return 1
  }
}

archive_known_mirror() {
  # shellcheck disable=SC2016  # apt's own variables
  apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' |
    awk '$2 == "Debian" && $3 == "Debian" { print $1; found = 1; exit } END { exit !found }'
}

archive_download() {
  local suite=$1 target=$2 state mirror
  shift 2
  mirror=$(archive_mirror) || return
  state=$(mktemp -d)
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
    >"$state/sources.list"
  archive_apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
      -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" \
      -o APT::Sandbox::User=root "$@"
  }
  archive_apt update && (cd "$target" && archive_apt download "$@" >/dev/null)
  local result=$?
  rm -rf "$state"
  return $result
}

archive_fetch() {
  local mirror
  mirror=$(archive_mirror) || return
  /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "${mirror%/}/$1" "$3" \
    "SHA256:$2" >/dev/null
}
