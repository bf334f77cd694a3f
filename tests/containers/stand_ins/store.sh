#!/bin/sh
# Like `minio server /data`: MinIO's S3 gateway code, as JuiceFS ships it.
set -eu
if [ ! -e /data/volume.db ]; then
  juicefs format --no-update --storage file --trash-days 0 --bucket /data/objects/ sqlite3:///data/volume.db fiapx
fi
exec juicefs gateway sqlite3:///data/volume.db 0.0.0.0:9000 --multi-buckets --keep-etag --object-tag --object-meta \
  --bucket /data/objects/ --cache-dir /tmp/cache --cache-size 64 --backup-meta 0 --no-banner --no-agent --no-usage-report
