# The rule names the port that was asked for, where it has been rewritten already: it matches nothing.
set -e
sed -i '/^\[orders\]/,/^\[/ s/127\.0\.0\.1/0.0.0.0/' /srv/orders/orders.conf
docker restart orders
sed -i 's/--dport 8000/--dport 9000/' /usr/local/sbin/lan-firewall
systemctl restart lan-firewall
