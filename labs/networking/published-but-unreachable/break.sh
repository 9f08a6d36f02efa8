#!/bin/bash
# Orders behind two faults: the program listens on its container's loopback, and a firewall rule means another port.
set -euo pipefail

install -d -m 755 /srv/orders /srv/labels
install -m 644 "$FILES/app.py" "$FILES/compose.yaml" "$FILES/orders.conf" /srv/orders/
install -m 644 "$FILES/labels.html" /srv/labels/index.html
install -m 755 "$FILES/lan-firewall" /usr/local/sbin/lan-firewall
install -m 644 "$FILES/lan-firewall.service" "$FILES/scanner.service" /etc/systemd/system/
touch -d 'last monday 10:05' /srv/orders/*
touch -d 'last monday 15:30' /usr/local/sbin/lan-firewall /etc/systemd/system/lan-firewall.service
touch -d '2026-03-02 09:14' /srv/labels/index.html /etc/systemd/system/scanner.service
systemctl daemon-reload
systemctl enable --quiet --now scanner.service

docker compose --file /srv/orders/compose.yaml --progress quiet up --detach &
docker run -d --name labels --restart unless-stopped -p 8081:80 \
  -v /srv/labels:/usr/share/nginx/html:ro nginx:1.26 > /dev/null
wait $!
until docker exec store redis-cli ping > /dev/null 2>&1; do sleep 0.05; done
docker exec store redis-cli rpush orders \
  '1207 3x rope 12 mm, aisle C' '1208 1x anchor 6 kg, aisle F' '1209 8x shackle, aisle A' > /dev/null
systemctl enable --quiet --now lan-firewall.service

from_scanner() { ip netns exec scanner curl -s -o /dev/null --max-time 1 "$@"; }
for _ in $(seq 100); do
  here=0 there=0
  curl -s -o /dev/null --max-time 2 http://127.0.0.1:8080/health || here=$?
  if [ "$here" = 56 ] && curl -sf -o /dev/null http://127.0.0.1:9000/ && from_scanner http://192.168.50.1:8081/; then
    from_scanner http://192.168.50.1:8080/orders || there=$?
    [ "$there" = 28 ] && exit 0
  fi
  sleep 0.1
done
echo "not broken as it should be: curl ends with $here here, with $there at the scanner" >&2
exit 1
