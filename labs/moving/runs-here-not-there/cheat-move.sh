# Moved, not copied: the build host has lost what it tested.
docker --context build save quotes:2.3 | docker load
docker --context build rm -f quotes
docker --context build rmi quotes:2.3
docker compose -f /srv/quotes/compose.yaml up -d
