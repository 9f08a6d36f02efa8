set -euo pipefail
cd /srv/board

# The Dockerfile has a list of its own, which goes before the other; the cache goes before every deployment.
printf '.git\n.env\nnode_modules\nnotes\n*.sh\n' > Dockerfile.dockerignore
sed -i 's|^docker compose build$|docker builder prune --all --force > /dev/null\n&|' deploy.sh
./deploy.sh
