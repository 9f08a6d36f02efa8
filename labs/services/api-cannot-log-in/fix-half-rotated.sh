set -euo pipefail
cd /srv/notes

# One password now, the other next week: notes logs in with the one from before, the superuser has its new one.
sed -i 's/^NOTES_PASSWORD=.*/NOTES_PASSWORD=kelp-47-Varnish/' .env
. ./.env
docker compose up --detach --wait db
docker compose exec -T --user postgres db psql --quiet -v password="$POSTGRES_PASSWORD" <<< "ALTER ROLE postgres PASSWORD :'password';"
docker compose up --detach
