#!/usr/bin/env bash
# Measures the API beside a bare FastAPI program and a plain PUT; fails where a figure does not hold. Results in .local/bench-api.
# ONLY=reads|uploads|logins: one of the measures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-packages.sh --load
exec .venv/bin/python -m fiapx_testing.api_benchmarks ${ONLY:+--only "$ONLY"} "$@"
