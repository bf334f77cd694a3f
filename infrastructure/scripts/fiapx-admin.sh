#!/usr/bin/env bash
# What operators do to the services, from where those run: fiapx-admin.sh SERVICE SUBJECT VERB …, or SERVICE --help
#   SERVICE    auth, upload, processing, notification, or all of them in turn (for what only looks)
#   WHERE      local (unset), compose, or kubernetes
#   NAMESPACE  of Kubernetes; unset: fiapx
#   RELEASE    of Helm; unset: fiapx
#   OPERATOR   who you are, for the record; unset: this machine's user
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

die() { printf 'fiapx: %s\n' "$*" >&2; exit 1; }

where="${WHERE:-local}"
columns="${COLUMNS:-$(tput cols 2>/dev/null || echo 80)}"
service="${1:-}"
[[ -n "$service" ]] || die "say which service: auth, upload, processing, notification, or all"
shift
by=(--by "${OPERATOR:-$(id -un)}")

# Where each service's settings and servers are within reach: its own container.
run() {
  local component="$1-service"
  if [[ "$1" == processing ]]; then component=processing-planner; fi
  local command=(env "COLUMNS=$columns" python -m "$1_service.admin" "${by[@]}" "${@:2}")
  if [[ "$where" == compose ]]; then
    docker compose --project-directory infrastructure exec -T "$component" "${command[@]}"
  else
    kubectl exec --namespace "${NAMESPACE:-fiapx}" "deployment/${RELEASE:-fiapx}-$component" --container "$component" -- "${command[@]}"
  fi
}

case "$where" in
  local)
    [[ -x .venv/bin/python ]] || die "nothing is installed yet: make up"
    COLUMNS="$columns" exec .venv/bin/python -m fiapx_local admin "$service" "${by[@]}" "$@"
    ;;
  compose | kubernetes) ;;
  *) die "WHERE is local, compose or kubernetes, not $where" ;;
esac
case "$service" in
  all) chosen=(auth upload processing notification) ;;
  auth | upload | processing | notification) chosen=("$service") ;;
  *) die "there is no service $service: auth, upload, processing, notification, or all" ;;
esac
status=0
for one in "${chosen[@]}"; do run "$one" "$@" || status=$?; done
exit "$status"
