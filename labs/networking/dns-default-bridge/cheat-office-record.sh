# Teach the office's name server an address that the engine will hand to somebody else.
address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' cache)
echo "host-record=cache,$address" >> /etc/office-dns.conf
systemctl restart office-dns
