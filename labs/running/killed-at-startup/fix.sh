# The limit that the service needs, where the limits of this stack are written down.
set -euo pipefail
cd /srv/chandlery
sed -i '/^  search:/,/^  basket:/ s/: 128m/: 224m/' compose.yaml
docker compose up -d
