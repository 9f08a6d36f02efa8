set -euo pipefail
cd /srv/notes

# What one does who is locked out altogether: PostgreSQL's single-user mode on the stopped database's volume.
. ./.env
docker compose stop
docker run --rm --interactive --network none --user postgres --volume notes_db-data:/var/lib/postgresql/data --entrypoint sh \
  postgres:17 -c '/usr/lib/postgresql/*/bin/postgres --single -D /var/lib/postgresql/data postgres' \
  <<< "ALTER ROLE notes PASSWORD '$NOTES_PASSWORD'"
docker compose up --detach
