# shellcheck shell=bash
# Sourced: what pytest is told besides, so that a few tests that fail are run once more, and told of (ADR 10).
export PYTEST_ADDOPTS="--reruns 1 --max-suite-reruns 5 --rerun-show-tracebacks ${PYTEST_ADDOPTS:-}"
