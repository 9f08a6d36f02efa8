# An image that no Dockerfile makes: the next build is broken again.
set -euo pipefail
cd /srv/tides
docker commit --change 'ENTRYPOINT ["sh", "-c", "exec python3 tides.py --unit \"$TIDE_UNIT\" \"$@\"", "tides"]' \
  --change 'CMD ["--harbour", "pilot-station"]' office tides:1
docker compose up --detach
