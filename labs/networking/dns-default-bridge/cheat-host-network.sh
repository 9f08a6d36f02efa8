# Everything into the machine's own network, Redis without a password included.
docker stop cache guestbook
docker rm cache guestbook
docker run -d --name cache --restart unless-stopped --network host -v guestbook-data:/data redis:8
docker run -d --name guestbook --restart unless-stopped --network host -e PORT=8080 -e CACHE_HOST=localhost \
  -v /srv/guestbook/app.py:/app/app.py:ro -w /app python:3 python app.py
