#!/bin/sh
# Tells Elasticsearch how logs are kept, and Kibana how they are looked at. Safe to run again.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
elasticsearch="${ELASTICSEARCH_URL:-http://elasticsearch:9200}"
kibana="${KIBANA_URL:-http://kibana:5601}"
login="${ELASTICSEARCH_USER:-elastic}:${ELASTICSEARCH_PASSWORD:-}"

put() {
  curl --fail --silent --show-error --user "$login" --retry 30 --retry-delay 2 --retry-all-errors \
    --request PUT "$elasticsearch/$1" --header 'Content-Type: application/json' --data-binary "@$here/$2"
  echo
}

put _ilm/policy/fiapx-logs ilm-policy.json
put _index_template/fiapx-logs index-template.json
curl --fail --silent --show-error --user "$login" --retry 30 --retry-delay 2 --retry-all-errors \
  --request POST "$kibana/api/saved_objects/_import?overwrite=true" --header 'kbn-xsrf: fiapx' \
  --form "file=@$here/kibana.ndjson;type=application/ndjson"
echo
