#!/usr/bin/env bash
# Renders the chart as plain YAML for kubectl: manifests.sh [helm's options, such as --values mine.yaml --namespace fiapx]
# Secrets are not rendered: kubectl would get new random ones with each rendering.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
"$root/infrastructure/scripts/install-tools.sh"
kubernetes="$root/infrastructure/kubernetes"
"$root/.venv/bin/helm" template fiapx "$kubernetes/fiapx" --namespace fiapx --skip-tests \
  --values "$kubernetes/values/kubectl.yaml" "$@" 2> >(grep -v 'symbolic link' >&2)
