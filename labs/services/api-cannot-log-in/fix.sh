set -euo pipefail
cd /srv/notes

# The data learns the passwords that .env has: inside its container PostgreSQL lets the superuser in by its socket.
. ./.env
docker compose exec -T --user postgres db psql --quiet -v ON_ERROR_STOP=1 -v notes="$NOTES_PASSWORD" -v postgres="$POSTGRES_PASSWORD" << 'SQL'
ALTER ROLE notes PASSWORD :'notes';
ALTER ROLE postgres PASSWORD :'postgres';
SQL
docker compose restart api
docker compose up --detach
