set -euo pipefail
cd /srv/tides

# env replaces the variable, splits the line and becomes the program; the arguments come behind.
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["env", "-S", "python3 tides.py --unit ${TIDE_UNIT}"]|' Dockerfile
docker compose build
docker compose up --detach
