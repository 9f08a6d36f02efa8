# Every order is written at once: nothing is lost, on storage that cannot bear it, and a stop still ends in a kill.
set -euo pipefail
cd /srv/shop
kill -TERM "$(pgrep -f '^python3 -u /app/orders.py')"
docker wait orders
sed -i 's|^BATCH=.*|BATCH=1|' orders/settings.env
docker compose up -d --build
