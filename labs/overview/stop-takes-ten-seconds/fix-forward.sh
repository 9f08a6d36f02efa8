# The script stays PID 1 and passes the signal on. The old service is stopped carelessly first; what it held is handed
# in again from the ledger and gets to the file with the next, orderly, stop.
set -euo pipefail
cd /srv/shop
docker stop orders

cat > orders/start.sh <<'SH'
#!/bin/sh
set -a
. /app/settings.env
set +a
python3 -u /app/orders.py &
program=$!
trap 'kill -TERM "$program"' TERM
wait "$program"
wait "$program"
SH
docker build -q -t orders:2.4 orders
docker rm orders
docker run -d --name orders --network shop_default -p 8080:8080 -v shop-orders:/data --restart on-failure \
  orders:2.4 ./start.sh
until curl -fs -o /dev/null http://127.0.0.1:8080/orders; do sleep 0.2; done
till/resend.sh 1041
docker restart orders
