#!/bin/sh
# Makes the two roles, the database and PostGIS, as a superuser; safe to run again.
# Passwords are set when DATABASE_PASSWORD and MAP_DATABASE_PASSWORD are given; without them the
# roles sign in through the socket by their own names (see pg_hba.conf and pg_ident.conf).
# What anyone may do in a PostgreSQL and the map's reader need not is taken from it by narrow.sql,
# which lies beside this file or where NARROW_SQL says.
set -eu
narrow=${NARROW_SQL:-$(dirname "$0")/narrow.sql}
database=${1:-straatbeeld}
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres \
  --set database="$database" --set owner_password="${DATABASE_PASSWORD:-}" \
  --set reader_password="${MAP_DATABASE_PASSWORD:-}" <<'SQL'
SELECT 'CREATE ROLE straatbeeld LOGIN'
 WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'straatbeeld') \gexec
SELECT 'CREATE ROLE straatbeeld_map LOGIN'
 WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'straatbeeld_map') \gexec
SELECT format('ALTER ROLE straatbeeld PASSWORD %L', :'owner_password')
 WHERE :'owner_password' <> '' \gexec
SELECT format('ALTER ROLE straatbeeld_map PASSWORD %L', :'reader_password')
 WHERE :'reader_password' <> '' \gexec
SELECT format('CREATE DATABASE %I OWNER straatbeeld', :'database')
 WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = :'database') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'database') \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO straatbeeld_map', :'database') \gexec
SQL
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname "$database" \
  --command "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS postgis"
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname "$database" --file "$narrow"
# In a container of its own the server has no other databases that others use. Elsewhere pg_hba.conf
# lets the two roles into their own database alone.
if [ -n "${POSTGRES_PASSWORD:-}" ]; then
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres \
    --command "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC"
fi
