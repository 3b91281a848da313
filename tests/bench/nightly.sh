#!/bin/bash
# Measures runs of the nightly job over the logs of many servers, and prints a table.
#
#   tests/bench/nightly.sh [SERVERS] [RECORDS] [NIGHTS]    default 50 servers, 190000 records each
#                                                          (100 MB), 2 nights
#
# Build first: cmake --preset release && cmake --build --preset release
# Needs python3 and GNU time, and room below the build folder for one night's logs and the store.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${EXDIAG_BUILD:-$top/build/release}
servers=${1:-50}
records=${2:-190000}
nights=${3:-2}
work=$build/bench/nightly
export EXDIAG_DATA=$top EXDIAG_CACHE=$build/bench/cache
rm -rf "$work"
mkdir -p "$work/inbox"
{
  printf 'sites:\n  - name: bench\n    inbox: inbox\n    settle: 0s\n    servers:\n'
  for ((s = 0; s < servers; ++s)); do printf '      - {name: SRV-%03d}\n' "$s"; done
} > "$work/exdiag.yaml"

# run NAME AT
run() {
  /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$build/exdiag" nightly --config "$work/exdiag.yaml" --at "$2" \
    > "$work/out" 2> "$work/err" || [ $? -eq 1 ] || { cat "$work/err" >&2; exit 1; }
  tail -n 1 "$work/time" | awk -v name="$1" -v store="$(stat -c %s "$work/bench.db")" \
    '{printf "%-44s %7.1f s %7.1f s CPU %7.1f MB, store %6.0f MB\n", name, $1, $2 + $3, $4 / 1024, store / 1e6}'
}

printf '%d cores, load %s\n' "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
for ((night = 0; night < nights; ++night)); do
  rm -rf "$work/inbox"
  python3 "$top/tests/bench/nightly_logs.py" "$work/inbox" --servers "$servers" --records "$records" \
    --night "$night" --base "$build/bench/night-$records.evtx"
  bytes=$(du -sb "$work/inbox" | cut -f1)
  run "night $((night + 1)): $servers servers, $((bytes / 1000000)) MB of new logs" "2001-03-$((15 + night))T02:00:00Z"
done
run 'the same night again: nothing new' "2001-03-$((14 + nights))T03:00:00Z"
