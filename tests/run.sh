#!/usr/bin/env bash
# `npm test`: sets up what is missing, then runs the fast tests and, where the machine can boot test hosts, those on real hosts.
# Ends with one line `N passed, N failed` over both. LAB=required (CI) makes a machine without test hosts a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
started=$SECONDS
say() { printf 'test: %s\n' "$*" >&2; }

tests/support/engine/setup.sh
PATH=$PWD/node_modules/.bin:$PATH
say "building, linting"
npm run --silent check

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0

say "fast tests, about 6 minutes (most of it the oracle's random graphs)"
jest --ci --json --outputFile="$results/fast.json" "$@" || status=1
if [[ $(uname -s) == Linux && $EUID -eq 0 && -c /dev/net/tun ]] && command -v apt-get >/dev/null; then
    say "tests on real hosts, about 10 minutes"
    jest --ci -c jest.lab.config.js --json --outputFile="$results/lab.json" "$@" || status=1
elif [[ ${LAB:-} == required ]]; then
    say "the tests on real hosts need root on Debian or Ubuntu, and LAB=required does not let them be left out"
    status=1
else
    say "LEFT OUT: the tests on real hosts, which need root on Debian or Ubuntu with /dev/net/tun"
fi
say "$((SECONDS - started)) s in all"
# shellcheck disable=SC2016 # the text is JavaScript
node -e '
    const runs = process.argv.slice(1).map((file) => JSON.parse(require("fs").readFileSync(file, "utf8")));
    const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
    // A suite that cannot even be loaded has no failed test of its own.
    const failed = sum((run) => run.numFailedTests + run.numRuntimeErrorTestSuites);
    console.log(`${sum((run) => run.numPassedTests)} passed, ${failed} failed`);
' "$results"/*.json
exit "$status"
