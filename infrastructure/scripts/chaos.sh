#!/usr/bin/env bash
# Faults at random against a whole platform while videos are uploaded; fails if anything is lost. Results in .local/chaos.
# UPLOADS, SECONDS_ (bash has a SECONDS of its own), TIMES each fault strikes each target, FAULTS="kill stop term block delay
# reset refuse silence deaf partition slow-mail full full-scratch repeat", KILLS: how often "kill" does, PROGRAMS="worker-1 store":
# whom they strike, SEED. FULL=1: 1,000 uploads in 40 minutes, ten kills of each and each other fault once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
infrastructure/scripts/install-packages.sh
read -ra faults <<<"${FAULTS:-}"
read -ra programs <<<"${PROGRAMS:-}"
exec .venv/bin/python -m fiapx_testing.chaos ${UPLOADS:+--uploads "$UPLOADS"} ${SECONDS_:+--seconds "$SECONDS_"} \
  ${TIMES:+--times "$TIMES"} ${KILLS:+--kills "$KILLS"} ${FAULTS:+--faults "${faults[@]}"} ${PROGRAMS:+--programs "${programs[@]}"} \
  ${SEED:+--seed "$SEED"} ${FULL:+--full} "$@"
