set -euo pipefail
cd /srv/tides

# What a board shows without arguments is the program's business now, like the unit: no CMD.
sed -i 's|"--harbour", default="demo"|"--harbour", default="pilot-station"|' tides.py
sed -i 's|"--unit", default="m"|"--unit", default=os.environ.get("TIDE_UNIT", "m")|; s|^import json$|import json\nimport os|' tides.py
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["python3", "tides.py"]|; /^# Without arguments/d; /^CMD/d' Dockerfile
docker compose up --detach --build
