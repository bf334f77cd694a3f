#!/usr/bin/env bash
# Resolves all dependencies and writes the pins: for development, and one file beside each Dockerfile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
uv=.venv/bin/uv
export=("$uv" export --quiet --frozen --no-emit-workspace --no-annotate --no-header)

"$uv" lock --quiet
"${export[@]}" --all-packages --output-file requirements-dev.txt >/dev/null
"${export[@]}" --only-group tools --output-file infrastructure/tools/requirements.txt >/dev/null
for service in api-gateway auth-service upload-service processing-service notification-service; do
  "${export[@]}" --no-dev --package "fiapx-$service" --output-file "$service/requirements.txt" >/dev/null
done
.venv/bin/python infrastructure/scripts/pins.py write
