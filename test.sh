#!/bin/sh
# Passes all the tests: installs what is missing, builds, runs every test program, and checks and tests the rules.
# Asks nothing; run again, it rebuilds only what changed.
#
#   ./test.sh            the release build
#   ./test.sh asan       the same tests under AddressSanitizer and UndefinedBehaviorSanitizer
set -eu
cd "$(dirname "$0")"
preset=${1:-release}

say() { printf '== %s\n' "$*"; }

./setup.sh --packages

say "building into build/$preset"
cmake --preset "$preset"
cmake --build --preset "$preset"

say "checking and testing the rules"
"build/$preset/exdiag" rules check
"build/$preset/exdiag" rules test

say "running the tests"
ctest --preset "$preset" --parallel "$(nproc)"

command -v chromium >/dev/null && command -v chromedriver >/dev/null ||
  say "NOTE: the HTML report was not tested in a browser, none is installed; ./setup.sh --browser installs one"
