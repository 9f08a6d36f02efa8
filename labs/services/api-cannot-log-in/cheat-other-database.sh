# Logs in, to an empty database beside the one with the notes.
set -euo pipefail
cd /srv/notes
sed -i 's|db-data:/var|fresh:/var|; s|^  db-data:|  fresh:|' compose.yaml
docker compose up --detach
