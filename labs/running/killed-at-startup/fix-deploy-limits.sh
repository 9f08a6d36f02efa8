# The limit in Compose's newer words.
set -euo pipefail
cd /srv/chandlery
sed -i '/^  search:/,/^  basket:/ { /memswap_limit/d; s/^    mem_limit: .*/    deploy:\n      resources:\n        limits:\n          memory: 250M/ }' compose.yaml
docker compose up -d
