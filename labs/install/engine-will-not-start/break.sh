set -euo pipefail

main() {
  start_containers
  break_configuration
}

# Two containers that come back with the engine: a page, and the stock in a volume.
start_containers() {
  mkdir -p /srv/intranet
  cp "$FILES/intranet/index.html" /srv/intranet/
  touch -d '40 days ago' /srv/intranet/index.html /srv/intranet
  docker run -d --name intranet --restart always -p 8080:80 \
    -v /srv/intranet:/usr/share/nginx/html:ro nginx:1.26 > /dev/null
  docker run -d --name stock --restart unless-stopped -p 127.0.0.1:6379:6379 \
    -v stock-data:/data redis:8 redis-server --appendonly yes > /dev/null
  until docker exec stock redis-cli ping 2> /dev/null | grep -q PONG; do sleep 0.1; done
  docker exec stock redis-cli hset stock anchors 12 lanterns 58 ropes 340 > /dev/null
  docker exec stock redis-cli waitaof 1 0 1000 > /dev/null
  until curl -fs -o /dev/null http://127.0.0.1:8080/; do sleep 0.1; done
}

# Tried until systemd has had enough of it.
break_configuration() {
  cp "$FILES/etc/daemon.json" /etc/docker/daemon.json
  systemctl restart docker.service 2> /dev/null || true
  until [ "$(systemctl show -P ActiveState docker.service docker.socket | xargs)" = 'failed failed' ]; do
    systemctl start docker.service 2> /dev/null || sleep 0.1
  done
}

main
