set -euo pipefail

main() {
  head_office
  checkout
  base_image
  revision 1
  revision 2
  night_desk
  rm -rf /root/.docker
}

# A server of its own, at an address that a build can reach.
head_office() {
  ip link add lab0 type bridge
  ip address add 10.20.0.10/24 dev lab0
  ip link set lab0 up
  install -d /srv/head-office
  cp "$FILES/desk/1/prices.json" /srv/head-office/
  docker run --detach --name head-office --restart always --publish 10.20.0.10:80:80 \
    --volume /srv/head-office:/www:ro busybox:1 httpd -f -p 80 -h /www > /dev/null
  answers http://10.20.0.10/prices.json
}

checkout() {
  cp -r "$FILES/board" /srv/board
  chmod 600 /srv/board/.env
  cp "$FILES/desk/1/notice.txt" /srv/board/
  find /srv/board -exec touch -d '3 weeks ago 15:05' {} +
}

# Made from the application as it was in spring.
base_image() {
  local context
  context=$(mktemp -d)
  cp "$FILES/base/Dockerfile" "$FILES/board/app.py" "$FILES/desk/1/notice.txt" "$context"
  docker build --quiet --tag board-base:1 "$context" > /dev/null
  rm -r "$context"
}

revision() {
  cat "$FILES/desk/$1/prices.json" > /srv/head-office/prices.json
  cat "$FILES/desk/$1/notice.txt" > /srv/board/notice.txt
  /srv/board/deploy.sh > /dev/null 2>&1
  answers http://127.0.0.1:8080/board.json
}

night_desk() {
  install -d /var/lib/night-desk /usr/local/share/night-desk
  echo 2 > /var/lib/night-desk/sent
  cp -r "$FILES/desk/." /usr/local/share/night-desk
  install "$FILES/night-desk" /usr/local/sbin/night-desk
  install -m 644 "$FILES/night-desk.service" /etc/systemd/system/
  systemctl daemon-reload
  systemctl enable --quiet --now night-desk.service
}

answers() {
  local _
  for _ in {1..100}; do
    if curl --silent --fail --output /dev/null "$1"; then return; fi
    sleep 0.1
  done
  echo "$1 does not answer" >&2
  return 1
}

main
