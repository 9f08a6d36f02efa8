#!/bin/bash
# A guestbook and its store, moved from a Compose project to plain `docker run`: both on the default bridge.
set -euo pipefail

install -d -m 755 /srv/guestbook /srv/kiosk
install -m 644 "$FILES/app.py" /srv/guestbook/app.py
install -m 755 "$FILES/start.sh" /srv/guestbook/start.sh
install -m 644 "$FILES/kiosk.html" /srv/kiosk/index.html
install -m 644 "$FILES/office-dns.conf" /etc/office-dns.conf
install -m 644 "$FILES/office-dns.service" /etc/systemd/system/office-dns.service
echo 'nameserver 10.20.0.53' > /etc/resolv.conf
touch -d '2026-03-02 09:14' /etc/office-dns.conf /etc/systemd/system/office-dns.service
touch -d '2026-09-30 16:20' /srv/guestbook/app.py /srv/kiosk/index.html
touch -d 'last friday 16:48' /srv/guestbook/start.sh
systemctl daemon-reload
systemctl enable --quiet --now office-dns.service

docker run -d --name kiosk --restart unless-stopped -p 8081:80 \
  -v /srv/kiosk:/usr/share/nginx/html:ro nginx:1.26 > /dev/null
/srv/guestbook/start.sh > /dev/null

# What the book held before the move.
until docker exec cache redis-cli ping > /dev/null 2>&1; do sleep 0.05; done
docker exec -i cache redis-cli > /dev/null <<'REDIS'
SET visits 4182
RPUSH entries "The lighthouse lens alone is worth the trip. Ines, Porto" "Our class liked the diving bell best. 4b" "Forty years since my last visit, and the cat is still on the stairs. A. Holm"
SAVE
REDIS

for _ in $(seq 100); do
  answer=$(curl -s --max-time 2 http://127.0.0.1:8080/health || true)
  case $answer in *'Name or service not known'*) exit 0 ;; esac
  sleep 0.1
done
echo "the guestbook does not fail as it should: $answer" >&2
exit 1
