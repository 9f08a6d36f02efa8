# A legacy link: a line in the hosts file again, written by the engine.
docker rm -f guestbook
docker run -d --name guestbook --restart unless-stopped --link cache:cache \
  -p 8080:8000 -e CACHE_HOST=cache -v /srv/guestbook/app.py:/app/app.py:ro -w /app python:3 python app.py
