# Out of its container's network, past every rule of Docker's.
cd /srv/orders
sed -i '/^\[orders\]/,/^\[/ s/^listen = .*/listen = 0.0.0.0:8080/' orders.conf
docker rm -f orders
docker run -d --name orders --restart unless-stopped --network host \
  --add-host "store:$(docker inspect -f '{{.NetworkSettings.Networks.orders_default.IPAddress}}' store)" \
  -v /srv/orders/app.py:/app/app.py:ro -v /srv/orders/orders.conf:/etc/orders.conf:ro \
  python:3 python /app/app.py orders
