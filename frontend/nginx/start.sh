#!/bin/sh
# Writes nginx's configuration for this environment below /tmp and becomes nginx.
set -eu
FIAPX_RESOLVERS="$(awk '$1 == "nameserver" { print ($2 ~ /:/ ? "[" $2 "]" : $2) }' /etc/resolv.conf | tr '\n' ' ')"
export FIAPX_RESOLVERS
mkdir -p /tmp/nginx
for name in site.conf page_headers.inc; do
  # shellcheck disable=SC2016 # envsubst wants the names
  envsubst '$FIAPX_API_ORIGIN $FIAPX_STORE_ORIGINS $FIAPX_GATEWAY_URL $FIAPX_RESOLVERS' \
    <"/opt/frontend/$name.template" >"/tmp/nginx/$name"
done
exec nginx -c /opt/frontend/nginx.conf -g 'daemon off;'
