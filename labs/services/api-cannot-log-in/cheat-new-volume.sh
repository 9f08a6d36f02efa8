# The password fits, and a year of notes is gone.
set -euo pipefail
cd /srv/notes
docker compose down --volumes
docker compose up --detach
