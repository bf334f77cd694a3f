#!/usr/bin/env bash
# Compares the engine with the plain ffmpeg command line on real film; results in .local/bench. FULL=1: two hours of film too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-packages.sh
exec .venv/bin/python -m fiapx_testing.benchmarks ${FULL:+--full} "$@"
