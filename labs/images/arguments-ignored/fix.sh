set -euo pipefail
cd /srv/tides

# A list, so that no shell stands between Docker and the program; what a shell did, the program does now.
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["python3", "tides.py"]|' Dockerfile
sed -i 's|"--unit", default="m"|"--unit", default=os.environ.get("TIDE_UNIT", "m")|; s|^import json$|import json\nimport os|' tides.py
docker compose up --detach --build
