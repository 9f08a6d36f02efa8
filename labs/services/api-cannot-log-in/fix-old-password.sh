set -euo pipefail
cd /srv/notes

# Back to what the data knows; the rotation is for another day.
cp .env.bak .env
docker compose up --detach
