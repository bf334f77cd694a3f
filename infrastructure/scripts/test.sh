#!/usr/bin/env bash
# Runs every test with coverage; 85 % overall, 95 % where the rules of the product are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install.sh
infrastructure/scripts/install-packages.sh --tests
export COVERAGE_FILE="$PWD/.coverage"
export PYTHONHASHSEED=0 # the workers must collect the tests in the same order, sets included
unset PYTHONDONTWRITEBYTECODE # or each worker, and each program that a test starts, compiles everything anew
# Hypothesis keeps a table of all characters: measured for coverage, making it takes ten times as long, in each worker
[ -d .hypothesis/unicode_data ] || .venv/bin/python -c 'from hypothesis import strategies; strategies.text().validate()'

. infrastructure/scripts/second-chance.sh
# Tests of outages and restarts wait more than they work.
cores=$(nproc)
workers=$((cores < 4 ? 2 * cores + 1 : 8))
.venv/bin/python -m pytest -n "${FIAPX_TEST_WORKERS:-$workers}" --dist worksteal \
  --cov --cov-report=term --cov-fail-under=85 "$@"
.venv/bin/coverage report --fail-under=95 --include='*/entities/*,*/*_service/services/*,*/api_gateway/services/*' >/dev/null || {
  .venv/bin/coverage report --include='*/entities/*,*/*_service/services/*,*/api_gateway/services/*' >&2
  echo "less than 95 % of entities/ and services/ is covered" >&2
  exit 1
}
