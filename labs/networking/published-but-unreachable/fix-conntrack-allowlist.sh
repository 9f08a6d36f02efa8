# Everything is shut for the warehouse but the two ports that it is to reach, as they were asked for.
set -e
sed -i '/^\[orders\]/,/^\[/ s/127\.0\.0\.1/0.0.0.0/' /srv/orders/orders.conf
docker restart orders
cat > /usr/local/sbin/lan-firewall <<'SH'
#!/bin/sh
set -e
iptables -N DOCKER-USER 2> /dev/null || iptables -F DOCKER-USER
iptables -A DOCKER-USER -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
for port in 8080 8081; do
  iptables -A DOCKER-USER -i lan0 -p tcp -m conntrack --ctorigdst 192.168.50.1 --ctorigdstport "$port" -j RETURN
done
iptables -A DOCKER-USER -i lan0 -j DROP
iptables -A DOCKER-USER -j RETURN
SH
systemctl restart lan-firewall
