set -euo pipefail
cd /srv/board

# Slow on a bigger image, and right: every deployment builds everything.
sed -i 's|^docker compose build$|docker compose build --no-cache|' deploy.sh
echo '!/notice.txt' >> .dockerignore
./deploy.sh
