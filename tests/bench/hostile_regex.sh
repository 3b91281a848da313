#!/usr/bin/env bash
# A rule whose regex backtracks without end on every one of 200,000 events, and passes rules check: the time and
# memory of a diagnosis stay bounded.
#
#   tests/bench/hostile_regex.sh EXDIAG KBDATA
set -euo pipefail
exdiag=$1 kbdata=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/rules/x"
cat > "$folder/rules/x/hostile.yaml" <<'YAML'
id: test.hostile.regex
version: 1
status: draft
title: T
verdict: fault
articles: []
events:
  bad: {provider: MSExchangeMTA, id: 9411, where: {message: {regex: "x(ab|a|b)+$"}}}
trigger: bad
strength: possible
explains: [bad]
cause: C
fix: [{do: D}]
YAML
python3 - > "$folder/hostile.csv" <<'PYTHON'
for i in range(200000):
    print('11/22/1999,7:%02d:%02d PM,MSExchangeMTA,Error,Resource,9411,N/A,BREST,"n%d x%s!"'
          % (i // 60 % 60, i % 60, i, 'ab' * 40))
PYTHON
"$exdiag" rules check --rules "$folder/rules" --kbdata "$kbdata"
/usr/bin/time -f '200,000 hostile values: %e s, %U s of CPU, %M KiB' "$exdiag" diagnose "$folder/hostile.csv" \
  --rules "$folder/rules" --kbdata "$kbdata" --timezone UTC --output "$folder/report.txt" || [ $? -le 1 ]
