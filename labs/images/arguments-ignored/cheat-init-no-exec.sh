# An init in front of a shell: it passes the stop on to the shell, and nobody to the program.
set -euo pipefail
cd /srv/tides
printf '#!/bin/sh\npython3 tides.py --unit "$TIDE_UNIT" "$@"\n' > entrypoint.sh
chmod +x entrypoint.sh
sed -i 's|^COPY tides.py .*|COPY tides.py entrypoint.sh ./|; s|^ENTRYPOINT .*|ENTRYPOINT ["./entrypoint.sh"]|' Dockerfile
sed -i 's|^    restart: unless-stopped|&\n    init: true|' compose.yaml
docker compose up --detach --build
