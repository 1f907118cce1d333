#!/bin/sh
# Creates Temporal's two databases and brings their schema up to date. Safe to repeat.
set -eu

schema=/etc/temporal/schema/postgresql/v12

sql() {
  database=$1
  shift
  temporal-sql-tool --plugin "$SQL_PLUGIN" --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --db "$database" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  folder=${pair##*:}
  # `create` and `setup-schema` fail when they were done before; `update-schema` then says whether that was the reason.
  sql "$database" create || true
  sql "$database" setup-schema -v 0.0 || true
  sql "$database" update-schema -d "$schema/$folder/versioned"
done
