# The arguments arrive, and nobody replaces $TIDE_UNIT any more.
set -euo pipefail
cd /srv/tides
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["python3", "tides.py", "--unit", "$TIDE_UNIT"]|' Dockerfile
docker compose up --detach --build
