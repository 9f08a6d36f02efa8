# The old image with the new name.
set -euo pipefail

docker tag registry.lab/harbour/kiosk:6 registry.lab:5443/harbour/kiosk:7
docker compose --project-directory /srv/kiosk up --detach
