#!/bin/bash
# Runs the fuzzers, one format after the other, and stops at the first find.
#
#   tests/fuzz/run.sh SECONDS [FORMAT...]      SECONDS for each format; all of them, and rules, without FORMAT
#
# FORMAT "any": seeds of all formats, each input to whichever importers recognise it.
# Build first: cmake --preset fuzz && cmake --build --preset fuzz   (clang: ./setup.sh --fuzz)
# The corpus grows in build/fuzz/corpus from run to run, from seeds that make_seeds.py writes; what broke lies in
# build/fuzz/finds.  Prints one line a format.  KEEP_GOING=1 goes on with the next format behind a find.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${EXDIAG_BUILD:-$top/build/fuzz}
[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
seconds=$1
shift
bin=$build/tests/fuzz
mkdir -p "$build/corpus" "$build/finds"
/usr/bin/python3 "$top/tests/fuzz/make_seeds.py" "$build/seeds"
"$bin/importers_fuzz" "--check-seeds=$build/seeds"
if [ $# -eq 0 ]; then
  mapfile -t formats < <("$bin/importers_fuzz" --list; echo rules)
else
  formats=("$@")
fi

# Longest input worth trying: binary logs need room for a chunk, the rest finds its ways in less.
length() {
  case $1 in
    evtx) echo 12000 ;;
    rules) echo 6000 ;;
    *) echo 8000 ;;
  esac
}

# The largest allocation, MiB.  What unpacks is a library's: zstd has a window of up to 128.
allocation() {
  case $1 in
    archive) echo 144 ;;
    *) echo 64 ;;
  esac
}

failed=0
for format in "${formats[@]}"; do
  program=("$bin/importers_fuzz" "--format=$format")
  seeds=("$build/seeds/$format")
  words=("-dict=$build/seeds/$format.dict")
  case $format in
    rules) program=("$bin/rules_fuzz") ;;
    any)
      program=("$bin/importers_fuzz")
      mapfile -t seeds < <("$bin/importers_fuzz" --list | sed "s|^|$build/seeds/|")
      words=()
      ;;
  esac
  mkdir -p "$build/corpus/$format"
  log=$build/finds/$format.log
  status=0
  "${program[@]}" -max_total_time="$seconds" -max_len="$(length "$format")" -timeout=10 -rss_limit_mb=1024 \
    "-malloc_limit_mb=$(allocation "$format")" -print_funcs=0 -print_final_stats=1 "${words[@]}" -artifact_prefix="$build/finds/$format-" \
    "$build/corpus/$format" "${seeds[@]}" > "$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  paths=$(grep -o 'ft: [0-9]*' "$log" | tail -n 1 | cut -c5- || true)
  peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
  printf '%-16s %10s inputs %8s features %6s MB  %s\n' "$format" "${runs:-0}" "${paths:-0}" "${peak:-?}" \
    "$([ $status -eq 0 ] && echo ok || echo "FOUND, see $log")"
  if [ $status -ne 0 ]; then
    failed=1
    [ -n "${KEEP_GOING:-}" ] || { tail -n 40 "$log"; exit 1; }
  fi
done
exit $failed
