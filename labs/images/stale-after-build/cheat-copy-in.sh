# Puts the files into the running container; the image stays as it is.
set -euo pipefail
docker cp /srv/head-office/prices.json board:/app/prices.json
docker cp /srv/board/notice.txt board:/app/notice.txt
docker restart board
