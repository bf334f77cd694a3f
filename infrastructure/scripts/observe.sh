#!/usr/bin/env bash
# Proves metrics, dashboards, alerts, traces and logs on a platform of its own, which it stops at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-tools.sh
infrastructure/scripts/install-packages.sh --metrics --logs

export FIAPX_TEST_CONTAINERS=0
. infrastructure/scripts/second-chance.sh
.venv/bin/python -m pytest tests/observability -q -o timeout=1200 "$@"
echo "proved: metrics, rules, alerts and dashboards on a live Prometheus that watched the running platform"
echo "proved: one trace from request to mail at a real OTLP receiver, log lines shipped and compared with the index template, no secret in either"
