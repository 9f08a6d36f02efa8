#!/bin/bash
# Version 1.5 of an image runs as another user than 1.4 did; the volume still belongs to the old one.
set -euo pipefail

build() {
  docker build --quiet --tag "receipts:$1" --build-arg "VERSION=$1" --build-arg "APP_USER=$2" \
    --file "$FILES/Dockerfile" "$FILES" > /dev/null
}
build 1.4 1000:1000
build 1.5 10001:10001
docker builder prune --all --force > /dev/null
rm -rf ~/.docker

docker volume create receipts-data > /dev/null
volume=/var/lib/docker/volumes/receipts-data/_data
cp -r "$FILES/data/." "$volume"
find "$volume" -type d -exec chmod 755 {} +
find "$volume" -type f -exec chmod 644 {} +
chown -R 1000:1000 "$volume"
find "$volume" -exec touch -d 'yesterday 17:52' {} +

install -d -m 755 /srv/receipts
install -m 644 "$FILES/compose.yaml" /srv/receipts/compose.yaml
install -m 644 "$FILES/receipts.default" /etc/default/receipts
install -m 644 "$FILES/receipts-volume.service" /etc/systemd/system/receipts-volume.service
touch -d 'yesterday 18:05' /srv/receipts/compose.yaml
touch -d '2026-02-11 08:30' /etc/default/receipts /etc/systemd/system/receipts-volume.service
systemctl daemon-reload
systemctl enable --quiet --now receipts-volume.service

docker compose --file /srv/receipts/compose.yaml --progress quiet up --detach

receipt='{"lines": ["1 rye loaf"], "total": "4.20"}'
for _ in $(seq 100); do
  answer=$(curl -s --max-time 2 -H 'Content-Type: application/json' -d "$receipt" http://127.0.0.1:8080/receipts/harbour || true)
  case $answer in
    *'Permission denied'*) curl -sf -o /dev/null http://127.0.0.1:8082/harbour/1042.json && exit 0 ;;
  esac
  sleep 0.1
done
echo "the receipts do not fail as they should: $answer" >&2
exit 1
