# Compose tells the program before it stops the container; whoever stops it otherwise kills it, as the ticket's `docker stop` does.
set -euo pipefail
cd /srv/shop
sed -i 's|^    image: orders:2.3|&\n    pre_stop:\n      - command: ["pkill", "-TERM", "-f", "orders.py"]|' compose.yaml
docker compose up -d orders
until curl -fs -o /dev/null http://127.0.0.1:8080/orders; do sleep 0.2; done
till/resend.sh 1041
