# Right in every respect but one: nothing starts the containers again.
docker network create guestbook
docker stop cache guestbook
docker rm cache guestbook
docker run -d --name cache --network guestbook -v guestbook-data:/data redis:8
docker run -d --name guestbook --network guestbook -p 8080:8000 -e CACHE_HOST=cache \
  -v /srv/guestbook/app.py:/app/app.py:ro -w /app python:3 python app.py
