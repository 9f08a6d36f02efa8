# uid 0 without other capabilities is a user as any other: the log stays 1000's, and 1000's group, which it has, may write.
set -euo pipefail
cd /srv/lighthouse
log=$(docker volume inspect -f '{{.Mountpoint}}' lighthouse-log)
chmod -R g+w "$log"
sed -i 's/^    user:.*/    user: "0:1000"/' compose.yaml
docker compose up -d
