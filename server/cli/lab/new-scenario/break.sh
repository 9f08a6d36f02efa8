set -euo pipefail
# Build a situation that works, then break it.
docker run -d --name web -p 8080:80 nginx:1.26 >/dev/null
docker exec web sh -c 'echo "listen;" > /etc/nginx/conf.d/broken.conf'
docker restart -t 0 web >/dev/null
