# Works until the engine starts again: the containers that do the work belong to no policy and no file.
set -euo pipefail
cd /srv/notes
. ./.env.bak
docker compose rm --stop --force api web
docker run --detach --name api-tmp --network notes_default --network-alias api \
  --env DB_HOST=db --env DB_PASSWORD="$NOTES_PASSWORD" notes:1
docker run --detach --name web-tmp --network notes_default --publish 8080:80 \
  --volume /srv/notes/web.conf:/etc/nginx/conf.d/default.conf:ro nginx:1.26
