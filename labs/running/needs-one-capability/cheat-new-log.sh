# Root finds a volume that it can write: an empty one.
set -euo pipefail
cd /srv/lighthouse
sed -i '/^    user:/d; s/name: lighthouse-log/name: lighthouse-log2/' compose.yaml
docker compose up -d
