#!/usr/bin/env bash
# Puts a release of the chart on a cluster, or the one before it back: deploy.sh [deploy|rollback|preview]
#   ENVIRONMENT   staging or production: the values file infrastructure/kubernetes/values/ENVIRONMENT.yaml
#   IMAGE_PREFIX  registry and path before each image's name; unset: the chart's own
#   IMAGE_TAG     unset: the chart's version
#   KUBECONFIG    as kubectl knows it; or KUBECONFIG_TEXT, the text of one, as a pipeline has it
#   NAMESPACE     unset: fiapx
# `preview` renders what `deploy` would send and asks no cluster. Each step of helm takes HELM_TIMEOUT (10m) at most.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }
die() { say "fiapx: $*"; exit 1; }

action="${1:-deploy}"
environment="${ENVIRONMENT:-}"
namespace="${NAMESPACE:-fiapx}"
release=fiapx
timeout="${HELM_TIMEOUT:-10m}"
chart=infrastructure/kubernetes/fiapx
values="infrastructure/kubernetes/values/$environment.yaml"

case "$action" in deploy | rollback | preview) ;; *) die "there is no action $action: deploy, rollback or preview" ;; esac
case "$environment" in staging | production) ;; *) die "say where to: make deploy ENVIRONMENT=staging (or production)" ;; esac

infrastructure/scripts/install-tools.sh
export PATH="$PWD/.venv/bin:$PATH"

what=(--values "$values")
if [[ -n "${IMAGE_PREFIX:-}" ]]; then what+=(--set-string "image.prefix=${IMAGE_PREFIX,,}"); fi
if [[ -n "${IMAGE_TAG:-}" ]]; then what+=(--set-string "image.tag=$IMAGE_TAG"); fi

if [[ "$action" == preview ]]; then
  exec helm template "$release" "$chart" --namespace "$namespace" "${what[@]}"
fi

# A kubeconfig is a password: it lies in a file of our own only as long as this takes.
if [[ -n "${KUBECONFIG_TEXT:-}" ]]; then
  private="$(mktemp -d)"
  trap 'rm -rf "$private"' EXIT
  (umask 077 && printf '%s\n' "$KUBECONFIG_TEXT" >"$private/config")
  export KUBECONFIG="$private/config"
  unset KUBECONFIG_TEXT
fi
kubectl config current-context >/dev/null 2>&1 ||
  die "no cluster is chosen: name a kubeconfig that has a current context (KUBECONFIG=/path/to/it)"
kubectl get --raw /readyz --request-timeout=10s >/dev/null 2>&1 ||
  die "the cluster of context $(kubectl config current-context) does not answer"

revision() {
  { helm history "$release" --namespace "$namespace" --max 1 2>/dev/null || true; } |
    awk 'END { if ($1 ~ /^[0-9]+$/) print $1 }'
}
back() { helm rollback "$release" "$@" --namespace "$namespace" --wait --wait-for-jobs --timeout "$timeout"; }
works() { helm test "$release" --namespace "$namespace" --logs --timeout "$timeout"; }

if [[ "$action" == rollback ]]; then
  back
  works || die "the release before does not do the main job either: see the log above"
  say "$environment is back at the release before, and does the main job"
  exit 0
fi

before="$(revision)"
helm upgrade "$release" "$chart" --install --rollback-on-failure --wait --wait-for-jobs --timeout "$timeout" \
  --namespace "$namespace" --create-namespace --history-max 10 "${what[@]}"
if works; then
  say "$environment runs revision $(revision), and does the main job"
  exit 0
fi
if [[ -z "$before" ]]; then
  die "the main job failed, and there is no release before this one to go back to: see the log above"
fi
say "the main job failed; going back to revision $before"
back "$before"
die "$environment is back at revision $before: see the log above"
