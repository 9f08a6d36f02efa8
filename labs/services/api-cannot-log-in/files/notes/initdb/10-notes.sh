#!/bin/bash
# The application has a role of its own, which owns its database and nothing else.
psql -v ON_ERROR_STOP=1 --username postgres -v password="$NOTES_PASSWORD" <<'SQL'
CREATE ROLE notes LOGIN PASSWORD :'password';
CREATE DATABASE notes OWNER notes;
SQL
