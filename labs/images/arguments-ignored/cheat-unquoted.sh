# A title of five words arrives as five arguments.
set -euo pipefail
cd /srv/tides
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["sh", "-c", "exec python3 tides.py --unit $TIDE_UNIT $@", "tides"]|' Dockerfile
docker compose up --detach --build
