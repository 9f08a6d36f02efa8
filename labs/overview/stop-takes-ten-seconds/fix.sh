# Tells the program itself to end, so that nothing is lost, then removes both shells between PID 1 and the program.
set -euo pipefail
cd /srv/shop

kill -TERM "$(pgrep -f '^python3 -u /app/orders.py')"
docker wait orders

sed -i 's|^python3 -u|exec python3 -u|' orders/start.sh
sed -i 's|^CMD .*|CMD ["./start.sh"]|' orders/Dockerfile
docker compose up -d --build
