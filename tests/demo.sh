#!/usr/bin/env bash
# `npm run demo`: sets up what is missing, then tells the story of README.md on real hosts (without root: as a preview).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tests/support/engine/setup.sh
PATH=$PWD/node_modules/.bin:$PATH
npm run --silent build
exec node dist/tests/demo/demo.js
