# The reflex: fresh prices, the old notice, and the next list fails again.
set -euo pipefail
cd /srv/board
docker compose build --no-cache
docker compose up --detach
