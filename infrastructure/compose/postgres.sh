#!/bin/sh
# Runs once, in PostgreSQL's container: a database per service, its owner (migrations) and its role (rows only).
set -eu
database() {
  name=$1 password=$2
  psql -v ON_ERROR_STOP=1 -U postgres -v password="$password" <<SQL
CREATE ROLE ${name}_owner LOGIN PASSWORD :'password';
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
database auth "$AUTH_PASSWORD"
database upload "$UPLOAD_PASSWORD"
database processing "$PROCESSING_PASSWORD"
database notification "$NOTIFICATION_PASSWORD"
