# All that was kept out of the image is in it now.
set -euo pipefail
cd /srv/board
rm .dockerignore
sed -i 's|^RUN curl .*|ADD http://10.20.0.10/prices.json ./|' Dockerfile
./deploy.sh
