#!/bin/sh
# Runs once, in PostgreSQL's container: a database per service, its owner (migrations) and its role (rows only).
set -eu
database() {
  name=$1 password=$2 owner_password=$3
  psql -v ON_ERROR_STOP=1 -U postgres -v password="$password" -v owner_password="$owner_password" <<SQL
CREATE ROLE ${name}_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ${name} LOGIN PASSWORD :'password';
CREATE DATABASE ${name} OWNER ${name}_owner;
REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${name} TO ${name};
SQL
  psql -v ON_ERROR_STOP=1 -U postgres -d "$name" <<SQL
ALTER SCHEMA public OWNER TO ${name}_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ${name};
ALTER DEFAULT PRIVILEGES FOR ROLE ${name}_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${name};
ALTER DEFAULT PRIVILEGES FOR ROLE ${name}_owner GRANT USAGE, SELECT ON SEQUENCES TO ${name};
SQL
}
# Without a password of its own the owner has its service's.
database auth "$AUTH_PASSWORD" "${AUTH_OWNER_PASSWORD:-$AUTH_PASSWORD}"
database upload "$UPLOAD_PASSWORD" "${UPLOAD_OWNER_PASSWORD:-$UPLOAD_PASSWORD}"
database processing "$PROCESSING_PASSWORD" "${PROCESSING_OWNER_PASSWORD:-$PROCESSING_PASSWORD}"
database notification "$NOTIFICATION_PASSWORD" "${NOTIFICATION_OWNER_PASSWORD:-$NOTIFICATION_PASSWORD}"
