#!/bin/sh
# Like the official image: the first start makes a cluster and runs /docker-entrypoint-initdb.d.
set -eu
data=/var/lib/postgresql/data
PATH="$(echo /usr/lib/postgresql/*/bin):$PATH"
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; }
if [ "$(id -u)" = 0 ] && [ ! -e "$data/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 700 "$data"
  password="$(mktemp)"
  printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
  chown postgres "$password"
  as_postgres initdb --pgdata "$data" --username "${POSTGRES_USER:-postgres}" --pwfile "$password" --encoding UTF8 \
    --auth-local trust --auth-host scram-sha-256 --no-sync
  rm "$password"
  printf 'host all all all scram-sha-256\n' >>"$data/pg_hba.conf"
  as_postgres pg_ctl --pgdata "$data" --wait --options "-c listen_addresses=" start
  for script in /docker-entrypoint-initdb.d/*.sh; do
    if [ -e "$script" ]; then as_postgres sh "$script"; fi
  done
  as_postgres pg_ctl --pgdata "$data" --wait --mode fast stop
fi
if [ "$1" = postgres ]; then shift; fi
exec setpriv --reuid=postgres --regid=postgres --init-groups -- postgres -D "$data" -c listen_addresses='*' "$@"
