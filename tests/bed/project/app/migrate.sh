#!/bin/sh
# Stands for `alembic upgrade head`: each migration once, in order, each in a transaction of its own.
set -e
psql -qAt -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS alembic_version(v text PRIMARY KEY)'
for file in /app/migrations/*.sql; do
  version=$(basename "$file" .sql)
  [ "$(psql -qAt -c "SELECT 1 FROM alembic_version WHERE v = '$version'")" = 1 ] && continue
  echo "upgrade -> $version"
  psql -q -v ON_ERROR_STOP=1 --single-transaction -f "$file" -c "INSERT INTO alembic_version VALUES ('$version')"
done
