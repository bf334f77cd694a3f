#!/bin/sh
# One virtual host, a user per service with the least rights, and the metrics by which workers are scaled.
set -eu
umask 077
folder="${TMPDIR:-/tmp}"
user() {
  printf '{"name": "%s", "password": "%s", "tags": "%s"}' "$1" "$2" "$3"
}
rights() {
  printf '{"user": "%s", "vhost": "fiapx", "configure": "%s", "write": "%s", "read": "%s"}' "$1" "$2" "$2" "$2"
}
own() {
  rights "$1" "^($1\\\\.|fiapx\\\\.).*"
}
cat >"$folder/definitions.json" <<JSON
{"vhosts": [{"name": "fiapx"}],
 "users": [$(user admin "$ADMIN_PASSWORD" administrator), $(user auth "$AUTH_PASSWORD" ""),
  $(user upload "$UPLOAD_PASSWORD" ""), $(user processing "$PROCESSING_PASSWORD" ""),
  $(user notification "$NOTIFICATION_PASSWORD" "")],
 "permissions": [$(rights admin ".*"), $(own auth), $(own upload), $(own processing), $(own notification)]}
JSON
cat >"$folder/rabbitmq.conf" <<CONF
load_definitions = $folder/definitions.json
heartbeat = 10
log.console = true
log.file = false
disk_free_limit.absolute = 512MB
CONF
echo '[rabbitmq_prometheus].' >"$folder/enabled_plugins"
export RABBITMQ_CONFIG_FILE="$folder/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$folder/enabled_plugins"
exec rabbitmq-server
