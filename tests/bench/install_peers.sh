#!/bin/bash
# Installs the readers that tests/bench/speed.py measures exdiag against, each by the ordinary client of its registry:
#
#   tests/bench/install_peers.sh [FOLDER]      default build/peers
#
# evtxexport   Debian's libevtx-utils
# python-evtx  PyPI, into a virtual environment
# evtx_dump    the Rust crate evtx, built by cargo (Debian's, where there is none)
# sqlite3      Debian's sqlite3
#
# What is there already stays.  What cannot be had is said at the end, and the exit status is then 1; the bench
# leaves it out and says so too.
set -uo pipefail
case ${1:-} in
  -*) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
top=$(cd "$(dirname "$0")/../.." && pwd)
peers=${1:-$top/build/peers}
crate=0.12.2
mkdir -p "$peers/bin"
missing=()

# debian PACKAGE: by apt, as root or by sudo
debian() {
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo -n)
  command -v apt-get > /dev/null || return 1
  "${root[@]}" apt-get install -y "$1" > "$peers/apt.log" 2>&1 ||
    { "${root[@]}" apt-get update && "${root[@]}" apt-get install -y "$1"; } >> "$peers/apt.log" 2>&1
}

# from_debian PROGRAM PACKAGE
from_debian() { command -v "$1" > /dev/null || debian "$2" || missing+=("$1: no package $2 (see $peers/apt.log)"); }

from_debian evtxexport libevtx-utils
from_debian sqlite3 sqlite3

if ! "$peers/python/bin/python" -c 'import Evtx.Evtx' 2> "$peers/pip.log"; then
  { python3 -m venv "$peers/python" && "$peers/python/bin/pip" install python-evtx; } > "$peers/pip.log" 2>&1 ||
    missing+=("python-evtx: pip did not install it (see $peers/pip.log)")
fi

if [ ! -x "$peers/bin/evtx_dump" ]; then
  if ! command -v cargo > /dev/null && ! debian cargo; then
    missing+=("evtx_dump: no cargo (see $peers/apt.log)")
  elif ! cargo install --locked --root "$peers" --version "$crate" evtx > "$peers/cargo.log" 2>&1; then
    missing+=("evtx_dump: cargo did not build the crate evtx $crate (see $peers/cargo.log)")
  fi
fi

for peer in "${missing[@]}"; do
  echo "MISSING PEER: $peer" >&2
done
[ ${#missing[@]} -eq 0 ] && echo "all peers are there: evtxexport, sqlite3, $peers/python, $peers/bin/evtx_dump"
