#!/bin/sh
# Everything a fresh Debian 12 machine needs: installs the packages, builds exdiag, and runs the main job on the
# sample logs of this repository.  Asks nothing; run again, it rebuilds only what changed.
#
#   ./setup.sh                all of it
#   ./setup.sh --packages     only the packages
#   ./setup.sh --browser      only the packages, and a browser, in which the tests look at the HTML report
#   ./setup.sh --fuzz         only the packages, and the compiler of the fuzzers (docs/fuzzing.md)
set -eu
cd "$(dirname "$0")"

# Compiler and tools; libraries; what the tests, the sample maker and the format check need.
packages="
  g++ cmake ninja-build pkg-config
  libboost-regex-dev libsqlite3-dev libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev
  libpugixml-dev libsimdjson-dev libarchive-dev libxxhash-dev libcctz-dev zlib1g-dev
  libcurl4-openssl-dev tzdata
  libgtest-dev libgmock-dev libbenchmark-dev clang-format-14 python3 python3-yaml python3-jsonschema
  python3-prometheus-client openssl
"

case "${1:-}" in
  --browser) packages="$packages chromium chromium-driver python3-selenium fonts-dejavu-core" ;;
  --fuzz) packages="$packages clang libclang-rt-14-dev" ;;
  --packages | "") ;;
  *) echo "usage: setup.sh [--packages | --browser | --fuzz]" >&2; exit 2 ;;
esac

say() { printf '== %s\n' "$*"; }

install_packages() {
  missing=
  for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
  done
  if [ -z "$missing" ]; then
    say "packages: all there"
    return
  fi
  say "packages: installing$missing"
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup.sh: not root and no sudo; cannot install$missing" >&2; exit 1; }
    as_root=sudo
  fi
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
  # shellcheck disable=SC2086  # a list of words on purpose
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

install_packages
[ -n "${1:-}" ] && exit 0

say "building into build/release"
cmake --preset release
cmake --build --preset release

say "making sample logs in build/samples"
/usr/bin/python3 tests/tools/make_samples.py --output build/samples tests/samples/*.yaml

say "main job: exdiag diagnose build/samples/dras-untrusted-domains/nt.csv"
# Exit code 1 says "something was found", which is what we want to see here.
found=0
build/release/exdiag diagnose build/samples/dras-untrusted-domains/nt.csv || found=$?
[ "$found" -eq 1 ] || { echo "setup.sh: exdiag ended with code $found, expected 1 (findings)" >&2; exit 1; }

say "done: the program is build/release/exdiag; the other samples lie in build/samples"
