# SPDX-License-Identifier: BSL-1.0
# Servers whose packages exclude each other, unpacked instead of installed. Sourced by run.sh.
#
#   is_unpacked NAME              whether unpack NAME has been done on this machine
#   unpack NAME SUITE PACKAGE...  fetches packages from Debian's SUITE, and keeps them unpacked
#   lay_out NAME USER...          prints the folder with the files of NAME for this run; each USER is
#                                 `name:number`, with a group of the same name
#   as_installed NAME COMMAND...  becomes COMMAND, for whom those files lie where the packages put
#                                 them and those users exist; /var is the folder's var, if it has one
#
# The machine's own files stay as they are: what is seen is seen in a mount namespace.

source "$interop/../build/archive.sh"
unpacked=$archive_cache/servers

is_unpacked() { [[ -e $unpacked/$1/.whole ]]; }

unpack() {
  local target=$unpacked/$1 suite=$2 new package
  shift 2
  new=$(mktemp -d)
  archive_download "$suite" "$new" "$@" || return
  for package in "$new"/*.deb; do dpkg-deb -x "$package" "$new/root" || return; done
  mkdir -p "$new/root/etc"
  touch "$new/root/.whole"
  chmod 755 "$new/root"
  rm -rf "$target"
  mkdir -p "$unpacked"
  cp -a "$new/root" "$target.new" && mv "$target.new" "$target"
  rm -rf "$new"
}

lay_out() {
  local root=$work/$1.root user
  cp -a "$unpacked/$1" "$root" # the cache may be where no daemon may look
  cp /etc/passwd /etc/group "$root/etc"
  for user in "${@:2}"; do
    echo "${user%:*}:x:${user#*:}:${user#*:}::/nonexistent:/bin/false" >>"$root/etc/passwd"
    echo "${user%:*}:x:${user#*:}:" >>"$root/etc/group"
  done
  echo "$root"
}

as_installed() {
  local root=$work/$1.root
  shift
  # shellcheck disable=SC2016  # for the inner shell
  exec unshare --mount --propagation private sh -c '
    for folder in usr etc; do
      mount -t overlay overlay -o "lowerdir=$0/$folder:/$folder" "/$folder" || exit
    done
    [ ! -d "$0/var" ] || mount --bind "$0/var" /var || exit
    exec "$@"' "$root" "$@"
}
