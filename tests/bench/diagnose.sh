#!/bin/bash
# Measures diagnoses and questions over generated stores, and prints a table.
#
#   tests/bench/diagnose.sh [RUNS] [EVENTS] [MANY]    default 5 runs, 1000000 and 10000000 events
#
# Build first: cmake --preset release && cmake --build --preset release
# The stores are made once, below the build folder, and used again.  Figures are medians of whole
# processes, the rules and the catalogue loaded: time by the clock, CPU time (user and system), memory.
# On a machine that does other things the clock tells little; compare CPU times then.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${EXDIAG_BUILD:-$top/build/release}
runs=${1:-5}
events=${2:-1000000}
many=${3:-10000000}
work=$build/bench
export EXDIAG_DATA=$top EXDIAG_CACHE=$work/cache
mkdir -p "$work"

# store EVENTS: its file, made when it is not there
store() {
  local file=$work/site-$1.db
  if [ ! -s "$file" ]; then
    rm -f "$work/making.db"*
    "$build/tests/bench/make_store" "$work/making.db" "$1" "$top/rules" "$top/kbdata"
    mv "$work/making.db" "$file"
  fi
  echo "$file"
}

# The project's rules and 3000 more, over events that no store here holds.
crowd=$work/crowd
if [ ! -d "$crowd" ]; then
  mkdir -p "$crowd/synthetic"
  cp -r "$top/rules/." "$crowd"
  python3 - "$crowd/synthetic" <<'PY'
import sys
for n in range(3000):
    first = 30000 + n * 4
    open(f'{sys.argv[1]}/s{n}.yaml', 'w').write(f'''id: synthetic.fault-{n}.cause
version: 1
status: draft
title: Synthetic rule {n}
verdict: fault
articles: [Q217142]
events:
  failed: {{provider: SyntheticSource{n % 50}, id: {first}}}
  seen: {{provider: SyntheticSource{n % 50}, id: [{first + 1}, {first + 2}]}}
  fine: {{provider: SyntheticSource{n % 50}, id: {first + 3}, level: information}}
trigger: failed
when:
  - seen: {{within: 10m, host: same}}
unless:
  - fine: {{within: 1h, host: any}}
strength: probable
explains: [failed, seen]
cause: "{{failed.computer}} failed"
fix:
  - {{do: "Mend it.", on: "{{failed.computer}}", risk: none}}
''')
PY
fi

# measure NAME COMMAND...: appends "seconds CPU-seconds kilobytes" to NAME's file.
measure() {
  local name=$1
  shift
  /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" > "$work/out" 2> "$work/err" || [ $? -eq 1 ] ||
    { echo "$name failed:" >&2; cat "$work/err" >&2; exit 1; }
  tail -n 1 "$work/time" | awk '{print $1, $2 + $3, $4}' >> "$work/$name.runs"
}

# forget STORE: what earlier diagnoses kept in it
forget() { python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("DELETE FROM kept"); c.commit()' "$1"; }

one=$(store "$events")
ten=$(store "$many")
rm -f "$work"/*.runs
"$build/exdiag" rules list > /dev/null  # the first run parses
"$build/exdiag" rules list --rules "$crowd" > /dev/null
for ((run = 1; run <= runs; ++run)); do
  printf '\rrun %d of %d' "$run" "$runs" >&2
  measure start "$build/exdiag" --version
  measure causes "$build/exdiag" causes 9322
  measure load "$build/exdiag" rules list
  measure load-crowd "$build/exdiag" rules list --rules "$crowd"
  forget "$one"
  measure full "$build/exdiag" diagnose --store "$one" --format json
  measure again "$build/exdiag" diagnose --store "$one" --format json
  forget "$one"
  measure full-crowd "$build/exdiag" diagnose --rules "$crowd" --store "$one" --format json
  forget "$ten"
  measure causes-first "$build/exdiag" causes 9322 --store "$ten"
  measure causes-store "$build/exdiag" causes 9322 --store "$ten"
done
printf '\r%20s\r' '' >&2

median() { awk -v c="$2" '{print $c}' "$1" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
row() {
  awk -v name="$2" -v s="$(median "$work/$1.runs" 1)" -v u="$(median "$work/$1.runs" 2)" \
      -v k="$(median "$work/$1.runs" 3)" \
      'BEGIN {printf "%-64s %7.0f ms %7.0f ms CPU %7.1f MB\n", name, s * 1000, u * 1000, k / 1024}'
}
printf 'median of %d runs, %d cores, load %s\n' "$runs" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
row start 'start of the program'
row causes 'causes ID, no store'
row load 'load all rules and the catalogue'
row load-crowd 'the same with 3000 more rules'
row full "diagnose a store of $events events, nothing kept"
row again 'the same again'
row full-crowd 'diagnose with 3000 more rules, nothing kept'
row causes-first "causes ID over a store of $many events, nothing kept"
row causes-store 'the same again'
