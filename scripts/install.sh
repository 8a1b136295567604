# Sourced by ./run and ./test: installs what is missing and builds a preset.
#
# Debian packages come from apt, never with a removal (--no-remove). Boost 1.81 conflicts with the
# 1.74 that other packages stand on, so it is never installed: its packages are unpacked under
# build/boost, on every machine alike. The demo's prices come from npm, by a lock file with hashes.

set -euo pipefail

# The current folder stays the caller's, so that paths the user gives mean what they say.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(g++-12 cmake ninja-build ccache pkg-config libfmt-dev libspdlog-dev libcli11-dev
  libtomlplusplus-dev libeigen3-dev libnlopt-dev coinor-libclp-dev libssl-dev libzstd-dev
  zlib1g-dev)
test_packages=(libgtest-dev librapidcheck-dev)
full_packages=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev gcovr python3)
boost_packages=(libboost1.81-dev libboost-json1.81-dev libboost-json1.81.0
  libboost-container1.81-dev libboost-container1.81.0 libboost-system1.81-dev
  libboost-system1.81.0)

say() { printf 'quanta: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# One install or build at a time in this checkout; the lock is given back when the program ends.
take_lock() {
  mkdir -p "$root/build"
  exec 9>"$root/build/.lock"
  if ! flock -n 9; then
    say 'another ./run or ./test is building here; waiting for it'
    flock 9
  fi
}

release_lock() { exec 9>&-; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    # Without a terminal nobody could type a password: fail at once instead of hanging.
    if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
  else
    die "needs root for '$*': run as root, or install sudo and allow it for $(id -un)"
  fi
}

# apt-get as root, one at a time over all checkouts of this machine. Its many lines go to a log,
# of which the end is shown if it fails.
apt_get() {
  local log="$root/build/apt.log"
  as_root env DEBIAN_FRONTEND=noninteractive flock /var/lib/dpkg/quanta-install.lock \
    apt-get -q -o DPkg::Lock::Timeout=600 "$@" 9>&- >"$log" 2>&1 ||
    { tail -n 30 "$log" >&2; return 1; }
}

apt_lists_known=
know_packages() {
  [ -z "$apt_lists_known" ] || return 0
  local name
  for name in "$@"; do
    if ! apt-cache show "$name" >/dev/null 2>&1; then
      say 'reading the package lists (apt-get update)'
      apt_get update || die 'apt-get update failed: check the network and /etc/apt/sources.list'
      break
    fi
  done
  apt_lists_known=yes
}

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

need_packages() {
  local missing=() name
  for name in "$@"; do
    installed "$name" || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  know_packages "${missing[@]}"
  say "installing ${missing[*]}"
  apt_get install -y --no-install-recommends --no-remove "${missing[@]}" ||
    die "could not install: ${missing[*]} (nothing was removed; the reason is above)"
}

need_boost() {
  [ -e "$root/build/boost/usr/include/boost/json.hpp" ] && return 0
  know_packages "${boost_packages[@]}"
  say 'unpacking Boost 1.81 under build/boost'
  local fresh="$root/build/boost.new"
  rm -rf "$fresh" "$root/build/boost"
  mkdir -p "$fresh/packages"
  (
    cd "$fresh/packages"
    # apt's notice that it downloads without its sandbox user says nothing of use here.
    apt-get -q download "${boost_packages[@]}" 2>"$fresh/messages" >/dev/null ||
      { cat "$fresh/messages" >&2; exit 1; }
    for package in *.deb; do dpkg -x "$package" "$fresh"; done
  ) || die 'could not fetch Boost 1.81 with apt-get download'
  rm -rf "$fresh/packages"
  mv "$fresh" "$root/build/boost"
}

# The prices of `quanta demo`: npm's vega-datasets, version and hash in demo/package-lock.json.
need_demo_data() {  # the caller holds the lock
  local folder="$root/build/demo-data" lock="$root/demo/package-lock.json"
  cmp -s "$lock" "$folder/package-lock.json" && [ -e "$folder/.complete" ] && return 0
  if ! command -v npm >/dev/null; then need_packages nodejs npm; fi
  say "fetching the demo's prices (npm ci, vega-datasets)"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$root/demo/package.json" "$lock" "$folder"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) 9>&- >&2 ||
    die "npm could not fetch the demo's prices; ./run demo --prices FILE works without them"
  touch "$folder/.complete"
}

# build_preset PRESET TARGET...: configures if needed and builds; quiet unless it fails or a
# terminal is watching.
build_preset() {
  local preset=$1 started=$SECONDS log
  shift
  log="$root/build/$preset.log"
  say "building ($preset)"
  local build=(cmake --build "$root/build/$preset" --target "$@")
  (
    cd "$root"
    if [ -t 2 ]; then
      { cmake --preset "$preset" >"$log" || { cat "$log"; exit 1; }; "${build[@]}"; } >&2
    else
      { cmake --preset "$preset" && "${build[@]}"; } >"$log" 2>&1 || { tail -n 60 "$log" >&2; exit 1; }
    fi
  ) 9>&- || die "the build failed (whole log: build/$preset.log)"
  say "built in $((SECONDS - started)) s"
}

# fresh STAMP: true if STAMP is there and no source of the build has changed since it was made.
# Change times are compared, which no copy or checkout can set back.
fresh() {
  [ -e "$1" ] && [ -z "$(cd "$root" && find run scripts src bench cmake demo CMakeLists.txt \
    CMakePresets.json -cnewer "$1" -print -quit)" ]
}
