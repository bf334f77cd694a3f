#!/usr/bin/env bash
# Installs the Debian packages whose programs are missing, without creating or starting any system server.
# Groups that only tests need: --tests the browser, --metrics Prometheus and Alertmanager, --logs a shipper,
# --containers a Docker engine and what makes images of Debian, --load what asks as fast as it is answered.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
die() { say "fiapx: $*"; exit 1; }

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null; }
has_rabbitmq() { [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] || command -v rabbitmq-server >/dev/null; }
has_venv() { .venv/bin/python -m pip --version >/dev/null 2>&1 || python3 -c 'import ensurepip' 2>/dev/null; }

missing=()
has_postgres || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
has_rabbitmq || missing+=(rabbitmq-server)
command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || missing+=(ffmpeg)
command -v python3 >/dev/null || missing+=(python3)
has_venv || missing+=(python3-venv)
command -v unzip >/dev/null || missing+=(unzip)
for group in "$@"; do
  case "$group" in
    --tests) [[ -x "${FIAPX_CHROMIUM:-/usr/bin/chromium-headless-shell}" ]] || missing+=(chromium-headless-shell) ;;
    --metrics)
      command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
      command -v prometheus-alertmanager >/dev/null && command -v amtool >/dev/null || missing+=(prometheus-alertmanager)
      ;;
    --logs)
      command -v rsyslogd >/dev/null || missing+=(rsyslog)
      compgen -G '/usr/lib/*/rsyslog/omelasticsearch.so' >/dev/null || missing+=(rsyslog-elasticsearch)
      ;;
    --containers)
      command -v dockerd >/dev/null || missing+=(docker.io)
      command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
      command -v ip >/dev/null || missing+=(iproute2)
      ;;
    --load) command -v wrk >/dev/null || missing+=(wrk) ;;
    *) die "there is no group of packages $group" ;;
  esac
done
((${#missing[@]})) || exit 0

command -v apt-get >/dev/null || die "install ${missing[*]} (this machine has no apt-get), or use: make compose"

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || die "run as root: apt-get install ${missing[*]}   (or use: make compose)"
  as_root=(sudo)
fi

say "installing Debian packages: ${missing[*]}"
"${as_root[@]}" bash -s -- "${missing[@]}" <<'ROOT'
set -euo pipefail
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
kept="$(mktemp -d)"

# What is changed for the time of the installation is put back as it was.
put_back() {
  if [[ -e "$kept/wrote-policy" ]]; then rm -f "$policy"; fi
  if [[ -e "$kept/createcluster.conf" ]]; then
    cp -p "$kept/createcluster.conf" "$clusters"
  elif [[ -e /usr/share/postgresql-common/createcluster.conf && -e "$kept/wrote-clusters" ]]; then
    cp /usr/share/postgresql-common/createcluster.conf "$clusters"
  fi
  rm -rf "$kept"
}
trap put_back EXIT

if [[ ! -e "$policy" ]]; then
  touch "$kept/wrote-policy"
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
if [[ -e "$clusters" ]]; then cp -p "$clusters" "$kept/"; fi
touch "$kept/wrote-clusters"
mkdir -p "$(dirname "$clusters")"
printf 'create_main_cluster = false\n' >"$clusters"

export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
if ! { apt-get update -q && apt-get install -y -q --no-install-recommends \
  -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef "$@"; } >"$kept/log" 2>&1; then
  tail -n 30 "$kept/log" >&2
  exit 1
fi

# The platform runs its own servers; those of the system that came just now shall not start at the next boot.
if command -v systemctl >/dev/null; then
  for package in "$@"; do
    case "$package" in
      postgresql | redis-server | rabbitmq-server | prometheus | prometheus-alertmanager | rsyslog)
        systemctl disable --quiet "$package" 2>/dev/null || true
        ;;
      docker.io) systemctl disable --quiet docker.service docker.socket containerd.service 2>/dev/null || true ;;
    esac
  done
fi
ROOT
