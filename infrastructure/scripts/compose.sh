#!/usr/bin/env bash
# Where a Docker engine answers: builds and starts the platform in containers, the first time with random secrets in
# infrastructure/.env (0600). Where none does: proves on Debian, as root, what can be proved without a registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

write_secrets() {
  local line
  umask 077
  while IFS= read -r line; do
    case "$line" in
      AUTH_KEY_ENCRYPTION_KEY=) printf '%s%s\n' "$line" "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')" ;;
      [A-Z]*=) printf '%s%s\n' "$line" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <infrastructure/.env.example >infrastructure/.env
}

start() {
  docker compose version >/dev/null 2>&1 || { echo "fiapx: install Docker's compose plugin (2.24 or newer)" >&2; exit 1; }
  [[ -e infrastructure/.env ]] || write_secrets
  FIAPX_REVISION="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
  export FIAPX_REVISION
  cd infrastructure
  docker compose up --detach --build --wait
  echo "FIAP X is up in containers: http://$(docker compose port frontend 8080)/"
}

prove() {
  # not local: the trap needs it after this function's end
  state="${FIAPX_STATE_DIR:-$PWD/.local}/containers"
  echo "fiapx: some 10 minutes the first time, 5 later; root starts dockerd without firewall rules, and keeps up to 12 GB in $state" >&2
  infrastructure/scripts/install-tools.sh
  infrastructure/scripts/install-packages.sh --containers
  # Whatever happens, the engine and all that it runs ends with this script.
  trap 'trap "" INT TERM; .venv/bin/python -m fiapx_testing.docker_engine "$state"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  . infrastructure/scripts/second-chance.sh
  FIAPX_TEST_CONTAINERS=0 .venv/bin/python -m pytest tests/containers -s -q -o timeout=600 -o timeout_func_only=true --durations=12 "$@"
  echo "proved: images built, small, without tools and locked down; compose's file in every profile; the platform up in"
  echo "containers, the main job done, workers scaled, watched by Prometheus, reloaded from mounted source; tests' fixtures on"
  echo "containers; the store's contract on SeaweedFS."
  echo "not proved here: official base and server images (Debian's programs stood in for them); Grafana, Jaeger, the Collector"
  echo "and Elastic's programs up"
}

if docker info >/dev/null 2>&1; then
  start
elif ((EUID == 0)) && command -v apt-get >/dev/null; then
  echo "fiapx: no Docker engine answers here, so the containers are tried on one of our own, without a registry" >&2
  prove "$@"
else
  echo "fiapx: no Docker engine answers here. Install one, or run as root on Debian to try the containers; make up needs none." >&2
  exit 1
fi
