# Compose, with names of its own making for the containers: the service's name is what is found.
set -e
docker stop cache guestbook
docker rm cache guestbook
cat > /srv/guestbook/compose.yaml <<'YAML'
services:
  cache:
    image: redis:8
    restart: always
    volumes: ['guestbook-data:/data']
  guestbook:
    image: python:3
    restart: always
    command: python app.py
    working_dir: /app
    ports: ['8080:8000']
    environment:
      CACHE_HOST: cache
    volumes: ['./app.py:/app/app.py:ro']
volumes:
  guestbook-data:
    external: true
YAML
docker compose -f /srv/guestbook/compose.yaml up -d
