#!/usr/bin/env bash
# To be sourced, with .venv there: uv uses what the machine's pip uses, its mirror and the machine's certificates
# (among which may be those of a network's own proxy).
index="$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)"
if [[ -z "${UV_DEFAULT_INDEX:-}" && -n "$index" ]]; then export UV_DEFAULT_INDEX="$index"; fi
if [[ -s /etc/ssl/certs/ca-certificates.crt ]]; then export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"; fi
