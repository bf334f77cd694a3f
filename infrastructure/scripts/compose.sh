#!/usr/bin/env bash
# Builds and starts the platform in containers; the first time with random secrets in infrastructure/.env (0600).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

docker info >/dev/null 2>&1 || { echo "fiapx: no Docker engine answers here; on a bare machine: make up" >&2; exit 1; }
docker compose version >/dev/null 2>&1 || { echo "fiapx: install Docker's compose plugin (2.20 or newer)" >&2; exit 1; }

if [[ ! -e .env ]]; then
  umask 077
  while IFS= read -r line; do
    case "$line" in
      AUTH_KEY_ENCRYPTION_KEY=) printf '%s%s\n' "$line" "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')" ;;
      [A-Z]*=) printf '%s%s\n' "$line" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <.env.example >.env
fi
docker compose --env-file .env -f docker-compose.yml up --detach --build --wait
echo "FIAP X is up in containers: http://127.0.0.1:8080/"
