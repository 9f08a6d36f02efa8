# Moved, named and pinned by its ID, so that no name can lead elsewhere.
set -e
id=$(docker --context build image inspect -f '{{.Id}}' quotes:2.3)
docker --context build save "$id" | docker load
docker tag "$id" quotes:2.3
sed -i "s|image: quotes:2.3|image: $id|" /srv/quotes/compose.yaml
docker compose -f /srv/quotes/compose.yaml up -d
