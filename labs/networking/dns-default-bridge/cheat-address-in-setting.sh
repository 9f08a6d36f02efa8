# The same with the setting, even on a network that has name service.
docker network create --subnet 10.77.0.0/24 guestbook
docker network connect --ip 10.77.0.10 guestbook cache
docker rm -f guestbook
docker run -d --name guestbook --restart unless-stopped --network guestbook \
  -p 8080:8000 -e CACHE_HOST=10.77.0.10 -v /srv/guestbook/app.py:/app/app.py:ro -w /app python:3 python app.py
