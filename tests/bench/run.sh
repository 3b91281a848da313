#!/bin/bash
# Measures exdiag against public tools on one generated log, all in one run, and prints a table.
#
#   tests/bench/run.sh [RUNS] [RECORDS]      default 5 runs, 190000 records (100 MB)
#
# Build first: cmake --preset release && cmake --build --preset release
# Needs python3 and GNU time; evtxexport (package libevtx-utils) is left out when it is not there.
# The peers are run in turn, so that a busy machine is busy for all of them; the figure is the
# median.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${EXDIAG_BUILD:-$top/build/release}
runs=${1:-5}
records=${2:-190000}
work=$build/bench
mkdir -p "$work"
log=$work/demo-$records.evtx
[ -s "$log" ] || python3 "$top/tests/tools/make_evtx.py" --demo "$records" "$log" > /dev/null
bytes=$(stat -c %s "$log")

# measure NAME COMMAND...: appends "seconds kilobytes" to NAME's file.
measure() {
  local name=$1
  shift
  /usr/bin/time -o "$work/time" -f '%e %M' "$@" > "$work/out" 2> "$work/err" || [ $? -eq 1 ] ||
    { echo "$name failed:" >&2; cat "$work/err" >&2; exit 1; }
  tail -n 1 "$work/time" >> "$work/$name.runs"
}

# median FILE COLUMN
median() { awk -v c="$2" '{print $c}' "$1" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

rm -f "$work"/*.runs
for ((run = 1; run <= runs; ++run)); do
  printf '\rrun %d of %d' "$run" "$runs" >&2
  measure parse "$build/tests/bench/exdiag_parse" "$log"
  if command -v evtxexport > /dev/null && [ "$run" -le "${EVTXEXPORT_RUNS:-1}" ]; then
    measure evtxexport evtxexport "$log"
  fi
  rm -f "$work"/*.db*
  measure import "$build/exdiag" import --store "$work/import.db" "$log"
  measure diagnose "$build/exdiag" diagnose "$log"
  measure baseline-process "$build/tests/bench/sqlite_baseline" "$log" "$work/baseline.db"
  # Only its inserting counts: the rows were in memory.
  echo "$(awk '{print $2}' "$work/out") $(awk '{print $2}' "$work/time")" >> "$work/baseline.runs"
done
printf '\r%20s\r' '' >&2

row() {
  [ -s "$work/$1.runs" ] || return 0
  awk -v name="$2" -v s="$(median "$work/$1.runs" 1)" -v k="$(median "$work/$1.runs" 2)" \
      -v b="$bytes" -v n="$records" \
      'BEGIN {if (s < 0.001) s = 0.001;
       printf "%-44s %8.3f s %8.1f MB/s %10.0f records/s %7.1f MB\n", name, s, b / 1e6 / s, n / s, k / 1024}'
}
printf '%d records, %.1f MB, median of %d runs, %d cores, load %s\n' "$records" \
  "$(awk -v b="$bytes" 'BEGIN {print b / 1e6}')" "$runs" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-44s %10s %13s %20s %10s\n' what time size-speed record-speed peak
row parse 'parse'
row evtxexport 'evtxexport (text, to a file)'
row import 'import into a store, everything'
row baseline 'plain prepared INSERT of the same rows'
row diagnose 'diagnose without a store'
if [ -s "$work/evtxexport.runs" ]; then
  awk -v a="$(median "$work/evtxexport.runs" 1)" -v b="$(median "$work/parse.runs" 1)" \
    'BEGIN {printf "parse is %.0f times evtxexport\n", a / (b < 0.001 ? 0.001 : b)}'
fi
