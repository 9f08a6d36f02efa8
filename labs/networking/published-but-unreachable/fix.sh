# The program listens on every address of its container; the rule names the port that was asked for from outside.
set -e
sed -i '/^\[orders\]/,/^\[/ s/^listen = .*/listen = 0.0.0.0:8000/' /srv/orders/orders.conf
docker restart orders
sed -i 's/-p tcp --dport 8000 -j DROP/-p tcp -m conntrack --ctorigdstport 9000 --ctdir ORIGINAL -j DROP/' /usr/local/sbin/lan-firewall
systemctl restart lan-firewall
