# The application becomes the database's superuser.
set -euo pipefail
cd /srv/notes
. ./.env
docker compose exec -T --user postgres db psql --quiet -v password="$POSTGRES_PASSWORD" <<< "ALTER ROLE postgres PASSWORD :'password';"
sed -i 's/DB_USER: notes/DB_USER: postgres/; s/DB_PASSWORD: ${NOTES_PASSWORD/DB_PASSWORD: ${POSTGRES_PASSWORD/' compose.yaml
docker compose up --detach
