# The old version under the new name.
docker tag quotes:2.2 quotes:2.3
docker compose -f /srv/quotes/compose.yaml up -d
