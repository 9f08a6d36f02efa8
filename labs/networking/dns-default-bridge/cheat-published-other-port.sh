# Found by name, and Redis is open to the machine's network, on a port where nobody looks.
set -e
docker network create book
docker network connect book guestbook
docker stop cache
docker rm cache
docker run -d --name cache --network book --restart always -p 16379:6379 -v guestbook-data:/data redis:8
