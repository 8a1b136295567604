#!/usr/bin/env bash
# Proves the install: makes a bare Debian 12 with debootstrap, clones this repository's HEAD into
# it, into a path with a space, and runs a command there, first as root, then in another clone as
# an ordinary user with sudo. Leaves nothing mounted. Exit status 77 where this machine does not
# allow it: it needs root, and a mount namespace.
#
#   scripts/bare_debian.sh                                   # ./run demo --once
#   scripts/bare_debian.sh './run demo --once && ./test'
source "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"

if [ "$(id -u)" -ne 0 ] || ! unshare --mount --pid --fork mount --make-rprivate / 2>/dev/null; then
  say 'skipped: a bare Debian in a folder needs root and the right to make a mount namespace'
  exit 77
fi
[ $# -gt 0 ] || set -- './run demo --once'
need_packages debootstrap git

bare=${QUANTA_BARE_FOLDER:-$root/build/bare}
mkdir -p "$bare"
if [ ! -e "$bare/base/.complete" ]; then
  say 'making a bare Debian 12 (debootstrap --variant=minbase bookworm)'
  rm -rf "$bare/base"
  debootstrap --variant=minbase bookworm "$bare/base" >"$bare/debootstrap.log" 2>&1 ||
    die "debootstrap failed: see $bare/debootstrap.log"
  touch "$bare/base/.complete"
fi

# try AS-WHOM COMMAND: in a fresh copy of the bare system.
try() {
  local whom=$1 command=$2 system="$bare/$1" home
  rm -rf "$system"
  cp -a "$bare/base" "$system"
  home=/root
  if [ "$whom" != root ]; then
    home="/home/$whom"
    chroot "$system" sh -c "apt-get -q update && apt-get -q install -y --no-install-recommends sudo" \
      >"$bare/$whom.log" 2>&1
    chroot "$system" useradd --create-home --shell /bin/bash "$whom"
    echo "$whom ALL=(ALL) NOPASSWD: ALL" >"$system/etc/sudoers.d/$whom"
  fi
  git clone -q --no-hardlinks "$root" "$system$home/a clone"
  # The certificate authorities that this machine trusts: its network may have one of its own.
  local authorities=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  if [ -e "$authorities" ]; then cp "$authorities" "$system/etc/extra-certificates.pem"; fi
  cat >"$system/try.sh" <<END
cd '$home/a clone'
export HOME='$home'
[ ! -e /etc/extra-certificates.pem ] || export NODE_EXTRA_CA_CERTS=/etc/extra-certificates.pem
$command
END
  [ "$whom" = root ] || chroot "$system" chown -R "$whom:" "$home"
  say "as $whom: $command"
  local started=$SECONDS status=0
  # A mount namespace of its own takes /proc away with the last process, whatever happens. The
  # environment starts empty, there is no terminal and no standard input.
  unshare --mount --pid --fork sh -c '
    mount --make-rprivate / && mount -t proc proc "$1/proc" &&
    mount --bind /dev/null "$1/dev/null" &&
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      chroot "$1" '"$([ "$whom" = root ] || echo "setpriv --reuid=$whom --regid=$whom --init-groups")"' bash /try.sh' \
    bare "$system" </dev/null || status=$?
  say "as $whom: exit status $status after $((SECONDS - started)) s"
  du -sxh "$system" | sed 's/^/quanta: size of the system afterwards: /' >&2
  rm -rf "$system"
  return "$status"
}

status=0
try root "$*" || status=1
try quant "$*" || status=1
exit "$status"
