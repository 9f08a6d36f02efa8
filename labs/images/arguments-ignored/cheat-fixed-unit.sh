# The arguments arrive, and the board abroad shows metres.
set -euo pipefail
cd /srv/tides
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["python3", "tides.py", "--unit", "m"]|' Dockerfile
docker compose up --detach --build
