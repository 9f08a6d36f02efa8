set -euo pipefail
cd /srv/board

# The list becomes part of the context: COPY compares what is in the files.
sed -i 's|^\*\*/\*\.txt$|notes/*.txt|' .dockerignore
sed -i '/^# The price list/d; /^RUN curl /d' Dockerfile
sed -i 's|^docker compose build$|curl --fail --silent --show-error --output prices.json http://10.20.0.10/prices.json\n&|' deploy.sh
./deploy.sh
