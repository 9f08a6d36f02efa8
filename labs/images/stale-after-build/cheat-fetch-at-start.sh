# The board fetches its list when it starts, as no branch can; the image has none.
set -euo pipefail
cd /srv/board
sed -i 's|^\*\*/\*\.txt$|notes|' .dockerignore
sed -i '/^RUN curl /d; s|^CMD .*|CMD ["sh", "-c", "curl -fsS -o prices.json http://10.20.0.10/prices.json; exec python3 app.py"]|' Dockerfile
sed -i 's|^docker compose up --detach$|& --force-recreate|' deploy.sh
./deploy.sh
