#!/bin/sh
# Installs into FOLDER, from their registries, the readers that compare.py compares exdiag with; evtxexport is the Debian
# package libevtx-utils.  What cannot be had is named, and compare.py leaves it out.
#
#   tests/damage/peers.sh FOLDER
set -u
[ $# -eq 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }
folder=$1
mkdir -p "$folder"
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install -q python-evtx ||
  echo "peers.sh: python-evtx could not be installed" >&2
cargo install -q evtx --root "$folder/cargo" || echo "peers.sh: the crate evtx could not be installed" >&2
command -v evtxexport > /dev/null || echo "peers.sh: evtxexport is not there; its package is libevtx-utils" >&2
