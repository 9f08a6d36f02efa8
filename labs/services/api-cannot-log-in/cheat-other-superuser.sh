# A superuser by another name.
set -euo pipefail
cd /srv/notes
. ./.env
docker compose exec -T --user postgres db psql --quiet -v password="$NOTES_PASSWORD" <<< "CREATE ROLE boss SUPERUSER LOGIN PASSWORD :'password';"
sed -i 's/DB_USER: notes/DB_USER: boss/' compose.yaml
docker compose up --detach
