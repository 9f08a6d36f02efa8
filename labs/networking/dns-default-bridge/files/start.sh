#!/bin/sh
# Starts the guestbook and its store. Remove both containers first if they are there.
set -e

docker run -d --name cache --restart unless-stopped \
  -v guestbook-data:/data \
  redis:8

docker run -d --name guestbook --restart unless-stopped \
  -p 8080:8000 -e CACHE_HOST=cache \
  -v /srv/guestbook/app.py:/app/app.py:ro -w /app \
  python:3 python app.py
