# The notice is repaired, the list is fetched anew just once.
set -euo pipefail
cd /srv/board
echo '!notice.txt' >> .dockerignore
docker compose build --no-cache
docker compose up --detach
