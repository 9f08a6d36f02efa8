set -euo pipefail
cd /srv/notes

# The long way: the data is carried into a new cluster, which is made with the new passwords.
docker compose exec -T --user postgres db pg_dump --no-owner notes > /root/notes.sql
docker compose down --volumes
docker compose up --detach --wait db
docker compose exec -T --user postgres db psql --quiet -v ON_ERROR_STOP=1 --username notes notes < /root/notes.sql
docker compose up --detach
