# A good image, run by hand: after the next start of the engine the boards stay dark.
set -euo pipefail
cd /srv/tides
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["sh", "-c", "exec python3 tides.py --unit \\"$TIDE_UNIT\\" \\"$@\\"", "tides"]|' Dockerfile
docker compose build
docker compose down
docker run --detach --name office --publish 8080:8000 tides:1
docker run --detach --name skarvik --publish 8081:8000 tides:1 --harbour skarvik --title 'Skarvik & the outer isles'
docker run --detach --name eastness --publish 8082:8000 --env TIDE_UNIT=ft tides:1 --harbour eastness
