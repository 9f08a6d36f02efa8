# Back to Compose: a project has a network of its own. The volume is named as one that is already there.
set -e
docker stop guestbook cache
docker rm guestbook cache
cat > /srv/guestbook/compose.yaml <<'YAML'
services:
  store:
    image: redis:8
    restart: always
    volumes: ['data:/data']
  web:
    image: python:3
    restart: always
    command: python app.py
    working_dir: /app
    ports: ['8080:8000']
    environment:
      CACHE_HOST: store
    volumes: ['./app.py:/app/app.py:ro']
    depends_on: [store]
volumes:
  data:
    external: true
    name: guestbook-data
YAML
docker compose -f /srv/guestbook/compose.yaml up -d
