# The store gets another name and an alias on the new network, and the setting follows.
set -e
docker network create book
docker stop cache guestbook
docker rm cache guestbook
docker run -d --name guestbook-store --network book --network-alias store --restart always -v guestbook-data:/data redis:8
docker run -d --name guestbook --network book --restart always -p 8080:8000 -e CACHE_HOST=store \
  -v /srv/guestbook/app.py:/app/app.py:ro -w /app python:3 python app.py
