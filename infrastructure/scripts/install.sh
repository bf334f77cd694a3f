#!/usr/bin/env bash
# Installs what is missing to run and test FIAP X: Debian packages, .venv, npm packages. Safe to run again.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
scripts="$root/infrastructure/scripts"
cd "$root"

say() { printf '%s\n' "$*" >&2; }
die() { say "fiapx: $*"; exit 1; }

exec 9<"$scripts/install.sh"
flock 9

"$scripts/install-packages.sh"

suitable_python() {
  "$1" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in "${FIAPX_PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    if [[ -n "$candidate" ]] && suitable_python "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  die "no Python 3.11, 3.12 or 3.13 found; install one or name it: FIAPX_PYTHON=/path/to/python3"
}

workspace=(proto pkg/* api-gateway ./*-service infrastructure/local)

stamp_of() { { printf '%s\n' "$root"; sha256sum "$@"; } | sha256sum; }

is_fresh() { [[ -f "$1" && "$(<"$1")" == "$2" ]]; }

install_python_packages() {
  local inputs=(requirements-dev.txt pyproject.toml) member editable=() stamp
  for member in "${workspace[@]}"; do
    if [[ -f "$member/pyproject.toml" ]]; then
      inputs+=("$member/pyproject.toml")
      editable+=(-e "$member")
    fi
  done
  stamp="$(stamp_of "${inputs[@]}")"
  if is_fresh .venv/fiapx.stamp "$stamp" && .venv/bin/python -c '' 2>/dev/null; then
    return
  fi
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "creating .venv"
    "$(find_python)" -m venv --clear .venv
  fi
  say "installing Python packages"
  [[ -x .venv/bin/uv ]] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
  # shellcheck source=infrastructure/scripts/uv-as-pip.sh
  source "$scripts/uv-as-pip.sh"
  export VIRTUAL_ENV="$root/.venv"
  # compiled once and for all: processes that may write nothing, as decoder children, would do it at each start
  .venv/bin/uv pip install --quiet --compile-bytecode -r requirements-dev.txt
  .venv/bin/uv pip install --quiet --no-deps --no-build-isolation "${editable[@]}"
  .venv/bin/python -m compileall -q "${workspace[@]/%//src}"
  printf '%s\n' "$stamp" >.venv/fiapx.stamp
}

suitable_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# Debian 12's own Node is too old for the mail catcher and the SPA; PyPI carries the real one.
install_node() {
  if ! suitable_node; then
    say "installing Node into .venv"
    .venv/bin/uv pip install --quiet --python .venv/bin/python -r "$scripts/requirements-node.txt"
  fi
}

install_node_packages() {
  local folder="$1" stamp
  [[ -f "$folder/package-lock.json" ]] || return 0
  stamp="$(stamp_of "$folder/package.json" "$folder/package-lock.json")"
  if is_fresh "$folder/node_modules/fiapx.stamp" "$stamp"; then
    return
  fi
  install_node
  say "installing $folder's npm packages"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
  printf '%s\n' "$stamp" >"$folder/node_modules/fiapx.stamp"
}

# Built anew when a source has changed; the gateway serves it.
build_page() {
  local sources stamp
  mapfile -t sources < <(find frontend/{src,public,scripts,index.html,package.json,package-lock.json,vite.config.ts} -type f | sort)
  stamp="$(stamp_of "${sources[@]}")"
  if is_fresh frontend/dist/fiapx.stamp "$stamp"; then
    return
  fi
  install_node
  say "building the page"
  npm --prefix frontend run --silent build >/dev/null
  printf '%s\n' "$stamp" >frontend/dist/fiapx.stamp
}

install_python_packages
export PATH="$root/.venv/bin:$PATH"
install_node_packages infrastructure/local
install_node_packages frontend
build_page
