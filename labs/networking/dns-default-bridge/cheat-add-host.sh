# The address of the moment, written into the container's hosts file.
address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' cache)
docker rm -f guestbook
docker run -d --name guestbook --restart unless-stopped --add-host "cache:$address" \
  -p 8080:8000 -e CACHE_HOST=cache -v /srv/guestbook/app.py:/app/app.py:ro -w /app python:3 python app.py
