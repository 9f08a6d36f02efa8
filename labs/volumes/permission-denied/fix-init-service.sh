# The owner is set by a step of the project itself, before the service starts; the unit is not needed any more.
set -e
systemctl disable --now receipts-volume
cat > /srv/receipts/compose.override.yaml <<'YAML'
services:
  owner:
    image: receipts:1.5
    user: root
    network_mode: none
    command: chown -R 10001:10001 /data
    volumes: ['receipts-data:/data']
  receipts:
    depends_on:
      owner: { condition: service_completed_successfully }
YAML
cd /srv/receipts
docker compose up -d
