set -euo pipefail
cd /srv/board

# What may not go in is named for what it is; and ADD, unlike RUN, looks at what the address has now.
sed -i 's|^\*\*/\*\.txt$|notes|' .dockerignore
sed -i 's|^RUN curl .*|ADD http://10.20.0.10/prices.json ./|' Dockerfile
./deploy.sh
