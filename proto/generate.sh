#!/usr/bin/env bash
# Generates proto/src/fiapx_proto from proto/fiapx. With --check: fails when the committed package is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
out=proto/src
if [ "${1:-}" = --check ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi
mapfile -t protos < <(find proto/fiapx -name '*.proto' | sort)
# The virtual path fiapx_proto/ stands for proto/fiapx/, so that the generated package has a name of its own.
PATH="$PWD/.venv/bin:$PATH" "$python" -m grpc_tools.protoc --proto_path=fiapx_proto=proto/fiapx \
  --python_out="$out" --grpc_python_out="$out" --mypy_out="$out" --mypy_grpc_out="$out" "${protos[@]}"
if [ "${1:-}" = --check ]; then
  while IFS= read -r file; do
    cmp -s "$file" "proto/src/${file#"$out"/}" || { echo "proto/src/${file#"$out"/} is stale: run make proto" >&2; exit 1; }
  done < <(find "$out" -type f)
fi
