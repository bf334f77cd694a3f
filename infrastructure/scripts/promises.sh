#!/usr/bin/env bash
# Measures the figures of docs/reliability.md on a whole platform; fails where one does not hold. Results in .local/promises.
# ONLY="takeover": those with this in their name. QUICK=1: does little, to see that it works.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-packages.sh
exec .venv/bin/python -m fiapx_testing.promises ${ONLY:+--only "$ONLY"} ${QUICK:+--quick} "$@"
