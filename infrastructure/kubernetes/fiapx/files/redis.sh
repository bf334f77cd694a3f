#!/bin/sh
# A cache with a user per service that sees its own keys only, as in the local stack.
set -eu
users="${TMPDIR:-/tmp}/users.acl"
umask 077
cat >"$users" <<ACL
user default off
user auth on >$AUTH_PASSWORD ~auth:* &auth:* +@all -@dangerous
user upload on >$UPLOAD_PASSWORD ~upload:* &upload:* +@all -@dangerous
user gateway on >$GATEWAY_PASSWORD ~gateway:* &gateway:* +@all -@dangerous ~fiapx:rate:* (+subscribe +psubscribe &auth:*)
ACL
exec valkey-server --port "${PORT:-6379}" --aclfile "$users" --save "" --appendonly no \
  --maxmemory 128mb --maxmemory-policy volatile-lru
