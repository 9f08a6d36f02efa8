set -euo pipefail
cd /srv/tides

# The same without a file. The word after the command is the shell's own name, $0; the arguments follow it.
sed -i 's|^ENTRYPOINT .*|ENTRYPOINT ["sh", "-c", "exec python3 tides.py --unit \\"$TIDE_UNIT\\" \\"$@\\"", "tides"]|' Dockerfile
docker compose build
docker compose up --detach
