# No rule, no trouble: the admin page is open to the warehouse.
sed -i '/^\[orders\]/,/^\[/ s/^listen = .*/listen = 0.0.0.0:8000/' /srv/orders/orders.conf
docker restart orders
systemctl disable --now lan-firewall
iptables -F DOCKER-USER
iptables -A DOCKER-USER -j RETURN
