#!/bin/bash
# An image goes to another host by `docker export` and `docker import`: its files arrive, its configuration does not.
set -euo pipefail

# The build host: a second engine, with data, containers and network of its own.
install -m 644 "$FILES/build.json" /etc/docker/build.json
install -m 644 "$FILES/docker-build.service" /etc/systemd/system/docker-build.service
ln -s /usr/sbin/dockerd /usr/local/sbin/dockerd-build
touch -d '2026-05-04 10:00' /etc/docker/build.json /etc/systemd/system/docker-build.service
systemctl daemon-reload
systemctl enable --quiet --now docker-build.service
docker context create build --description 'The build host' --docker host=unix:///run/docker-build.sock > /dev/null 2>&1

docker save busybox:1 | docker --context build load --quiet > /dev/null
build() {
  DOCKER_CONTEXT=build docker build --quiet --build-arg "VERSION=$1" --tag "quotes:$1" "$FILES/image" > /dev/null
}
build 2.2
build 2.3
DOCKER_CONTEXT=build docker builder prune --all --force > /dev/null
rm -rf ~/.docker/buildx
docker --context build run -d --name quotes --restart unless-stopped -p 8080:8000 quotes:2.3 > /dev/null

# This host: 2.2 came as it should and has been running; 2.3 comes as a tar of a container's files.
docker run -d --name departures --restart unless-stopped -p 8081:80 \
  -v /srv/departures:/usr/share/nginx/html:ro nginx:1.26 > /dev/null
install -m 644 "$FILES/departures.html" /srv/departures/index.html
docker --context build save quotes:2.2 | docker load --quiet > /dev/null
install -d -m 755 /srv/quotes /srv/transfer
install -m 644 "$FILES/compose.yaml" /srv/quotes/compose.yaml
docker compose --file /srv/quotes/compose.yaml --progress quiet up --detach
echo 417 > /var/lib/docker/volumes/quotes-data/_data/served
docker --context build export quotes > /srv/transfer/quotes-2.3.tar
docker import /srv/transfer/quotes-2.3.tar quotes:2.3 > /dev/null
sed -i 's/quotes:2.2/quotes:2.3/' /srv/quotes/compose.yaml

answer=$(docker compose --file /srv/quotes/compose.yaml --progress quiet up --detach 2>&1) || true
case $answer in
  *'no command specified'*) ;;
  *) echo "the update does not fail as it should: $answer" >&2; exit 1 ;;
esac
for _ in $(seq 100); do
  health=$(curl -s --max-time 2 http://127.0.0.1:8080/cgi-bin/health || true)
  case $health in *'"version":"2.2"'*) exit 0 ;; esac
  sleep 0.1
done
echo "version 2.2 does not answer: $health" >&2
exit 1
