#!/usr/bin/env bash
# Judges the Helm chart without a cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-tools.sh
export PATH="$PWD/.venv/bin:$PATH"

. infrastructure/scripts/second-chance.sh
pytest -q -o timeout=1200 tests/chart pkg/testing/tests/unit/test_pod_autoscaler.py
cat <<'PROVED'
Proved: helm takes the chart in every branch (tests/chart/branches.yaml) and refuses wrong values; Kubernetes 1.30 and
1.37 and the operators' schemas take each manifest; pods are `restricted`; settings, arrows, probes and autoscalers are
those of the code. The rendered autoscaler, as a model, took real workers from one to four and back under 40 videos,
and nothing was lost; `helm test`'s script did the main job.
Not proved: a real cluster's acting (docs/operations.md, "What is not proved here").
PROVED
