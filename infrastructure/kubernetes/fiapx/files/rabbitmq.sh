#!/bin/sh
# One virtual host, a user per service with the least rights, and the metrics by which workers are scaled.
set -eu
umask 077
user() {
  printf '{"name": "%s", "password": "%s", "tags": "%s"}' "$1" "$2" "$3"
}
rights() {
  printf '{"user": "%s", "vhost": "fiapx", "configure": "%s", "write": "%s", "read": "%s"}' "$1" "$2" "$2" "$2"
}
own() {
  rights "$1" "^($1\\\\.|fiapx\\\\.).*"
}
cat >/tmp/definitions.json <<JSON
{"vhosts": [{"name": "fiapx"}],
 "users": [$(user admin "$ADMIN_PASSWORD" administrator), $(user auth "$AUTH_PASSWORD" ""),
  $(user upload "$UPLOAD_PASSWORD" ""), $(user processing "$PROCESSING_PASSWORD" ""),
  $(user notification "$NOTIFICATION_PASSWORD" "")],
 "permissions": [$(rights admin ".*"), $(own auth), $(own upload), $(own processing), $(own notification)]}
JSON
cat >/tmp/rabbitmq.conf <<CONF
load_definitions = /tmp/definitions.json
heartbeat = 10
log.console = true
log.file = false
disk_free_limit.absolute = 512MB
CONF
echo '[rabbitmq_prometheus].' >/tmp/enabled_plugins
export RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=/tmp/enabled_plugins
exec rabbitmq-server
