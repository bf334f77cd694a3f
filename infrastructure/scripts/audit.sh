#!/usr/bin/env bash
# Asks the public databases for known holes in what is pinned. Fails where they cannot be asked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-tools.sh
export PATH="$PWD/.venv/bin:$PATH"

failed=0
for pins in requirements-dev.txt infrastructure/tools/requirements.txt ./*-service/requirements.txt api-gateway/requirements.txt; do
  printf '%s\n' "$pins" >&2
  pip-audit --strict --require-hashes --disable-pip --requirement "$pins" || failed=1
done
for folder in frontend infrastructure/local infrastructure/tools; do
  printf '%s\n' "$folder" >&2
  npm --prefix "$folder" audit --audit-level=high || failed=1
done
exit "$failed"
